"""Graph's error bodies, as each of the two hosts words them."""

from __future__ import annotations

from typing import Any, Literal

Flavour = Literal["instagram", "facebook"]
Style = Literal["api", "plain", "method", "oauth"]


class GraphError(Exception):
    """A refusal.  `style` says how the hosts differ in it:

    `api`: IGApiException on graph.instagram.com; OAuthException and a `(#code) ` prefix on graph.facebook.com.
    `plain`: the same types without the prefix.  `method`: GraphMethodException on graph.facebook.com.
    `oauth`: OAuthException without a prefix on both (tokens, publishing).
    `status` is the HTTP status; clients should decide by `code` and `subcode`.
    """

    def __init__(
        self,
        code: int,
        message: str,
        subcode: int | None = None,
        *,
        style: Style = "api",
        status: int = 400,
        transient: bool | None = None,
        title: str = "",
        text: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode = code, message, subcode
        self.style, self.status, self.transient = style, status, transient
        self.title, self.text = title, text
        self.headers = headers or {}

    def body(self, flavour: Flavour, trace: str) -> dict[str, Any]:
        """`{"error": …}` in the words of the host; keys that do not apply are left out."""
        facebook = flavour == "facebook"
        if self.style == "oauth" or (facebook and self.style != "method"):
            kind = "OAuthException"
        else:
            kind = "GraphMethodException" if facebook else "IGApiException"
        prefix = f"(#{self.code}) " if facebook and self.style == "api" else ""
        error: dict[str, Any] = {"message": prefix + self.message, "type": kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.transient is not None:
            error["is_transient"] = self.transient
        if self.title:
            error["error_user_title"] = self.title
        if self.text:
            error["error_user_msg"] = self.text
        return {"error": error | {"fbtrace_id": trace}}


def invalid(message: str) -> GraphError:
    """Code 100: a parameter that makes no sense."""
    return GraphError(100, message)


def required(name: str) -> GraphError:
    """Code 100: a parameter that was left out."""
    return invalid(f"The parameter {name} is required.")


def not_one_of(name: str, allowed: tuple[str, ...]) -> GraphError:
    """Code 100: a value outside its enumeration; `name` carries the index for lists (`metric[0]`)."""
    return invalid(f"{name} must be one of the following values: {', '.join(allowed)}")


def unknown_field(name: str) -> GraphError:
    """Code 100: a field that the node does not have on this host."""
    return invalid(f"Tried accessing nonexisting field ({name})")


def unknown_path(rest: str) -> GraphError:
    """Code 2500: an edge or a version that does not exist; `rest` starts with a slash."""
    return GraphError(2500, f"Unknown path components: {rest}", style="plain")


def missing_object(method: str, identifier: str) -> GraphError:
    """100/33: gone, foreign, or does not support the operation; Graph does not say which."""
    return GraphError(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{identifier}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation",
        33,
        style="method",
    )


def no_permission(flavour: Flavour) -> GraphError:
    """Code 10: the token lacks a scope.  graph.instagram.com answers it with status 403."""
    status = 403 if flavour == "instagram" else 400
    return GraphError(10, "Application does not have permission for this action", status=status)


def too_much_data() -> GraphError:
    """Code 1 with status 500: the nested lists of a call are too long."""
    return GraphError(
        1, "Please reduce the amount of data you're asking for, then retry your request", style="plain", status=500
    )


def spam_block() -> GraphError:
    """4/2207051: blocked as spam, while the post may be live all the same."""
    return GraphError(
        4,
        "Application request limit reached",
        2207051,
        style="oauth",
        transient=False,
        title="Action is blocked",
        text="We restrict certain activity to protect our community. Tell us if you think we made a mistake.",
    )


def throttled(code: int, headers: dict[str, str] | None = None) -> GraphError:
    """The rate limits: 4 app, 17 user, 32 page, 613 custom, 80002 the Instagram account."""
    if code == 80002:
        message = (
            "There have been too many calls to this Instagram account. Wait a bit and try again. "
            "For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting."
        )
    else:
        message = {
            17: "User request limit reached",
            32: "Page request limit reached",
            613: "Calls to this api have exceeded the rate limit.",
        }.get(code, "Application request limit reached")
    return GraphError(code, message, headers=headers)
