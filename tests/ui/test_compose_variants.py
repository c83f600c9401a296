"""One draft, many targets: what is the target's own, what is inherited, and that switching loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.compose.draft import Attachment, Draft, Override
from kosmo_tui.ui.screens.compose_variants import BASE, Variants, difference

PHOTO = Attachment("https://a.example/a.jpg", "A bag")
BOTH = Draft(text="Hello", when="fri 9", targets=("x", "y"))


def test_what_is_typed_in_a_tab_is_its_own_and_typed_back_it_is_inherited_again() -> None:
    variants = Variants(BOTH, "x")
    variants.edit(text="Hello X", media=(PHOTO,))
    assert (variants.shown.text, variants.owned("x"), variants.owned("y")) == ("Hello X", ("text", "media"), ())
    assert variants.draft.text == "Hello"
    variants.edit(text="Hello")
    assert variants.owned("x") == ("media",)
    variants.tab = BASE
    variants.edit(text="Hello all")
    assert (variants.of("x").text, variants.of("x").media) == ("Hello all", (PHOTO,))


def test_inheriting_takes_everything_back_and_says_when_there_is_nothing() -> None:
    variants = Variants(BOTH.replace(overrides={"x": Override(text="X", when="now"), "y": Override(text="Y")}), "x")
    assert variants.inherit()
    assert variants.draft.overrides == {"y": Override(text="Y")}
    assert not variants.inherit()


def test_a_target_that_is_left_out_keeps_what_was_its_own() -> None:
    variants = Variants(BOTH, "x")
    variants.edit(text="Hello X")
    variants.edit(targets=("y",))
    assert variants.tab == BASE
    variants.edit(targets=("x", "y"))
    assert variants.of("x").text == "Hello X"


def test_options_that_are_not_shown_stay() -> None:
    variants = Variants(BOTH.replace(options={"title": "T", "spoiler": "S"}))
    variants.edit(options={"title": ""})
    assert variants.draft.options == {"spoiler": "S"}
    variants.tab = "x"
    variants.edit(options={"spoiler": "X"})
    variants.edit(options={"topic": "tea"})
    assert variants.of("x").options == {"spoiler": "X", "topic": "tea"}
    assert variants.owned("x") == ("warning", "topic")


TEXTS = st.sampled_from(["", "a", "b", "a b"])


@given(st.lists(st.tuples(st.sampled_from(["", "x", "y"]), TEXTS), max_size=12))
def test_every_tab_shows_what_was_typed_last_in_it_or_where_it_inherits_from(steps: list[tuple[str, str]]) -> None:
    variants, base, own = Variants(Draft(targets=("x", "y"))), "", dict[str, str]()
    for tab, text in steps:
        variants.tab = tab
        variants.edit(text=text)
        if tab == BASE:
            base = text
        elif text == base:
            own.pop(tab, None)
        else:
            own[tab] = text
    assert [variants.of(tab).text for tab in ("", "x", "y")] == [base, own.get("x", base), own.get("y", base)]


@pytest.mark.parametrize(
    ("base", "own", "said"),
    [
        ("two bags until Friday", "two bags until Monday", "“Friday” → “Monday”"),
        ("two bags", "two bags #sale", "added “#sale”"),
        ("two bags for one", "two bags", "without “for one”"),
        ("a b c d", "x b c y", "“a” → “x”, 1 more"),
        ("a  b", "a b", "other spaces"),
        ("same", "same", ""),
    ],
)
def test_the_difference_is_told_in_a_few_words(base: str, own: str, said: str) -> None:
    assert difference(base, own) == said
