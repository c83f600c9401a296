"""What a resolver knows of the request, and how a refusal becomes one of Buffer's error layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLUnionType, get_nullable_type

from kosmo_tui.sandbox.buffer import views
from kosmo_tui.sandbox.buffer.records import Account
from kosmo_tui.sandbox.buffer.world import Refusal, World

CODES = {"NotFoundError": "NOT_FOUND", "UnauthorizedError": "FORBIDDEN"}
LIE = "An unexpected error occurred. Please try again later."


@dataclass
class Call:
    """One request: who asks, of which world.  `lies`: its work is done, and the answer tells of a failure."""

    world: World
    account: Account
    lies: bool = False


Query = Callable[..., Any]
Work = Callable[[Call, Mapping[str, Any]], dict[str, Any]]


def query(resolve: Query) -> Query:
    """A resolver of a query field, from a function of the call and the arguments: refusals go into errors[]."""

    def resolver(_root: Any, info: Any, **arguments: Any) -> Any:
        call: Call = info.context
        try:
            answer = resolve(call, **arguments)
        except Refusal as no:
            raise error(no) from None
        if call.lies:
            raise error(Refusal("UnexpectedError", LIE))
        return answer

    return resolver


def mutation(work: Work) -> Query:
    """A resolver of a mutation: a refusal is a member of its union where there is one, else it goes into errors[]."""

    def resolver(_root: Any, info: Any, input: Mapping[str, Any]) -> Any:
        call: Call = info.context
        try:
            answer = work(call, input)
            if call.lies:
                raise Refusal("UnexpectedError", LIE)
            return answer
        except Refusal as no:
            union = get_nullable_type(info.return_type)
            assert isinstance(union, GraphQLUnionType)
            members = {member.name for member in union.types}
            if no.typename in members:
                return views.refusal(no)
            if "VoidMutationError" in members and call.world.switches.delete_failure == "void":
                return {"__typename": "VoidMutationError", "message": no.message}
            raise error(no) from None

    return resolver


def error(no: Refusal) -> GraphQLError:
    """A refusal as an entry of errors[]."""
    return GraphQLError(no.message, extensions={"code": CODES.get(no.typename, "UNEXPECTED")})
