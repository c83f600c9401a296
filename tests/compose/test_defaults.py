"""What the clients fill in is told before it is sent, as they will really do it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.buffer.attachments import attachments
from kosmo_tui.api.buffer.models import Board, Profile
from kosmo_tui.api.buffer.posting import Order
from kosmo_tui.api.safe_text import SafeText
from kosmo_tui.compose.defaults import default
from kosmo_tui.compose.draft import Attachment, Draft
from kosmo_tui.services.publish import buffer_media
from kosmo_tui.services.targets import instagram_target, profile_target

PHOTO = Attachment("https://northwind.example/roast.jpg", "A bag of coffee")
CLIP = Attachment("https://northwind.example/roast.mp4", kind="video")
POST = Draft(text="The new roast.\nCome in.")
BOARDS = (Board(id="1", name=SafeText("Coffee  corner")), Board(id="2", name=SafeText("Tea")))


def told(network: str, draft: Draft) -> str:
    return default(draft, profile_target("buffer.agency", Profile(id="p", service=network, boards=BOARDS)))


@pytest.mark.parametrize(
    ("network", "media", "says"),
    [
        ("pinterest", (PHOTO,), "Goes to the board “Coffee corner”"),
        ("instagram", (), ""),
        ("instagram", (PHOTO,), "Goes out as a feed post"),
        ("instagram", (CLIP,), "Goes out as a reel"),
        ("instagram", (CLIP, PHOTO), "Goes out as a feed post"),
        ("facebook", (), "Goes out as a plain post"),
        ("youtube", (CLIP,), "The title will be “The new roast.”"),
        ("googlebusiness", (), "Goes out as an update (What’s new)"),
        ("twitter", (PHOTO,), ""),
    ],
)
def test_through_buffer(network: str, media: tuple[Attachment, ...], says: str) -> None:
    assert told(network, POST.replace(media=media)) == says


def test_at_instagram_itself() -> None:
    direct = instagram_target("instagram.brand")
    photo = POST.replace(media=(PHOTO,))
    assert default(photo, direct) == "Goes out as an image"
    assert default(photo.replace(media=(CLIP,)), direct) == "Goes out as a reel"
    assert default(photo.replace(media=(PHOTO, CLIP)), direct) == "Goes out as a carousel"
    assert default(photo.replace(instagram_kind="IMAGE"), direct) == ""
    assert default(photo.replace(container_only=True), direct).startswith("Only prepared")


@given(st.text(), st.lists(st.sampled_from([PHOTO, CLIP]), max_size=3))
def test_the_client_does_what_is_told(text: str, media: list[Attachment]) -> None:
    draft = Draft(text=text, media=tuple(replace(one) for one in media))
    order = Order(text, "addToQueue", attachments=attachments(buffer_media(draft)))

    def asked(network: str) -> dict[str, str]:
        wanted, _ = order.input(Profile(id="p", service=network, boards=BOARDS))
        return dict(next(iter(wanted["metadata"].values())))

    if media:
        assert ("as a reel" in told("instagram", draft)) == (asked("instagram")["type"] == "reel")
    assert asked("facebook")["type"] == "post"
    assert asked("pinterest")["boardServiceId"] == BOARDS[0].id
    title = asked("youtube").get("title", "")
    assert told("youtube", draft) == (f"The title will be “{title}”" if title else "")
