"""What can be asked: one function per field of `Query`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from kosmo_tui.sandbox.buffer import cursors, metrics, views
from kosmo_tui.sandbox.buffer.calls import Call
from kosmo_tui.sandbox.buffer.networks import NETWORKS
from kosmo_tui.sandbox.buffer.paging import Order, keyed, page
from kosmo_tui.sandbox.buffer.posts import micros
from kosmo_tui.sandbox.buffer.publishing import posts_of_day
from kosmo_tui.sandbox.buffer.records import Idea, Template
from kosmo_tui.sandbox.buffer.world import Refusal

Input = Mapping[str, Any]


def account(call: Call) -> Any:
    return views.account(call.world, call.account)


def channel(call: Call, input: Input) -> Any:
    return views.channel(call.world, call.world.channel(call.account, input["id"]))


def channels(call: Call, input: Input) -> Any:
    organization = call.world.organization(call.account, input["organizationId"])
    wanted = input.get("filter") or {}
    found = call.world.channels_of(organization.id)
    if wanted.get("isLocked") is not None:
        found = [item for item in found if item.locked == wanted["isLocked"]]
    if wanted.get("product") is not None:
        found = [item for item in found if wanted["product"] in views.PRODUCTS]
    return [views.channel(call.world, item) for item in found]


def post(call: Call, input: Input) -> Any:
    return views.post(call.world, call.world.post(call.account, input["id"]))


def posts(call: Call, input: Input, first: int | None = None, after: str | None = None) -> Any:
    world = call.world
    organization = world.organization(call.account, input["organizationId"])
    wanted = input.get("filter") or {}
    if wanted.get("dueAtPresence") == "absent" and any(wanted.get(key) for key in ("dueAt", "startDate", "endDate")):
        raise Refusal("UnexpectedError", "dueAtPresence absent cannot be combined with dueAt")
    home = [item.id for item in world.channels_of(organization.id)]
    chosen = wanted.get("channelIds")
    if chosen is not None:
        for channel_id in chosen:
            world.channel(call.account, channel_id)
        home = [item for item in home if item in chosen]
    order = Order(input.get("sort"), world.switches.default_sort)
    found = order.walk(world, home, wanted, after)
    return page(world, found, first, order.cursor, lambda item: views.post(world, item))


def daily_posting_limits(call: Call, input: Input) -> Any:
    when = input.get("date") or call.world.now()
    statuses = []
    for channel_id in input["channelIds"]:
        found = call.world.channel(call.account, channel_id)
        sent, scheduled = posts_of_day(call.world, found, when)
        limit = NETWORKS[found.service].daily_limit
        statuses.append(
            {
                "channelId": found.id,
                "sent": sent,
                "scheduled": scheduled,
                "limit": limit,
                "isAtLimit": limit is not None and sent + scheduled >= limit,
            }
        )
    return statuses


def aggregated_post_metrics(call: Call, input: Input) -> Any:
    world, now = call.world, call.world.now()
    organization = world.organization(call.account, input["organizationId"])
    start, end = input["startDateTime"], input["endDateTime"]
    if end < start:
        raise Refusal("UnexpectedError", "endDateTime must not be before startDateTime")
    if end - start > timedelta(days=metrics.MAX_DAYS):
        raise Refusal("UnexpectedError", f"The date range must not exceed {metrics.MAX_DAYS} days")
    home = {item.id: item.service for item in world.channels_of(organization.id)}
    if input.get("channelIds") is not None:
        for channel_id in input["channelIds"]:
            world.channel(call.account, channel_id)
        home = {key: value for key, value in home.items() if key in input["channelIds"]}
    wanted = {"tags": input.get("tags"), "status": ["sent"], "dueAt": {"start": start, "end": end}}
    order = Order(None, ("dueAt", "asc"))
    found = ((item, home[item.channel_id]) for item in order.walk(world, list(home), wanted, None))
    return {"metrics": metrics.aggregate(found, home.values(), now), "metricsUpdatedAt": metrics.last_run(now)}


def ideas(call: Call, input: Input, first: int | None = None, after: str | None = None) -> Any:
    organization = call.world.organization(call.account, input["organizationId"])
    groups, tags = input.get("groupFilter"), input.get("tagsFilter")
    if groups is not None and sum(value is not None for value in groups.values()) != 1:
        raise Refusal("UnexpectedError", "groupFilter must have exactly one of groups or membership")

    def fits(item: Idea) -> bool:
        if groups and groups.get("groups") is not None and item.group_id not in groups["groups"]:
            return False
        if groups and groups.get("membership") and (groups["membership"] == "grouped") != (item.group_id is not None):
            return False
        own = {tag["id"] for tag in item.content["tags"]}
        return tags is None or bool(own & set(tags["in"])) or (tags["isEmpty"] and not own)

    found = keyed(filter(fits, organization.ideas.values()), _idea_key, "position", after)
    return page(call.world, found, first, lambda item: cursors.write("position", _idea_key(item)), views.idea)


def idea_groups(call: Call, input: Input) -> Any:
    organization = call.world.organization(call.account, input["organizationId"])
    return [{"id": key, "name": name, "isLocked": False} for key, name in organization.idea_groups.items()]


def post_template(call: Call, input: Input) -> Any:
    for organization in call.account.organizations:
        if found := organization.templates.get(input["id"]):
            return views.template(found)
    return None


def post_templates(call: Call, input: Input, first: int | None = None, after: str | None = None) -> Any:
    organization = call.world.organization(call.account, input["organizationId"])
    visibility = (input.get("filter") or {}).get("visibility")
    fitting = [item for item in organization.templates.values() if visibility in (None, item.visibility)]
    found = keyed(fitting, _template_key, "createdAt", after)
    answer = page(
        call.world, found, first, lambda item: cursors.write("createdAt", _template_key(item)), views.template
    )
    return {**answer, "totalCount": len(fitting)}


def _idea_key(item: Idea) -> tuple[float, str]:
    return float(item.position), item.id


def _template_key(item: Template) -> tuple[float, str]:
    return float(micros(item.created_at)), item.id
