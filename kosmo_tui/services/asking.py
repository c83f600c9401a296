"""What only asking tells before a post goes out: what its files are, and how full the days of its profiles are.

A review must not wait for slow hosts: what does not come soon, or fails, is left out, as it is without a network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.compose.facts import Facts, MediaFact
from kosmo_tui.services.review import Item, Review
from kosmo_tui.services.workspace import BufferDesk, Desk

PATIENCE = 1.5  # seconds
RESERVE = 0.2  # of the tightest rate window: below it no request is spent on this
Files = Callable[[Iterable[str]], Awaitable[dict[str, MediaFact]]]


class Asking:
    """Asks for the accounts of `desks`; `files` looks at URLs (None: nobody does).  A file is looked at once."""

    def __init__(self, desks: Mapping[str, Desk], files: Files | None) -> None:
        self._desks = desks
        self._look = files
        self._files: dict[str, MediaFact] = {}

    async def complete(self, facts: Mapping[str, Facts], review: Review) -> dict[str, Facts]:
        """`facts` (by the keys of the targets) with what could be learned in `PATIENCE` seconds.

        One request for each Buffer account and day, and one HEAD for each new file.  Raises nothing of the services.
        """
        full = {item.target.key: facts.get(item.target.key, Facts()) for item in review.items}
        tasks = [asyncio.create_task(work) for work in (self._see_files(review), *self._days(full, review))]
        try:
            await asyncio.wait(tasks, timeout=PATIENCE)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for item in review.items:
            media = {one.url: self._files[one.url] for one in item.post.media if one.url in self._files}
            full[item.target.key] = replace(full[item.target.key], media=media)
        return full

    async def _see_files(self, review: Review) -> None:
        urls = {one.url for item in review.items for one in item.post.media} - self._files.keys()
        if self._look is not None and urls:
            self._files |= await self._look(sorted(urls))

    def _days(self, full: dict[str, Facts], review: Review) -> list[Any]:
        """What asks how full the days are: for each account and day the profiles that get a post."""
        wanted: dict[tuple[str, date], list[Item]] = {}
        for item in review.items:
            if item.target.profile_id and item.when is not None and item.when.at is not None:
                day = item.when.at.astimezone(item.target.tz).date()
                wanted.setdefault((item.target.account, day), []).append(item)
        return [self._of_day(full, account, day, items) for (account, day), items in wanted.items()]

    async def _of_day(self, full: dict[str, Facts], account: str, day: date, items: list[Item]) -> None:
        desk = self._desks.get(account)
        if not isinstance(desk, BufferDesk):
            return
        window = desk.window
        if window is not None and window.limit and window.remaining < RESERVE * window.limit:
            return
        keys = {item.target.profile_id: item.target.key for item in items if item.target.profile_id}
        with suppress(KosmoError):
            for limit in await desk.ask(desk.client.daily_limits(list(keys), day)):
                if (key := keys.get(limit.profile_id)) is not None:
                    used = {**full[key].daily_used, day: limit.sent + limit.scheduled}
                    full[key] = replace(full[key], daily_limit=limit.limit, daily_used=used)
