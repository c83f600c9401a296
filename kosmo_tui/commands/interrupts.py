"""What an interrupt (SIGINT) does: while modules are loaded it ends the program as it is, later it can be cleaned up
after.

A KeyboardInterrupt in the middle of an import would show where that stood, or be swallowed by it.  An interrupt that is
ignored (a job in the background) stays ignored.  This is loaded first of all: it imports as little as possible.
"""

from __future__ import annotations

import os
import signal


def leave_at_once() -> None:
    """From now on an interrupt ends the process, without a word: nothing has been begun, or all is done."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        try:  # noqa: SIM105 - contextlib would have to be loaded first
            signal.signal(signal.SIGINT, _leave)
        except ValueError:  # signals are only set in the main thread
            pass


def raise_again() -> None:
    """From now on an interrupt is a KeyboardInterrupt, as Python has it."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(number: int, _frame: object) -> None:
    os._exit(128 + number)
