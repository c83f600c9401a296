"""`kosmo lint`: a post is checked offline, and the exit code tells whether it would be refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.compose.networks import networks
from tests.conftest import Command


def write(folder: Path, content: Any, name: str = "post.txt") -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return str(path)


def of(outcome: Any) -> dict[str, dict[str, Any]]:
    """The networks of the report, by their targets."""
    return {one["target"]: one for one in outcome.json["networks"]}


def test_a_text_is_checked_on_every_network(kosmo: Command, tmp_path: Path) -> None:
    told = kosmo("lint", write(tmp_path, "The new roast is here.\n"))
    assert told.code == 2  # Instagram and others need an image
    assert list(of(told)) == list(networks())
    assert of(told)["twitter"] | {"when": None} == {
        "target": "twitter",
        "network": "twitter",
        "length": 22,
        "limit": 280,
        "unit": "weighted",
        "limit_of": "X",
        "posts": 1,
        "refused": False,
        "when": None,
        "becomes": "",
        "findings": [],
    }
    assert [one["code"] for one in of(told)["instagram"]["findings"]] == ["media"]


@pytest.mark.parametrize(
    ("text", "service", "code"),
    [
        ("fits", "mastodon", 0),
        ("a" * 281, "x", 2),
        ("a" * 281, "mastodon", 0),
        ("Call +44 20 7946 0000", "google", 0),
        ("a\x07b", "mastodon", 2),
        ("", "mastodon", 2),
    ],
)
def test_the_exit_code_tells_whether_it_would_be_refused(
    kosmo: Command, tmp_path: Path, text: str, service: str, code: int
) -> None:
    told = kosmo("lint", write(tmp_path, text), "--service", service)
    assert told.code == code
    assert told.json["refused"] == (code == 2)
    assert told.err == ""


def test_a_finding_has_its_place(kosmo: Command, tmp_path: Path) -> None:
    told = kosmo("lint", write(tmp_path, "Hello\n" + "👍🏽" * 150), "--service=x,bluesky")
    (long,) = of(told)["twitter"]["findings"]
    assert long == {
        "level": "error",
        "code": "too_long",
        "message": "Too long: 26 over 280, as X counts",
        "fix": "shorten the text",
        "place": {"start": 6 + 2 * 137, "end": 306, "line": 2, "column": 1 + 2 * 137},
        "attachment": None,
        "option": None,
    }
    assert of(told)["bluesky"]["findings"] == []


def test_a_draft_in_json(kosmo: Command, tmp_path: Path) -> None:
    draft = {
        "text": "One\n---\n" + "b" * 281,
        "media": ["https://a.example/a.jpg", {"url": "https://a.example/b.jpg", "alt": "A bag"}],
        "when": "2099-12-24 18:00",
        "networks": ["x", "instagram"],
        "targets": [{"network": "mastodon", "key": "main", "max_characters": 1000}, "instagram.brand"],
        "options": {"first_comment": "c" * 2197},
        "overrides": {"main": {"text": "Only here", "media": []}, "x": {"when": "now"}},
    }
    told = kosmo("lint", write(tmp_path, draft, "post.json"))
    found = of(told)
    assert list(found) == ["twitter", "instagram", "main", "instagram.brand"]
    assert (found["twitter"]["posts"], found["twitter"]["length"], found["twitter"]["when"]["mode"]) == (2, 281, "now")
    long = found["twitter"]["findings"][0]
    assert (long["message"], long["place"]["line"]) == ("Post 2 of 2: Too long: 1 over 280, as X counts", 3)
    assert [one["option"] for one in found["instagram"]["findings"] if one["level"] == "error"] == ["first_comment"]
    assert (found["main"]["length"], found["main"]["limit"]) == (9, 1000)
    assert [one["code"] for one in found["main"]["findings"]] == ["far"]
    assert found["main"]["when"]["at"] == "2099-12-24T18:00:00+00:00"
    assert "no_queue" in [one["code"] for one in found["instagram.brand"]["findings"]]
    assert told.code == 2


def test_a_time_that_is_none_is_told(kosmo: Command, tmp_path: Path) -> None:
    told = kosmo("lint", write(tmp_path, {"text": "Hello", "networks": ["mastodon"], "when": "2001-01-01 10:00"}))
    assert told.code == 2
    assert "past" in of(told)["mastodon"]["when"]["problem"]


def test_what_is_no_json_is_text(kosmo: Command, tmp_path: Path) -> None:
    told = kosmo("lint", write(tmp_path, "{curly} braces"), "--service", "mastodon")
    assert (told.code, of(told)["mastodon"]["length"]) == (0, 14)


@pytest.mark.parametrize(
    ("content", "name", "words", "says"),
    [
        ({"txt": "Hello"}, "post.txt", (), "txt"),
        ({"text": 5}, "post.txt", (), "$.text"),
        ({"text": "a", "media": [{"url": "u", "kind": "gif"}]}, "post.txt", (), "media"),
        ({"text": "a", "networks": ["mastadon"]}, "post.txt", (), "'mastadon'"),
        ({"text": "a", "targets": ["buffer.agency/4eb8572a512f7f621800004e"]}, "post.txt", (), "buffer.agency"),
        ("no json", "post.json", (), "no JSON object"),
        ('{"text": NaN}', "post.txt", (), "no JSON object"),
        ('{"text": "\\ud800"}', "post.txt", (), "no JSON object"),
        ({"text": "a", "overrides": {"orkut": {"text": "b"}}}, "post.txt", (), "'orkut'"),
        ("a", "post.txt", ("--service", ""), "no network ''"),
        ("a", "post.txt", ("--service", "orkut"), "'orkut'"),
        ("a", "post.txt", ("--output", "xml"), "xml"),
    ],
)
def test_a_slip_is_a_usage_error(
    kosmo: Command, tmp_path: Path, content: Any, name: str, words: tuple[str, ...], says: str
) -> None:
    told = kosmo("lint", write(tmp_path, content, name), *words)
    assert (told.code, told.out) == (2, "")
    assert says in told.error["message"]


def test_files_that_cannot_be_read(kosmo: Command, tmp_path: Path) -> None:
    assert "No such file" in kosmo("lint", str(tmp_path / "nothing")).error["message"]
    (tmp_path / "latin").write_bytes("é\ncafé".encode("latin-1"))
    assert "no UTF-8 (line 1)" in kosmo("lint", str(tmp_path / "latin")).error["message"]


def test_the_user_s_own_limits_count(kosmo: Command, tmp_path: Path, folders: Path) -> None:
    (folders / "networks.toml").write_text("[mastodon]\nlimit = 5\nbuffer = 5\n", "utf-8")
    assert kosmo("lint", write(tmp_path, "Too long"), "--service", "mastodon").code == 2
    (folders / "networks.toml").write_text("[mastodon]\nlimt = 5\n", "utf-8")
    wrong = kosmo("lint", write(tmp_path, "Too long"), "--service", "mastodon")
    assert wrong.code == 1
    assert "mastodon.limt" in wrong.error["message"]
    (folders / "networks.toml").unlink()
    assert kosmo("lint", write(tmp_path, "Too long"), "--service", "mastodon").code == 0


def test_as_text_it_fits_an_old_terminal(kosmo: Command, tmp_path: Path) -> None:
    text = "Call +44 20 7946 0000 " + "#a " * 31 + "https://example.com/" + "x" * 3000
    lines = kosmo("lint", write(tmp_path, text), "--output", "text").out.splitlines()
    assert max(map(len, lines)) < 80
    assert lines[0].split() == ["X", "138", "of", "280", "ok"]
    assert any(line.startswith("  warning 1:6 ") and "phone" in line for line in lines)
    assert any(line.split()[:1] == ["error"] and "31 hashtags, 30 allowed" in line for line in lines)


def test_standard_input_offline_and_light(tmp_path: Path) -> None:
    code = (
        "import sys; from kosmo_tui.__main__ import main; code = main(['lint', '--service', 'mastodon']); "
        "print(code, [name for name in ('httpx', 'textual', 'starlette') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], input="Hello\n", capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["networks"][0]["length"] == 5
    assert done.stderr == "0 []\n"
