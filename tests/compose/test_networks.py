"""The table of the networks: every value has a source, and the user's own go over it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.accounts import network_rules
from kosmo_tui.api.errors import ConfigError
from kosmo_tui.compose.counting import count, measure
from kosmo_tui.compose.networks import UNITS, BadRule, FileRules, Network, Source, network, networks, use

OWN = Source("networks.toml", date(2026, 11, 22))


@pytest.fixture(autouse=True)
def published() -> Iterator[None]:
    yield
    use({}, OWN)


def test_every_value_of_the_table_names_a_source_with_a_day() -> None:
    plain = {"key", "name", "unit", "sources", "image", "video", "options"}
    blank = Network("", "")
    for rules in networks().values():
        values = {name for name in Network.__dataclass_fields__ if getattr(rules, name) != getattr(blank, name)}
        for part in ("image", "video"):
            mine = getattr(rules, part)
            values |= {
                f"{part}.{name}"
                for name in FileRules.__dataclass_fields__
                if getattr(mine, name) != getattr(FileRules(), name)
            }
        values |= {f"options.{name}" for name in rules.options}
        assert values - plain == set(rules.sources)
        assert all(source.url and source.checked.year >= 2026 for source in rules.sources.values())
        assert measure("x", rules.unit) == 1


def test_every_unit_can_be_counted() -> None:
    assert all(measure("", unit) == 0 for unit in UNITS)


def test_values_of_the_user_go_over_the_published_ones() -> None:
    before = network("mastodon")
    use({"mastodon": {"limit": 1000, "buffer": {"value": 1000, "source": "our instance"}}}, OWN)
    assert network("mastodon").limit == 1000
    assert network("mastodon").sources["limit"] == OWN
    assert network("mastodon").alt == before.alt
    assert network("twitter").sources["limit"].url.startswith("https://github.com/twitter")
    assert count("a" * 600, "mastodon").left == 400
    use({"instagram": {"image": {"bytes": 9}, "options": {"first_comment": 5}}}, OWN)
    assert network("mastodon") == before
    assert (network("instagram").image.bytes, network("instagram").image.widest) == (9, 1.91)
    assert network("instagram").options == {"first_comment": 5}
    use({}, OWN)
    assert network("instagram").options == {"first_comment": 2196}


@pytest.mark.parametrize(
    ("tables", "keys"),
    [
        ({"mastadon": {}}, ("mastadon",)),
        ({"sources": {}}, ("sources",)),
        ({"mastodon": 500}, ("mastodon",)),
        ({"mastodon": {"limits": 500}}, ("mastodon", "limits")),
        ({"mastodon": {"key": "x"}}, ("mastodon", "key")),
        ({"mastodon": {"limit": "500"}}, ("mastodon", "limit")),
        ({"mastodon": {"limit": True}}, ("mastodon", "limit")),
        ({"mastodon": {"limit": -1}}, ("mastodon", "limit")),
        ({"mastodon": {"limit": {"valeu": 500}}}, ("mastodon", "limit")),
        ({"mastodon": {"limit": {"value": 500, "checked": "today"}}}, ("mastodon", "limit")),
        ({"mastodon": {"unit": "letters"}}, ("mastodon", "unit")),
        ({"mastodon": {"media": "gif"}}, ("mastodon", "media")),
        ({"mastodon": {"mix": 1}}, ("mastodon", "mix")),
        ({"mastodon": {"forbidden": ["<"]}}, ("mastodon", "forbidden")),
        ({"instagram": {"image": 5}}, ("instagram", "image")),
        ({"instagram": {"image": {"size": 5}}}, ("instagram", "image", "size")),
        ({"instagram": {"image": {"types": "image/jpeg"}}}, ("instagram", "image", "types")),
        ({"instagram": {"options": {"comment": 5}}}, ("instagram", "options", "comment")),
    ],
)
def test_a_slip_is_told_with_its_place_and_changes_nothing(tables: dict[str, Any], keys: tuple[str, ...]) -> None:
    use({"twitter": {"limit": 7}}, OWN)
    with pytest.raises(BadRule) as bad:
        use({"bluesky": {"limit": 3}, **tables}, OWN)
    assert bad.value.keys == keys
    assert network("twitter").limit == 7
    assert network("bluesky").limit == 300


def test_the_file_beside_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "networks.toml"
    network_rules.load(path)
    assert network("mastodon").limit == 500
    path.write_text("# ours\n[mastodon]\nlimit = 1000\n", "utf-8")
    network_rules.load(path)
    assert network("mastodon").limit == 1000
    assert network("mastodon").sources["limit"] == Source(str(path), date.fromtimestamp(path.stat().st_mtime))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[mastodon]\nlimit = 'many'\n", "line 2: mastodon.limit: must be a whole number from 0"),
        ("[mastodno]\n", "line 1: mastodno: no such network"),
        ("[instagram.image]\nbyte = 3\n", "line 2: instagram.image.byte: there is no value 'byte'"),
        ("[mastodon\n", "no valid TOML"),
    ],
)
def test_a_slip_in_the_file_is_an_error_of_the_configuration(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "networks.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as error:
        network_rules.load(path)
    assert says in error.value.message
    assert str(path) in error.value.message
