"""A terminal dashboard for Buffer queues and Instagram accounts."""

__version__ = "0.1.0"
