"""A search through everything that was ever seen, and the drafts: it asks the store alone, so it works offline.

The newest come first, what is still to go out before what went out.  Ranking by relevance would be noise: every hit
has all the words, the texts are short, and who searches remembers about when it was; and rows that do not jump while
one types can be read.  It also costs nothing: the index is in that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property

from kosmo_tui.api.buffer.models import Update
from kosmo_tui.api.instagram.models import Comment, Media
from kosmo_tui.compose.draft import Target
from kosmo_tui.services.cached import decode
from kosmo_tui.services.drafts import Drafts, Kept
from kosmo_tui.services.search_query import Known, Query
from kosmo_tui.services.storage import told
from kosmo_tui.services.targets import instagram_target, profile_targets
from kosmo_tui.services.workspace import BufferDesk, Desk
from kosmo_tui.store.cache import Item
from kosmo_tui.store.database import Store
from kosmo_tui.store.search import Extent

Model = Update | Media | Comment | Kept
_MODELS: Mapping[str, type[Update | Media | Comment]] = {"post": Update, "media": Media, "comment": Comment}


@dataclass(frozen=True)
class Hit:
    """Something that was found; `kept` when it is a draft, `under` what a comment stands under, when that was seen.

    `item.seen_at` is when the service told it, of a draft when it was changed.
    """

    item: Item
    kept: Kept | None = None
    under: Item | None = None

    @property
    def key(self) -> str:
        """An id among all accounts and kinds."""
        return f"{self.item.account}/{self.item.kind}/{self.item.id}"

    @cached_property  # decoding takes longer than finding, and most of what is found is never looked at
    def model(self) -> Model | None:
        """The thing itself; None when what the store has of it cannot be read any more."""
        return self.kept if self.item.kind == "draft" else decode(self.item.content, _MODELS[self.item.kind])

    @cached_property
    def media(self) -> Media:
        """What a comment stands under, as far as it is known."""
        known = decode(self.under.content, Media) if self.under is not None else None
        return known or Media(id=self.item.parent)


def known(desks: Iterable[Desk], now: datetime, zone: tzinfo) -> Known:
    """What a query can name, as far as it is loaded."""
    accounts: list[str] = []
    targets: list[Target] = []
    for desk in desks:
        accounts.append(desk.account)
        if isinstance(desk, BufferDesk):
            targets += profile_targets(desk.account, desk.profiles)
        else:
            targets.append(instagram_target(desk.account, desk.user.username if desk.user else "", str(zone)))
    return Known(tuple(accounts), tuple(targets), now, zone)


class Search:
    """Searches the store.  Calls block for some milliseconds, and raise StorageError when the store fails."""

    def __init__(self, store: Store, drafts: Drafts) -> None:
        self._store = store
        self._drafts = drafts

    def find(self, query: Query, limit: int) -> list[Hit]:
        """At most `limit` items that `query` asks for, the newest first."""
        cache = self._store.cache
        with told():
            items = self._store.search.find(query.words, query.filters, limit=limit)
            parents = {(item.account, item.parent) for item in items if item.kind == "comment"}
            under = {(account, id): cache.get(account, "media", id) for account, id in parents}
        return [
            Hit(
                item,
                self._drafts.get(item.id) if item.kind == "draft" else None,
                under.get((item.account, item.parent)),
            )
            for item in items
        ]

    def extent(self) -> Extent:
        """How much there is to be found, and how old it is."""
        with told():
            return self._store.search.extent()
