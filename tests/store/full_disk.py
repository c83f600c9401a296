"""Run on a disk of 1 MiB, whose folder is the first argument: fills it, saves, makes room, saves again."""

from __future__ import annotations

import sys
from pathlib import Path

from kosmo_tui.store.database import Store
from kosmo_tui.store.errors import StoreError

folder = Path(sys.argv[1])
store = Store.open(folder)
draft = store.drafts.add("a", "short")
ballast = folder / "ballast"
with ballast.open("wb", buffering=0) as file:
    try:
        while True:
            file.write(b"x" * 1024)
    except OSError:
        pass
try:
    for number in range(100):
        draft = store.drafts.save(draft.id, f"{number} " * 2000, place="", words="", version=draft.version)
    sys.exit("the disk does not fill up")
except StoreError as error:
    assert "the disk is full" in error.message, error.message
assert store.drafts.get(draft.id) == draft
assert Store.open(folder).drafts.list() == [draft]
ballast.unlink()
saved = store.drafts.save(draft.id, "longer " * 2000, place="", words="", version=draft.version)
assert Store.open(folder).drafts.list() == [saved]
print("full, and works again")
