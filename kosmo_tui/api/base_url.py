"""Where a token may go: over TLS, or unencrypted to this machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def host_of(url: str) -> str | None:
    """The host of a base URL; None when `url` is none: http(s), a host, a port and a path, and nothing else."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is no number raises
    except ValueError:
        return None
    plain = all("!" <= char <= "~" and char not in "\\?#" for char in url)
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not plain:
        return None
    return host or None


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine: `localhost` or a loopback address.

    Other names below `.localhost` are not: only some resolvers keep them here (RFC 6761, 6.3).
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_tls(url: str) -> bool:
    """Whether what goes to `url` is encrypted."""
    return urlsplit(url).scheme == "https"


def takes_token(url: str) -> bool:
    """Whether a token may be sent to `url`."""
    host = host_of(url)
    return host is not None and (is_tls(url) or is_loopback(host))
