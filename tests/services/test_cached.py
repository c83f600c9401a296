"""What the store keeps of the services comes back as it was, and never as a crash."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.buffer import models as buffer
from kosmo_tui.api.instagram import models as instagram
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.services import cached
from kosmo_tui.store.database import Store

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
WILD = SafeText("caf\u00e9 \x1b]52;c;x\x07 \u202eabc 日本 👩‍👩‍👧")

texts = st.text(max_size=40).map(SafeText)
moments = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
updates = st.builds(
    buffer.Update,
    id=st.text("abc123", min_size=1),
    profile_id=st.text("abc123"),
    profile_service=st.just("mastodon"),
    status=st.sampled_from(["draft", "needs_approval", "scheduled", "sending", "sent", "error"]),
    text=texts,
    created_at=moments,
    due_at=moments,
    scheduled_at=moments,
    sent_at=moments,
    media=st.lists(st.builds(buffer.Media, type=st.just("image"), alt_text=texts, width=st.integers(0, 9))).map(tuple),
    tags=st.lists(texts).map(tuple),
    statistics=st.none()
    | st.builds(
        buffer.Statistics,
        metrics=st.dictionaries(st.text("ab"), st.builds(buffer.Metric, name=texts, value=st.floats(0, 1e9))),
        updated_at=moments,
    ),
    error=st.none() | st.builds(buffer.Failure, message=texts, raw=texts),
    metadata=st.lists(texts).map(lambda given: {"mastodon": {"thread": [{"text": text} for text in given]}}),
)  # fmt: skip


def raws(value: Any) -> Any:
    """Every text as it was sent, to compare by: equal texts may have been cleaned from different ones."""
    return msgspec.to_builtins(value, enc_hook=lambda text: text.raw)


@given(updates)
def test_a_post_comes_back_as_it_was(update: buffer.Update) -> None:
    item = cached.of_update("buffer.a", update, NOON)
    assert (item.id, item.parent, item.status) == (update.id, update.profile_id, update.status)
    back = cached.decode(item.content, buffer.Update)
    assert back == update
    assert raws(back) == raws(update)
    item.text.encode()


def test_texts_are_safe_again_when_they_come_back_also_where_no_type_says_so() -> None:
    update = buffer.Update(
        id="1", profile_id="p", profile_service="mastodon", status="sent", text=WILD,
        metadata={"mastodon": {"thread": [{"text": WILD}, {"text": WILD}]}},
    )  # fmt: skip
    item = cached.of_update("buffer.a", update, NOON)
    assert item.text == f"{WILD}\n{WILD}"
    back = cached.decode(item.content, buffer.Update)
    assert back is not None
    assert "\x1b" not in back.text + back.thread[1]
    assert back.text.raw == back.metadata["mastodon"]["thread"][1]["text"].raw == WILD.raw


def test_media_and_comments_come_back_without_the_json_they_came_in() -> None:
    media = instagram.Media(id="1", caption=WILD, timestamp=NOON, like_count=3, alt_text=SafeText("a cat"))
    reply = instagram.Comment(id="3", text=SafeText("thanks"), username=SafeText("kosmo"), parent_id="2")
    comment = instagram.Comment(id="2", text=WILD, username=SafeText("ada"), timestamp=NOON, replies=(reply,))
    sent = cached.of_media("instagram.a", msgspec.structs.replace(media, raw={"id": "1"}), NOON)
    assert (sent.kind, sent.at, sent.text) == ("media", NOON, f"{WILD}\na cat")
    assert cached.decode(sent.content, instagram.Media) == media
    received = msgspec.structs.replace(
        comment, raw={"id": "2"}, replies=(msgspec.structs.replace(reply, raw={"id": "3"}),)
    )
    under = cached.of_comment("instagram.a", "1", received, NOON)
    assert (under.parent, under.status, under.text) == ("1", "", f"ada\n{WILD}\nkosmo\nthanks")
    assert cached.decode(under.content, instagram.Comment) == comment
    hidden = msgspec.structs.replace(comment, hidden=True)
    assert cached.of_comment("instagram.a", "1", hidden, NOON).status == "hidden"


def test_profiles_and_users_come_back_as_facts() -> None:
    profiles = (
        buffer.Profile(id="p", service="x", boards=(buffer.Board("b", WILD),)),
        buffer.Profile(id="q", service="y"),
    )
    assert cached.decode(cached.encode(profiles), tuple[buffer.Profile, ...]) == profiles
    user = buffer.User(id="1", name=WILD, organizations=(buffer.Organization(id="o", scheduled_posts=10),))
    assert cached.decode(cached.encode(user), buffer.User) == user
    owner = instagram.User(id="1", user_id="1784", username=SafeText("kosmo"), followers_count=7)
    assert cached.decode(cached.encode(owner), instagram.User) == owner


SOUND = '{"id": "1", "profile_id": "p", "profile_service": "x", "status": "sent"}'


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", "7", '{"id": 1}', SOUND.replace("sent", "of the future"), SOUND.replace('"p"', "[]"),
        SOUND[:-1] + ', "text": 5}', SOUND[:-1] + ', "text": "\\ud800"}', SOUND[:-1] + ', "due_at": "soon"}',
        "[" * 100_000,
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_left_out(content: str) -> None:
    good = cached.of_update("buffer.a", buffer.Update(id="1", profile_id="p", profile_service="x", status="sent"), NOON)
    bad = type(good)(account="buffer.a", kind="post", id="2", content=content, seen_at=NOON)
    assert [update.id for update in cached.decode_all([bad, good], buffer.Update)] == ["1"]


def test_a_newer_kosmo_may_know_more_and_an_older_one_less() -> None:
    found = cached.decode(SOUND[:-1] + ', "mood": {"name": "glad"}}', buffer.Update)
    assert found == buffer.Update(id="1", profile_id="p", profile_service="x", status="sent")


def test_posts_go_through_the_store_in_order_and_are_found_by_their_words() -> None:
    store = Store.in_memory()
    posts = [
        buffer.Update(
            id=str(number), profile_id="p", profile_service="x", status="scheduled",
            text=SafeText(f"number{number} {WILD.raw}"), due_at=NOON + timedelta(hours=number),
        )
        for number in range(5)
    ]  # fmt: skip
    store.cache.put(cached.of_update("buffer.a", post, NOON) for post in reversed(posts))
    assert cached.decode_all(store.cache.rows("buffer.a", "post", statuses=("scheduled",)), buffer.Update) == posts
    assert cached.decode_all(store.search.find("日本 number3"), buffer.Update) == [posts[3]]
    store.close()
