"""The sub-commands of `kosmo`, one module each, with `run(words) -> exit code`; without one, the dashboard runs."""

from __future__ import annotations

COMMANDS = {
    "call": "call one of the fourteen functions",
    "docs": "the function reference",
    "lint": "check a post before it is sent",
    "sync": "bring the history of accounts into the store",
    "outbox": "writes and what became of them",
    "accounts": "list, check, add and remove accounts",
    "sandbox": "serve Buffer and Instagram as a sandbox on this machine",
}
