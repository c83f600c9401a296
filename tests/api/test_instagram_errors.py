"""Graph's error bodies, judged by code and subcode on both hosts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.api.errors import ApiError, AuthExpired, Forbidden, NotFound, RateLimited, Refused, Unavailable
from kosmo_tui.api.http import Answer
from kosmo_tui.api.instagram.errors import PUBLISHING, judge, subcode_of

Kind = type[ApiError]


def judged(code: Any, subcode: Any = None, message: str = "Nope", *, status: int = 400, **more: Any) -> ApiError:
    body = {"message": message, "code": code, **more}
    if subcode is not None:
        body["error_subcode"] = subcode
    headers = more.pop("headers", {})
    found = judge(Answer(status, headers, {"error": body}))
    assert found is not None
    return found


MEANINGS: list[tuple[int, int | None, str, Kind, str]] = [
    (190, 463, "Session has expired", AuthExpired, "expired"),
    (190, 0, "Error validating access token: Session has expired on Monday, 01-Dec-25", AuthExpired, "expired"),
    (190, None, "Error validating access token: Session has expired on Monday", AuthExpired, "expired"),
    (190, 0, "Malformed", AuthExpired, "Malformed"),
    (190, 460, "The session has been invalidated", AuthExpired, "password"),
    (190, 458, "The user has not authorized application 1.", AuthExpired, "removed"),
    (190, None, "Invalid OAuth access token - Cannot parse access token", AuthExpired, "host"),
    (102, None, "Session key invalid", AuthExpired, "not accepted"),
    (104, None, "An access token is required to request this resource.", AuthExpired, "no token"),
    (2500, None, "An active access token must be used to query information", AuthExpired, "token"),
    (2500, None, "Unknown path components: /me", Refused, "address"),
    (10, None, "(#10) Application does not have permission for this action", Forbidden, "permission"),
    (10, None, "(#10) Not enough viewers for the media to show insights", Refused, "5 viewers"),
    (200, None, "Permissions error", Forbidden, "permission"),
    (299, None, "Permissions error", Forbidden, "permission"),
    (25, 2207050, "Restricted", Forbidden, "restricts"),
    (4, None, "(#4) Application request limit reached", RateLimited, "app"),
    (17, None, "User request limit reached", RateLimited, "user"),
    (32, None, "Page request limit reached", RateLimited, "Page"),
    (613, None, "Calls to this api have exceeded the rate limit.", RateLimited, "call"),
    (80002, None, "There have been too many calls", RateLimited, "account"),
    (9, 2207042, "Application request limit reached", RateLimited, "24 hours"),
    (4, 2207051, "Application request limit reached", Refused, "spam"),
    (100, 33, "Unsupported get request. Object with ID '1' does not exist", NotFound, "the id 1,"),
    (803, None, "Some of the aliases you requested do not exist", NotFound, "aliases"),
    (24, 2207006, "The requested resource does not exist", NotFound, "container"),
    (24, 2207008, "The requested resource does not exist", NotFound, "container"),
    (100, None, "Unsupported request - method type: get", Refused, "does not serve this account"),
    (100, None, "(#100) metric[0] must be one of the following values: reach", Refused, "metric[0]"),
    (100, 2207067, "Invalid parameter", Refused, "reel"),
    (9007, 2207027, "Media ID is not available", Refused, "not ready"),
    (9004, 2207052, "Only photo or video can be accepted as media type.", Refused, "fetch"),
    (36003, 2207009, "The aspect ratio is not supported", Refused, "aspect ratio"),
    (-1, 2207086, "Fatal", Refused, "Facebook"),
    (368, None, "The action attempted has been deemed abusive", Refused, "blocks"),
    (1, None, "An unknown error occurred", Unavailable, "unknown error"),
    (2, None, "Service temporarily unavailable", Unavailable, "temporarily"),
    (1, None, "Please reduce the amount of data you're asking for, then retry", Unavailable, "too much"),
    (36104, None, "(#36104) You do not have permission to access this field", Refused, "this field"),
]


@pytest.mark.parametrize(("code", "subcode", "message", "kind", "words"), MEANINGS)
@pytest.mark.parametrize("status", [400, 500])
def test_code_and_subcode_decide(
    code: int, subcode: int | None, message: str, kind: Kind, words: str, status: int
) -> None:
    if status == 500 and kind is Refused and subcode is None and code not in (100, 2500, 10, 368):
        kind = Unavailable  # a code that nobody knows: the status says more
    found = judged(code, subcode, message, status=status)
    assert type(found) is kind
    assert words in f"{found.message} {found.hint}"
    assert not found.message.startswith("(#") and "(#" not in found.message
    assert found.code == (str(code) if subcode is None else f"{code}/{subcode}")
    assert not found.may_have_been_published


@pytest.mark.parametrize("subcode", PUBLISHING)
def test_every_publishing_subcode_has_words_of_its_own(subcode: int) -> None:
    found = judged(-1, subcode, "Fatal")
    assert "Fatal" not in found.message and str(subcode) not in found.message
    assert subcode_of(found) == subcode


def test_only_transient_failures_are_tried_again() -> None:
    assert judged(2).transient and judged(1).transient
    assert not judged(1, message="Please reduce the amount of data you're asking for").transient
    assert judged(12345, is_transient=True).transient
    assert not judged(190, 463).transient and not judged(100, 33).transient


def test_a_throttled_account_learns_until_when() -> None:
    usage = {"1": [{"type": "instagram", "call_count": 100, "estimated_time_to_regain_access": 18}]}
    body = {"error": {"code": 80002, "message": "too many"}}
    found = judge(Answer(400, {"x-business-use-case-usage": json.dumps(usage)}, body))
    assert isinstance(found, RateLimited) and found.until is not None
    assert found.retry_after == pytest.approx(18 * 60, abs=5)
    assert "18 minutes" in found.hint
    unknown = judge(Answer(400, {"x-business-use-case-usage": "{broken"}, body))
    assert isinstance(unknown, RateLimited) and unknown.until is None


def test_what_is_written_for_people_is_quoted_too() -> None:
    found = judged(100, message="Invalid parameter", error_user_msg="The place is closed.")
    assert found.message.endswith("Invalid parameter: The place is closed.")
    assert len(judged(100, message="x" * 5000).message) < 400


def test_a_fine_answer_is_no_error() -> None:
    assert judge(Answer(200, {}, {"data": []})) is None
    assert judge(Answer(200, {}, [])) is None
    assert judge(Answer(400, {}, {"error": "words"})) is None  # the status decides then
    assert isinstance(judge(Answer(200, {}, {"error": {"code": "190"}})), AuthExpired)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
KEYS = ("code", "error_subcode", "message", "error_user_msg", "is_transient")


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON | st.integers(-5, 400))),
    st.sampled_from([200, 400, 503]),
)
def test_any_error_body_is_an_error(body: dict[str, Any], status: int) -> None:
    found = judge(Answer(status, {}, {"error": body}))
    assert isinstance(found, ApiError) and found.message and found.code
