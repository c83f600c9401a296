"""Buffer over HTTP: tokens, rate windows, GraphQL, and the five layers of errors."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    execute,
    get_operation_ast,
    parse,
    validate,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kosmo_tui.sandbox.buffer import cost, lifecycle, mutations, paths, queries, views
from kosmo_tui.sandbox.buffer.calls import Call, mutation, query
from kosmo_tui.sandbox.buffer.paging import STATUSES
from kosmo_tui.sandbox.buffer.schema import build
from kosmo_tui.sandbox.buffer.seed import fill
from kosmo_tui.sandbox.buffer.switches import Switches
from kosmo_tui.sandbox.buffer.windows import Windows
from kosmo_tui.sandbox.buffer.wording import in_its_words, variable_errors
from kosmo_tui.sandbox.buffer.world import World
from kosmo_tui.sandbox.clock import Clock
from kosmo_tui.sandbox.faults import Fault

_RESOLVERS = {
    "Query": {
        "account": query(queries.account),
        "aggregatedPostMetrics": query(queries.aggregated_post_metrics),
        "channel": query(queries.channel),
        "channels": query(queries.channels),
        "dailyPostingLimits": query(queries.daily_posting_limits),
        "ideaGroups": query(queries.idea_groups),
        "ideas": query(queries.ideas),
        "post": query(queries.post),
        "posts": query(queries.posts),
        "postTemplate": query(queries.post_template),
        "postTemplates": query(queries.post_templates),
    },
    "Mutation": {
        "createIdea": mutation(mutations.create_idea),
        "createPost": mutation(mutations.create_post),
        "createPostTemplate": mutation(mutations.create_post_template),
        "deletePost": mutation(mutations.delete_post),
        "deletePostTemplate": mutation(mutations.delete_post_template),
        "editPost": mutation(mutations.edit_post),
        "movePostInQueue": mutation(mutations.move_post_in_queue),
        "updatePostTemplate": mutation(mutations.update_post_template),
    },
}
_log = logging.getLogger(__name__)
UNLIMITED = 1000  # what `unlimited` multiplies the rate windows by


@dataclass(frozen=True)
class _Document:
    """A query that was read once: its syntax tree, or what is wrong with it (HTTP status, errors)."""

    document: DocumentNode | None
    fields: tuple[tuple[str, str], ...] = ()  # name of the operation, root field
    status: int = 200
    errors: tuple[dict[str, Any], ...] = ()


class Buffer:
    """Buffer's GraphQL API on a seeded world.  `posts` is how many posts the agency has sent."""

    def __init__(
        self,
        clock: Clock,
        seed: int = 0,
        hostile: bool = False,
        unlimited: bool = False,
        posts: int | None = None,
        switches: Switches | None = None,
    ) -> None:
        self.switches = switches or Switches()
        self._clock, self._seed, self._hostile, self._posts = clock, seed, hostile, posts
        self._factor = UNLIMITED if unlimited else 1
        self._schema = _schema(self.switches.strict_object_ids)
        self._read = lru_cache(maxsize=512)(self._read_document)
        self.reset()

    def reset(self) -> None:
        """Back to the seed."""
        self.world = World(self._clock.now, self._seed, self.switches)
        fill(self.world, self._clock.start, hostile=self._hostile, sent=self._posts)
        self._windows = {
            token: Windows(account.plan, token, self._factor) for token, account in self.world.accounts.items()
        }

    @property
    def tokens(self) -> dict[str, str]:
        """Account name → API key."""
        return {account.name: token for token, account in self.world.accounts.items()}

    def tick(self) -> None:
        """Bring the world to the clock's now."""
        lifecycle.tick(self.world)

    def posts_now(
        self, channel_id: str | None = None, status: str | None = None, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """What really exists, newest first: id, channel, status, text, times and media."""
        channels = [channel_id] if channel_id else list(self.world.channels)
        found = self.world.posts.walk(channels, [status] if status else STATUSES, "createdAt", descending=True)
        return [views.plain(post) for post in islice(found, limit)]

    def operations(self, body: bytes) -> list[str]:
        """The root fields of the operation that a request runs, [] when it has none that can be read."""
        given = _json(body)
        if not isinstance(given, dict) or not isinstance(given.get("query"), str):
            return []
        fields = self._read(given["query"]).fields
        name = given.get("operationName")
        return [field for operation, field in fields if name in (None, "", operation)]

    async def answer(self, request: Request, body: bytes, fault: Fault | None) -> Response:
        """The answer to a request, with a fault that the service has to show in its own style."""
        if elsewhere := paths.not_offered(request.url.path):
            return elsewhere
        kind = fault.fault if fault else None
        token = _bearer(request.headers.get("authorization"))
        if token is None:
            return _failure(401, "An authentication JWT or Access Token is required", code="UNAUTHENTICATED")
        account = self.world.accounts.get(token)
        if account is None or kind == "expired_token":
            return _failure(401, "Access token is not valid", code="UNAUTHENTICATED")
        now = self._clock.now()
        windows = self._windows[token]
        full = windows.take(now, refused_count=self.switches.refused_requests_count)
        if fault is not None and kind == "rate_limited":
            name = fault.window or "15m"
            full = name, windows.reset_in(name, now)
        if full is not None:
            answer = _failure(
                429,
                "Too many requests from this client. Please try again later.",
                code="RATE_LIMIT_EXCEEDED",
                window=full[0],
            )
            answer.headers["Retry-After"] = str(full[1])
        else:
            answer = self._judge(request, body, Call(self.world, account, lies=kind == "lie_failed"))
        answer.headers.update(windows.headers(now))
        return answer

    def _judge(self, request: Request, body: bytes, call: Call) -> Response:
        if request.method != "POST":
            answer = _failure(405, "GraphQL requests are made by POST", code="BAD_REQUEST")
            answer.headers["Allow"] = "POST"
            return answer
        if not re.match(r"application/(json|graphql\+json)\b", request.headers.get("content-type", ""), re.IGNORECASE):
            return _failure(400, "POST body must be JSON: set content-type application/json", code="BAD_REQUEST")
        given = _json(body)
        if isinstance(given, list):
            return _failure(400, "Operation batching disabled.", code="BAD_REQUEST")
        if not isinstance(given, dict):
            return _failure(400, "POST body is not a JSON object.", code="BAD_REQUEST")
        text, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
        if not isinstance(text, str) or not text.strip():
            return _failure(400, "GraphQL operations must contain a non-empty `query`.", code="BAD_REQUEST")
        if not isinstance(variables, dict | None) or not isinstance(name, str | None):
            return _failure(400, "`variables` must be an object, `operationName` a string.", code="BAD_REQUEST")
        read = self._read(text)
        if read.document is None or read.errors:
            return JSONResponse({"errors": list(read.errors)}, status_code=read.status)
        return self._execute(read.document, variables or {}, name, call)

    def _execute(self, document: DocumentNode, variables: dict[str, Any], name: str | None, call: Call) -> Response:
        operation = get_operation_ast(document, name)
        if operation and (wrong := variable_errors(self._schema, operation, variables)):
            errors = [self._shown(error, "BAD_USER_INPUT") for error in wrong]
            return JSONResponse({"errors": errors}, status_code=self.switches.bad_variables_status)
        result = execute(self._schema, document, context_value=call, variable_values=variables, operation_name=name)
        troubles: list[GraphQLError] = list(result.errors or ())  # type: ignore[union-attr]
        data: Any = result.data  # type: ignore[union-attr]
        if troubles and data is None and all(error.path is None for error in troubles):  # no such operation
            return JSONResponse({"errors": [self._shown(error, "BAD_REQUEST") for error in troubles]}, status_code=400)
        for error in troubles:
            if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
                _log.error("a resolver failed at %s", error.path, exc_info=error.original_error)
                return _failure(500, "Internal server error", code="INTERNAL_SERVER_ERROR")
        body: dict[str, Any] = {"data": data}
        if troubles:
            body["errors"] = [self._shown(error, "UNEXPECTED") for error in troubles]
        return JSONResponse(body)

    def _read_document(self, text: str) -> _Document:
        try:
            document = parse(text, max_tokens=cost.MAX_TOKENS)
        except GraphQLSyntaxError as error:
            if "tokens" in error.message:
                return _Document(None, (), self.switches.complexity_status, ({"message": cost.REFUSAL},))
            return _Document(None, (), 400, (self._shown(error, "GRAPHQL_PARSE_FAILED"),))
        except RecursionError:
            return _Document(None, (), self.switches.complexity_status, ({"message": cost.REFUSAL},))
        fields = tuple(
            (node.name.value if node.name else "", field)
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
            for field in _root_fields(node.selection_set, document)
        )
        try:
            if cost.too_complex(document):
                return _Document(document, fields, self.switches.complexity_status, ({"message": cost.REFUSAL},))
            troubles = validate(self._schema, document)
        except RecursionError:
            return _Document(document, fields, self.switches.complexity_status, ({"message": cost.REFUSAL},))
        if troubles:
            errors = tuple(self._shown(error, "GRAPHQL_VALIDATION_FAILED") for error in troubles)
            return _Document(document, fields, 400, errors)
        return _Document(document, fields)

    def _shown(self, error: GraphQLError, code: str) -> dict[str, Any]:
        """An entry of errors[]."""
        shown: dict[str, Any] = {"message": in_its_words(error.message, self._schema)}
        if error.locations:
            shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
        if error.path:
            shown["path"] = error.path
        shown["extensions"] = {"code": code, **(error.extensions or {})}
        return shown


def _root_fields(selections: SelectionSetNode, document: DocumentNode, inside: tuple[str, ...] = ()) -> Iterator[str]:
    """The fields of a selection, those in fragments included; a fragment within itself is not followed."""
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node.name.value
        elif isinstance(node, InlineFragmentNode):
            yield from _root_fields(node.selection_set, document, inside)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in inside:
            for other in document.definitions:
                if isinstance(other, FragmentDefinitionNode) and other.name.value == node.name.value:
                    yield from _root_fields(other.selection_set, document, (*inside, node.name.value))


@cache
def _schema(strict_ids: bool) -> GraphQLSchema:
    """One schema for all sandboxes of the process: resolvers know nothing, the call tells them."""
    return build(_RESOLVERS, strict_ids=strict_ids)


def _bearer(header: str | None) -> str | None:
    scheme, _, token = (header or "").strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _json(body: bytes) -> Any:
    try:
        given = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
        return _mended(given) if b"\\u" in body else given
    except (ValueError, RecursionError):
        return None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")  # NaN, Infinity: Python's own


def _mended(value: Any) -> Any:
    """`value` with lone surrogates, which only escapes can smuggle in, replaced; no answer could carry them."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    return {_mended(key): _mended(item) for key, item in value.items()} if isinstance(value, dict) else value


def _failure(status: int, message: str, **extensions: Any) -> Response:
    return JSONResponse({"errors": [{"message": message, "extensions": extensions}]}, status_code=status)
