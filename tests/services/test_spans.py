"""Spans of time against a model: the set of their seconds."""

from __future__ import annotations

import itertools
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.services import spans
from kosmo_tui.services.spans import BEGINNING, Span

moments = st.integers(0, 30).map(lambda number: BEGINNING + timedelta(seconds=number))
pairs = st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair)))


def seconds(some: tuple[Span, ...]) -> set[int]:
    """The seconds that begin within the spans."""
    return {
        second
        for start, end in some
        for second in range((start - BEGINNING).seconds, (end - BEGINNING).seconds)
    }  # fmt: skip


@given(st.lists(pairs, max_size=8), pairs, moments)
def test_spans_are_sets_of_time(given_: list[Span], window: Span, moment: object) -> None:
    known: tuple[Span, ...] = ()
    for span in given_:
        known = spans.joined(known, span)
    assert seconds(known) == seconds(tuple(given_))
    assert all(later[0] > earlier[1] for later, earlier in itertools.pairwise(known)), "newest first, apart"
    found = tuple(spans.gaps(known, *window))
    assert seconds(found) == seconds((window,)) - seconds(known)
    assert all(later[0] >= earlier[1] for later, earlier in itertools.pairwise(found))
    cut = spans.before(known, moment)  # type: ignore[arg-type]
    assert seconds(cut) == seconds(known) & seconds(((BEGINNING, moment),))  # type: ignore[arg-type]
    assert spans.decode(spans.encode(known)) == known


def test_what_is_no_list_of_spans_is_none() -> None:
    naive = '[["2026-01-01T00:00:00", "2026-01-02T00:00:00"]]'
    for content in ("", "{", "[[1, 2]]", '[["2026-01-01", "2026-01-02"]]', naive, "[" * 10_000, "\ud800"):
        assert spans.decode(content) == ()
