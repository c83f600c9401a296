"""Everything that Buffer's side knows, and who may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kosmo_tui.sandbox.buffer.posts import Posts
from kosmo_tui.sandbox.buffer.records import Account, Channel, Organization, Post, object_id
from kosmo_tui.sandbox.buffer.switches import Switches


class Refusal(Exception):
    """The service says no.  `typename` is the error type: a union member, or NotFoundError and the like in errors[].

    `code` is a legacy number of RestProxyError.
    """

    def __init__(self, typename: str, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.typename = typename
        self.message = message
        self.code = code


class World:
    """Accounts, organizations, channels and posts by id; `now` is the sandbox's time."""

    def __init__(self, now: Callable[[], datetime], seed: int, switches: Switches) -> None:
        self.now = now
        self.seed = seed
        self.switches = switches
        self.accounts: dict[str, Account] = {}  # by token
        self.organizations: dict[str, Organization] = {}
        self.channels: dict[str, Channel] = {}
        self.posts = Posts()
        self._made = 0

    def new_id(self) -> str:
        """A fresh id; the same run of requests gets the same digits behind the time."""
        self._made += 1
        return object_id(self.now(), self.seed, self._made)

    def channels_of(self, organization_id: str) -> list[Channel]:
        return [channel for channel in self.channels.values() if channel.organization_id == organization_id]

    def author(self, account_id: str) -> Account:
        return next(account for account in self.accounts.values() if account.id == account_id)

    def organization(self, account: Account, organization_id: str) -> Organization:
        """The organization, if `account` belongs to it.  Raises Refusal."""
        found = self.organizations.get(organization_id)
        if found is None:
            raise Refusal("NotFoundError", self.missing("Organization"))
        self._admit(account, organization_id)
        return found

    def channel(self, account: Account, channel_id: str) -> Channel:
        """The channel, if `account` may use it.  Raises Refusal."""
        found = self.channels.get(channel_id)
        if found is None:
            raise Refusal("NotFoundError", self.missing("Channel"))
        self._admit(account, found.organization_id)
        return found

    def post(self, account: Account, post_id: str) -> Post:
        """The post, if `account` may see it.  Raises Refusal."""
        found = self.posts.get(post_id)
        if found is None:
            raise Refusal("NotFoundError", self.missing("Post"))
        self._admit(account, found.organization_id)
        return found

    def missing(self, what: str) -> str:
        """How the service says that there is no such thing."""
        return self.switches.not_found_message.format(what=what)

    def _admit(self, account: Account, organization_id: str) -> None:
        if all(organization.id != organization_id for organization in account.organizations):
            raise Refusal("UnauthorizedError", "You are not authorized to access this resource")
