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
    gc.set_threshold(10_000)  # nearly all that a start makes is kept: looking for garbage every 700 objects finds none
    from kosmo_tui.commands import program

    try:
        return program.run(sys.argv[1:] if argv is None else argv)
    finally:
        if argv is None:
            interrupts.leave_at_once()  # all is done: what the interpreter clears up is of no interest
            gc.freeze()  # nor is what of it is garbage
        else:
            interrupts.raise_again()


if __name__ == "__main__":
    sys.exit(main())
