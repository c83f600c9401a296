"""Drafts in the store: posts as JSON, read back as far as they can be read, never dropped."""

from __future__ import annotations

import builtins
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_type_hints

import msgspec

from kosmo_tui.compose.draft import Draft
from kosmo_tui.services.storage import StorageError, told
from kosmo_tui.store.database import Store
from kosmo_tui.store.errors import Conflict
from kosmo_tui.store.records import DraftRow


@dataclass(frozen=True)
class Place:
    """Where the writer was: the part of the composer, line and column, and the key of the target (empty: the base)."""

    focus: str = ""
    cursor: tuple[int, int] = (0, 0)
    target: str = ""


@dataclass(frozen=True)
class Kept:
    """A draft as it lies in the store.  `version` is what a save must name, so that it overwrites nothing unseen."""

    id: str
    account: str
    draft: Draft
    place: Place
    version: int
    updated_at: datetime


class Drafts:
    """The drafts in `store`.  Calls block; every one raises StorageError when the store fails.

    `durable` is False where the store is in memory: what is kept there is gone when kosmo ends.
    """

    def __init__(self, store: Store) -> None:
        self._drafts = store.drafts
        self.durable = store.durable

    def list(self, account: str | None = None, sought: str = "") -> list[Kept]:
        """The drafts of an account, or of all, that have every word of `sought`; the newest change first."""
        with told():
            return [_kept(row) for row in self._drafts.list(account, sought)]

    def get(self, id: str) -> Kept | None:
        """A draft, also a deleted one; None when there is none."""
        with told():
            row = self._drafts.get(id)
        return None if row is None else _kept(row)

    def add(self, account: str, draft: Draft, place: Place = Place()) -> Kept:
        """Keep a new draft, written as `account`."""
        with told():
            row = self._drafts.add(account, encode(draft), place=encode(place), words=words(draft))
        return _kept(row, draft)

    def save(self, kept: Kept, draft: Draft, place: Place) -> Kept:
        """Keep what `kept` has become.

        When it was changed or deleted elsewhere in the meantime, what is written here becomes a new draft, with an id
        of its own: neither is lost.  A deleted one in which nothing is written any more stays deleted.
        """
        try:
            with told():
                row = self._drafts.save(
                    kept.id, encode(draft), place=encode(place), words=words(draft), version=kept.version
                )
        except StorageError as error:
            if not isinstance(error.__cause__, Conflict):
                raise
            if draft == kept.draft and self._is_deleted(kept):
                return replace(kept, place=place)
            return self.add(kept.account, draft, place)
        return _kept(row, draft)

    def duplicate(self, id: str) -> Kept:
        """A new draft with the content of another."""
        kept = self._certain(id)
        return self.add(kept.account, kept.draft)

    def purge(self) -> None:
        """Forget what was deleted more than 30 days ago."""
        with told():
            self._drafts.purge()

    def delete(self, id: str) -> None:
        """Take a draft out of the lists; `restore` brings it back for 30 days."""
        with told():
            self._drafts.delete(id)

    def restore(self, id: str) -> Kept:
        """Bring a deleted draft back."""
        with told():
            self._drafts.restore(id)
        return self._certain(id)

    def versions(self, id: str) -> builtins.list[tuple[int, Draft, datetime]]:
        """What a draft contained, oldest first: number, content, and since when."""
        with told():
            found = self._drafts.versions(id)
        return [(one.version, decode(one.content), one.at) for one in found]

    def _is_deleted(self, kept: Kept) -> bool:
        with told():
            row = self._drafts.get(kept.id)
        return row is not None and row.deleted_at is not None and row.version == kept.version

    def _certain(self, id: str) -> Kept:
        kept = self.get(id)
        if kept is None:
            raise StorageError("the draft is gone", hint="deleted drafts are kept for 30 days")
        return kept


def encode(what: Draft | Place) -> str:
    """A draft or a place as JSON; characters that are none (lone surrogates) become question marks."""
    return json.dumps(msgspec.to_builtins(what), ensure_ascii=False).encode(errors="replace").decode()


def decode(content: str, words: str = "") -> Draft:
    """The draft in `content`, as much of it as can be read; with `words` as its text when that cannot."""
    return Draft(**{"text": words, **_readable(content, Draft)})


def words(draft: Draft) -> str:
    """What a search looks at."""
    found = [draft.text, *(own.text for own in draft.overrides.values() if own.text is not None)]
    media = (draft.media, *(own.media or () for own in draft.overrides.values()))
    found += [word for attached in media for one in attached for word in (one.alt, one.url)]
    options = (draft.options, *(own.options for own in draft.overrides.values()))
    found += [value for values in options for value in values.values()]
    return "\n".join(word for word in found if word).encode(errors="replace").decode()


def _kept(row: DraftRow, draft: Draft | None = None) -> Kept:
    return Kept(
        id=row.id,
        account=row.account,
        draft=decode(row.content, row.words) if draft is None else draft,
        place=Place(**_readable(row.place, Place)),
        version=row.version,
        updated_at=row.updated_at,
    )


_TYPES: dict[type, dict[str, Any]] = {kind: get_type_hints(kind) for kind in (Draft, Place)}


def _readable(content: str, kind: type[Draft] | type[Place]) -> dict[str, Any]:
    """The fields of `kind` that stand in `content` in their type: it may be damaged, or a newer kosmo wrote it."""
    try:
        found = msgspec.json.decode(content)
    except msgspec.DecodeError:
        return {}
    hints = _TYPES[kind]
    readable = {}
    for name in hints.keys() & (found if isinstance(found, dict) else {}).keys():
        with suppress(msgspec.ValidationError):
            readable[name] = msgspec.convert(found[name], type=hints[name])
    return readable
