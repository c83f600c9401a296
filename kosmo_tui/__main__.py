"""`kosmo`: where the program begins.  Nothing is imported here that takes time: an interrupt must end that quietly."""

from __future__ import annotations

import gc
import os
import sys

from kosmo_tui.commands import interrupts

# Where Python looks for time zones, unless it was built otherwise.  zoneinfo would ask sysconfig, which takes 3 ms to
# load all that is known of how it was built.
_ZONES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo")


def main(argv: list[str] | None = None) -> int:
    """Run the command that `argv` names, the dashboard when it names none; the exit code is the contract's."""
    interrupts.leave_at_once()
    if os.path.isdir(_ZONES[0]):  # noqa: PTH112  # pathlib takes longer than all that this saves
        os.environ.setdefault("PYTHONTZPATH", ":".join(_ZONES))
    gc.set_threshold(200_000)  # nearly all that a start makes is kept: to look through it for garbage finds none
    from kosmo_tui.commands import program

    try:
        code = program.run(sys.argv[1:] if argv is None else argv)
    finally:
        if argv is None:
            interrupts.leave_at_once()
        else:
            interrupts.raise_again()
    if argv is None:
        _leave(code)
    return code


def _leave(code: int) -> None:
    """End the process, now that all is done and closed: to take the interpreter to pieces first would take 4 ms."""
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105  # contextlib takes longer to load
            stream.flush()
        except (OSError, ValueError):  # nobody reads it any more
            pass
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
