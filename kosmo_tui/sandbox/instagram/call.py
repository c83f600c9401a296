"""One call: who asks, what for, in which version; and the way from fields to JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from kosmo_tui.sandbox.instagram.errors import (
    Flavour,
    GraphError,
    missing_object,
    no_permission,
    too_much_data,
    unknown_field,
)
from kosmo_tui.sandbox.instagram.parameters import Parameters
from kosmo_tui.sandbox.instagram.selection import Selection, parse
from kosmo_tui.sandbox.instagram.switches import Switches
from kosmo_tui.sandbox.instagram.tokens import Token, Tokens
from kosmo_tui.sandbox.instagram.world import Account, World

if TYPE_CHECKING:
    from kosmo_tui.sandbox.instagram.figures import Figures
    from kosmo_tui.sandbox.instagram.fixtures import Fetcher


@dataclass
class Call:
    """A request that was understood, with a token that is good; `base` is scheme and host, `version` as served."""

    method: str
    target: str  # the first part of the path, as asked: an id or `me`
    parameters: Parameters
    token: Token
    version: str
    base: str
    now: datetime
    world: World
    tokens: Tokens
    figures: Figures
    fetcher: Fetcher
    switches: Switches
    rows: int = 0  # of nested lists so far

    @property
    def flavour(self) -> Flavour:
        """The host of the token."""
        return self.token.flavour

    @cached_property
    def fields(self) -> tuple[Selection, ...]:
        """What the call asks for."""
        return parse(self.parameters.text("fields"))

    def may(self, scope: str) -> None:
        """Raises 10 when the token lacks the scope (`basic`, `content_publish`, …)."""
        if scope not in self.token.scopes:
            raise no_permission(self.flavour)

    def owns(self, account: Account | None) -> bool:
        """May the token act for this account?"""
        return account is not None and account in self.token.accounts

    def missing(self) -> GraphError:
        """100/33 for the object of this call."""
        return missing_object(self.method, self.target)

    def random(self, *key: object) -> Random:
        """A source of chance that is the same for the same key."""
        return Random(":".join(map(str, (self.world.seed, *key))))

    def count_rows(self, rows: int) -> None:
        """Raises code 1 when nested lists grow too long together."""
        self.rows += rows
        if self.rows > self.switches.expansion_rows:
            raise too_much_data()

    def address(self, path: str, query: Mapping[str, str]) -> str:
        """A URL of ours as `paging` has them: with the token, as the real service does."""
        return f"{self.base}/{self.version}/{path}?" + urlencode({"access_token": self.token.value, **query})


@dataclass(frozen=True)
class Edge:
    """A list below a node, as its own call or inside another: `node_id/name` with parameters and selected fields."""

    call: Call
    node_id: str
    name: str
    parameters: Parameters
    fields: tuple[Selection, ...]

    def answer(self) -> dict[str, str]:
        """The parameters that its paging URLs repeat."""
        kept = {
            name: self.parameters.text(name)
            for name in self.parameters.values
            if name not in {"access_token", "fields", "after", "before"}
        }
        return {"fields": ",".join(field.source for field in self.fields)} | kept if self.fields else kept

    def with_default(self, *names: str) -> Edge:
        """The same edge, with these fields when none were asked for."""
        return self if self.fields else replace(self, fields=tuple(Selection(name) for name in names))


Reader = Callable[[Call, Any], object]
EdgeReader = Callable[[Any, Edge], Mapping[str, Any]]


@dataclass(frozen=True)
class Schema:
    """What can be asked of one kind of node.  A reader that returns None leaves the key out, as Graph does."""

    fields: Mapping[str, Reader]
    edges: Mapping[str, EdgeReader]
    nodes: Mapping[str, tuple[Callable[[Call, Any, Selection], Any], Schema]] = field(default_factory=dict)

    def read(self, call: Call, node: Any, selections: Sequence[Selection]) -> dict[str, Any]:
        """The node as JSON: the fields in the order asked, and always the id.  Raises 100 for an unknown field."""
        found: dict[str, Any] = {}
        for selection in selections:
            value = self._value(call, node, selection)
            if value is not None:
                found[selection.name] = value
        if "id" not in found and "id" in self.fields:
            found["id"] = self.fields["id"](call, node)
        return found

    def _value(self, call: Call, node: Any, selection: Selection) -> object:
        name = selection.name
        if name in self.fields:
            return self.fields[name](call, node)
        if name in self.edges:
            edge = Edge(call, node.id, name, Parameters(selection.modifiers), selection.fields)
            listed = self.edges[name](node, edge)
            call.count_rows(len(listed["data"]))
            return listed if listed["data"] else None
        if name in self.nodes:
            find, schema = self.nodes[name]
            other = find(call, node, selection)
            return None if other is None else schema.read(call, other, selection.fields)
        raise unknown_field(name)


def stamp(moment: datetime) -> str:
    """`2026-05-07T13:00:34+0000`: UTC, without a colon in the offset."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
