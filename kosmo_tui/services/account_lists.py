"""The lists of an account in the store: what waits, what was sent, media; and who the account is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from kosmo_tui.api.buffer.models import Profile, Status, Update
from kosmo_tui.api.buffer.models import User as BufferUser
from kosmo_tui.services import cached
from kosmo_tui.services.kept import Recalled
from kosmo_tui.services.stored_items import Rows
from kosmo_tui.services.stored_list import StoredList
from kosmo_tui.store.cache import Cache, Listed

if TYPE_CHECKING:
    from kosmo_tui.api.instagram.models import Media
    from kosmo_tui.api.instagram.models import User as InstagramUser

PENDING: tuple[Status, ...] = ("scheduled", "sending", "error", "needs_approval", "draft")
_HELD = 1000  # items of a list that is held whole
_FAR = datetime.max.replace(tzinfo=UTC)  # before the place of what has no time
Model = TypeVar("Model")


def sent_posts(cache: Cache, account: str, profile: str | None) -> StoredList[Update]:
    """What a profile, or the whole account (None), has sent."""
    rows = Rows(account, "post", "sent", profile)
    wider = sent_posts(cache, account, None) if profile is not None else None
    name = "sent" if profile is None else f"sent {profile}"
    return StoredList(cache, name, rows, partial(cached.of_update, account), cached.update_of, wider)


def published_media(cache: Cache, account: str) -> StoredList[Media]:
    """What an Instagram account has published."""
    return StoredList(cache, "media", Rows(account, "media"), partial(cached.of_media, account), cached.media_of)


def known(cache: Cache, account: str, name: str, kind: type[Model]) -> tuple[Model, datetime] | None:
    """A fact about the account, and when it was read.  Raises StoreError."""
    found = cache.fact(account, name)
    model = cached.decode(found[0], kind) if found is not None else None
    return (model, found[1]) if found is not None and model is not None else None


def keep_user(cache: Cache, account: str, user: BufferUser | InstagramUser, at: datetime) -> None:
    """Keep who the account is; what was seen of another one by the same name is forgotten.  Raises StoreError."""
    with cache.transaction():
        before = known(cache, account, "user", type(user))
        if before is not None and before[0].id != user.id:
            cache.forget(account)
        cache.put_fact(account, "user", cached.encode(user), at)


class WaitingPosts:
    """What waits at Buffer, of all profiles; with its first page come the profiles."""

    def __init__(self, cache: Cache, account: str) -> None:
        self._cache = cache
        self._account = account
        self.profiles: tuple[Profile, ...] = ()

    def recall(self) -> Recalled[Update] | None:
        listed = self._cache.listed(self._account, "queue")
        profiles = known(self._cache, self._account, "profiles", tuple[Profile, ...])
        if listed is None or profiles is None:
            return None
        self.profiles = profiles[0]
        rows = self._cache.rows(self._account, "post", statuses=PENDING, first=_HELD)
        return Recalled(tuple(cached.decode_all(rows, Update)), listed.as_of, listed.cursor)

    def keep(self, page: Sequence[Update], cursor: str | None, as_of: datetime, *, first: bool) -> None:
        rows = [cached.of_update(self._account, update, as_of) for update in page]
        end = max((row.at or _FAR for row in rows), default=None)
        joint = len({profile.organization_id for profile in self.profiles}) > 1  # lists that end at different times
        with self._cache.transaction():
            if first and (cursor is None or not joint):
                before = None if cursor is None else end
                self._cache.replace(self._account, "post", rows, statuses=PENDING, before=before)
            else:
                self._cache.put(rows)
            if first:
                self._cache.put_fact(self._account, "profiles", cached.encode(self.profiles), as_of)
            self._cache.put_listed(self._account, "queue", Listed(as_of, cursor, cursor is None))

    def change(self, before: Update, after: Update | None, at: datetime) -> None:
        """Keep what became of one post; None: it is gone."""
        if after is None:
            self._cache.drop(self._account, "post", [before.id])
        else:
            self._cache.put([cached.of_update(self._account, after, at)])
