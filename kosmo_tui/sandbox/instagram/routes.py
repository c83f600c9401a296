"""Which code answers for which node, method and edge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kosmo_tui.sandbox.instagram import comments, containers, media, publishing, users
from kosmo_tui.sandbox.instagram.call import Call, Edge, EdgeReader
from kosmo_tui.sandbox.instagram.containers import Container
from kosmo_tui.sandbox.instagram.errors import unknown_path
from kosmo_tui.sandbox.instagram.media_insights import media_insights
from kosmo_tui.sandbox.instagram.world import Account, Comment, Media, Page, Person

Handler = Callable[[Call, Any], Mapping[str, Any]]


def _edge(name: str, reader: EdgeReader) -> Handler:
    """A list below a node, asked on its own."""

    def handler(call: Call, node: Any) -> Mapping[str, Any]:
        return reader(node, Edge(call, node.id, name, call.parameters, call.fields))

    return handler


ROUTES: dict[type, dict[tuple[str, str], Handler]] = {
    Account: {
        ("GET", ""): users.get,
        **{("GET", name): _edge(name, reader) for name, reader in users.EDGES.items()},
        ("POST", "media"): publishing.create,
        ("POST", "media_publish"): publishing.publish,
        ("POST", "mentions"): comments.mention,
        ("POST", "subscribed_apps"): users.subscribe,
        ("POST", "likes"): users.like,
        ("DELETE", "likes"): users.like,
    },
    Media: {
        ("GET", ""): media.get,
        ("POST", ""): media.update,
        ("DELETE", ""): media.delete,
        ("GET", "children"): _edge("children", media.children),
        ("GET", "comments"): _edge("comments", comments.comments),
        ("POST", "comments"): comments.create,
        ("GET", "insights"): _edge("insights", media_insights),
    },
    Comment: {
        ("GET", ""): comments.get,
        ("POST", ""): comments.hide,
        ("DELETE", ""): comments.delete,
        ("GET", "replies"): _edge("replies", comments.replies),
        ("POST", "replies"): comments.reply,
    },
    Container: {("GET", ""): containers.get, ("POST", "upload"): publishing.upload},
    Page: {("GET", ""): users.get_page},
    Person: {
        ("GET", ""): users.get_person,
        ("GET", "accounts"): _edge("accounts", users.pages),
        ("GET", "permissions"): _edge("permissions", users.permissions),
    },
}


def work(call: Call, rest: list[str]) -> Mapping[str, Any]:
    """Find the node and who answers for it.

    Raises 100/33 for a node that the token may not touch and for a method that it does not have, 2500 for an edge.
    """
    node = _node(call)
    if not _may_touch(call, node):
        raise call.missing()
    edge = "/".join(rest)
    routes = ROUTES[type(node)]
    if handler := routes.get((call.method, edge)):
        return handler(call, node)
    if any(name == edge for _, name in routes):
        raise call.missing()
    raise unknown_path("/" + edge)


def charged(call: Call) -> Account | None:
    """The account on whose budget the call goes; None for calls about pages and people, which the app pays."""
    node = _node(call)
    if isinstance(node, Page | Person):
        return None
    account = _account(node)
    return account if call.owns(account) else next(iter(call.token.accounts), None)


def _node(call: Call) -> object:
    return call.token.subject if call.target == "me" else call.world.objects.get(call.target)


def _may_touch(call: Call, node: object) -> bool:
    subject = call.token.subject
    if isinstance(node, Page | Person):
        return node is subject or (isinstance(subject, Person) and node in subject.pages)
    if isinstance(node, Media):
        if media.gone(node, call.now):
            return False
        if call.method == "GET" and any(node in account.tagged for account in call.token.accounts):
            return True
    return call.owns(_account(node))


def _account(node: object) -> Account | None:
    """The account that a node belongs to."""
    if isinstance(node, Account):
        return node
    if isinstance(node, Media | Container):
        return node.account
    return node.media.account if isinstance(node, Comment) else None
