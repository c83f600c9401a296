"""Relative times: one rule for the rows of a list and for the detail beside them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kosmo_tui.compose import when
from kosmo_tui.ui.text import distance

NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "row", "detail"),
    [
        (59, "in 59 min", "in 59 min"),
        (60, "in 1 h", "in 1 h"),
        (62, "in 1 h", "in 1 h 2 min"),
        (36 * 60, "in 36 h", "in 36 h"),
        (48 * 60 - 1, "in 47 h", "in 47 h 59 min"),
        (48 * 60, "in 2 d", "in 2 d"),
        (-50 * 60, "2 d ago", "2 d 2 h ago"),
    ],
)
def test_hours_from_sixty_minutes_up_to_two_days(minutes: int, row: str, detail: str) -> None:
    away = timedelta(minutes=minutes)
    assert (distance(NOW + away, NOW), when.distance(away)) == (row, detail)
