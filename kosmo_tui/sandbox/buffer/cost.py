"""How costly a query is: Buffer refuses what is too deep, too wide or too expensive before it runs it."""

from __future__ import annotations

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    visit,
)

MAX_COST = 175_000
MAX_DEPTH = 25
MAX_ALIASES = 30
MAX_DIRECTIVES = 50
MAX_TOKENS = 15_000
REFUSAL = "Query exceeds maximum allowed complexity. Please simplify your query."


def too_complex(document: DocumentNode) -> bool:
    """Does a document break a limit of cost, depth, aliases or directives?

    It may be invalid: unknown fragments, and those that spread themselves, count nothing there.
    """
    counter = _Counter()
    visit(document, counter)
    if counter.aliases > MAX_ALIASES or counter.directives > MAX_DIRECTIVES:
        return True
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            cost, depth = _measure(node.selection_set, fragments, {})
            if cost > MAX_COST or depth > MAX_DEPTH:
                return True
    return False


class _Counter(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.aliases = 0
        self.directives = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.aliases += node.alias is not None

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        self.directives += 1


def _measure(
    selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], known: dict[str, tuple[float, int]]
) -> tuple[float, int]:
    """Cost and depth of a selection: a scalar costs 1, an object 2, and each level below 1.5 times as much."""
    cost, depth = 0.0, 0
    for node in selections.selections:
        if isinstance(node, FieldNode):
            if node.name.value.startswith("__"):
                continue  # introspection is free
            if node.selection_set is None:
                here, below = 1.0, 0
            else:
                inner, below = _measure(node.selection_set, fragments, known)
                here = 2 + 1.5 * inner
            cost, depth = cost + here, max(depth, below + 1)
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name not in known:
                known[name] = 0.0, 0
                if name in fragments:
                    known[name] = _measure(fragments[name].selection_set, fragments, known)
            cost, depth = cost + known[name][0], max(depth, known[name][1])
        elif isinstance(node, InlineFragmentNode):
            inner, below = _measure(node.selection_set, fragments, known)
            cost, depth = cost + inner, max(depth, below)
    return cost, depth
