"""`kosmo sync` as a command: what it prints, how it ends, and what a second run costs."""

from __future__ import annotations

from tests.conftest import Command, Sandbox


def test_it_brings_the_posts_of_an_account(kosmo_process: Command, sandbox: Sandbox) -> None:
    first = kosmo_process("sync", "--account", "buffer.default")
    asked = len(sandbox.log())
    assert (first.code, first.err) == (0, "")
    (one,) = first.json["accounts"]
    assert (one["account"], one["whole"], one["error"], one["waits_for"]) == ("buffer.default", True, None, None)
    assert one["posts"] > 0
    assert one["requests"] == asked > 0
    assert sandbox.token("buffer.default") not in first.out


def test_a_second_run_costs_less(kosmo: Command, sandbox: Sandbox) -> None:
    words = ("sync", "--account", "buffer.agency")
    (first,) = kosmo(*words).json["accounts"]
    again = kosmo(*words)
    (second,) = again.json["accounts"]
    assert (again.code, second["whole"]) == (0, True)
    assert 0 < second["requests"] < first["requests"]
    assert first["requests"] + second["requests"] == len(sandbox.log())


def test_a_since_that_means_no_time_is_told_before_anything_is_asked(kosmo: Command, sandbox: Sandbox) -> None:
    for words, says in (
        ("yesterday", "'yesterday'"),
        ("３d", "'３d'"),
        ("2999-01-01", "in the future"),
        ("1999-01-01", "before"),
    ):
        refused = kosmo("sync", "--since", words)
        assert (refused.code, refused.out) == (2, "")
        assert says in refused.error["message"]
        assert "2024-01-31" in refused.error["hint"]
    assert sandbox.log() == []
