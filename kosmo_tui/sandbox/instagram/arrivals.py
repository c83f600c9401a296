"""Life goes on: comments that arrive while the sandbox runs."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from kosmo_tui.sandbox.hostile import poison
from kosmo_tui.sandbox.instagram.seed import author_id
from kosmo_tui.sandbox.instagram.texts import COMMENTS, PEOPLE
from kosmo_tui.sandbox.instagram.world import Account, World

_AT_ONCE = 200  # comments per account and visit: a clock moved by months does not bring a hundred thousand
_RECENT = 12


class Arrivals:
    """Brings new comments to the recent media of every account, the same ones for one seed."""

    def __init__(self, world: World, start: datetime, hostile: bool) -> None:
        self._world, self._hostile = world, hostile
        self._random = {name: Random(f"{world.seed}:{name}:arrivals") for name in world.accounts}
        self._count = 0
        for account in world.accounts.values():
            account.next_comment = start + self._gap(account)

    def bring(self, now: datetime) -> None:
        """Add every comment that is due by `now`."""
        for account in self._world.accounts.values():
            for _ in range(_AT_ONCE):
                if not account.next_comment or account.next_comment > now:
                    break
                self._comment(account, account.next_comment)
                account.next_comment += self._gap(account)
            else:
                account.next_comment = now + self._gap(account)

    def _gap(self, account: Account) -> timedelta:
        return timedelta(seconds=min(self._random[account.name].expovariate(1 / account.comment_gap), 86400) + 1)

    def _comment(self, account: Account, moment: datetime) -> None:
        rng = self._random[account.name]
        pick, person, words = rng.random(), rng.randrange(len(PEOPLE)), COMMENTS[rng.randrange(len(COMMENTS))]
        recent = [media for media in account.feed[:_RECENT] if media.comments_enabled and media.created < moment]
        if not recent:
            return
        self._count += 1
        username = PEOPLE[person]
        if self._hostile:
            username, words = poison(username, self._count), poison(words, self._count + 1)
        media = recent[int(pick**2 * len(recent))]  # the newest get most
        self._world.comment(media, username, author_id(person), words, moment.replace(microsecond=0))
