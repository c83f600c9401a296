"""Mentions of pages stay at their words through an edit, or are told to become plain text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kosmo_tui.api.buffer.client import BufferClient
from kosmo_tui.api.buffer.editing import change
from kosmo_tui.api.buffer.models import Update
from tests.api.conftest import BufferWorld

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


def page(text: str, start: int, name: str) -> dict[str, Any]:
    assert text[start:].startswith(name)
    return {"content": "1", "text": name, "url": "https://example.com/1", "indices": [start, start + len(name)]}


async def mentioning(buffer: BufferWorld, service: str, text: str, *names: str) -> tuple[BufferClient, Update]:
    """A post whose text mentions pages, placed by somebody."""
    client = buffer.client("agency")
    profile = next(one for one in await client.list_profiles() if one.service == service and not one.disconnected)
    places: list[dict[str, Any]] = [page(text, text.index(name), name) for name in names]
    if service == "linkedin":
        places = [
            {"id": "1", "entity": "urn:li:organization:1", "length": len(one["text"]), "link": one["url"],
             "localizedName": one["text"], "start": one["indices"][0], "vanityName": "v"}
            for one in places
        ]  # fmt: skip
    result = await client.create_update(text, [profile.id], metadata={service: {"annotations": places}})
    (made,) = result.updates
    assert [(one.text, one.start) for one in made.mentions] == [(name, text.index(name)) for name in names]
    return client, made


@pytest.mark.parametrize(
    ("text", "kept", "plain"),
    [
        ("Coffee by Halyard and Northwind, today", ["Halyard", "Northwind"], []),
        ("New: Coffee by Halyard and Northwind", ["Halyard", "Northwind"], []),
        ("Coffee by Halyard, and also by Northwind", ["Halyard", "Northwind"], []),
        ("Northwind and Halyard", [], ["Halyard", "Northwind"]),
        ("Coffee by nobody", [], []),
    ],
)
async def test_an_edit_keeps_mentions_at_their_words(
    buffer: BufferWorld, text: str, kept: list[str], plain: list[str]
) -> None:
    client, made = await mentioning(buffer, "facebook", "Coffee by Halyard and Northwind", "Halyard", "Northwind")
    edited = await client.edit_update(made.id, text=text)
    assert [one.text for one in edited.mentions] == kept
    assert all(text[one.start : one.end] == one.text for one in edited.mentions)
    assert list(change(moment=BEFORE, text=text).plain_mentions(made)) == plain
    media = {"photo": ["https://media.example.com/a.jpg"]}
    assert (await client.edit_update(made.id, media=media)).mentions == edited.mentions


async def test_mentions_that_cannot_be_given_back_are_told_and_never_stand_for_other_words(buffer: BufferWorld) -> None:
    client, made = await mentioning(buffer, "linkedin", "Coffee by Halyard", "Halyard")
    later = change(moment=BEFORE, text="Coffee by Halyard, today")
    assert later.plain_mentions(made) == ()
    assert len((await client.edit_update(made.id, text="Coffee by Halyard, today")).mentions) == 1
    before = change(moment=BEFORE, text="New: Coffee by Halyard")
    assert before.plain_mentions(made) == ("Halyard",)
    assert (await client.edit_update(made.id, text="New: Coffee by Halyard")).mentions == ()
    assert change(moment=BEFORE, metadata={"linkedin": {"firstComment": "x"}}).plain_mentions(made) == ("Halyard",)
