"""What can be done: one function per field of `Mutation`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kosmo_tui.sandbox.buffer import publishing, views
from kosmo_tui.sandbox.buffer.calls import Call
from kosmo_tui.sandbox.buffer.content import url_trouble
from kosmo_tui.sandbox.buffer.records import Idea, Organization, Template
from kosmo_tui.sandbox.buffer.world import Refusal

Input = Mapping[str, Any]
View = dict[str, Any]


def create_post(call: Call, given: Input) -> View:
    made = publishing.create(call.world, call.account, given)
    return {"__typename": "PostActionSuccess", "post": views.post(call.world, made)}


def edit_post(call: Call, given: Input) -> View:
    changed = publishing.edit(call.world, call.account, given)
    return {"__typename": "PostActionSuccess", "post": views.post(call.world, changed)}


def delete_post(call: Call, given: Input) -> View:
    return {"__typename": "DeletePostSuccess", "id": publishing.delete(call.world, call.account, given["id"])}


def move_post_in_queue(call: Call, given: Input) -> View:
    moved = publishing.move(call.world, call.account, given["id"], given["position"])
    return {"__typename": "PostActionSuccess", "post": views.post(call.world, moved)}


def create_idea(call: Call, given: Input) -> View:
    world, now = call.world, call.world.now()
    organization = world.organization(call.account, given["organizationId"])
    content, group = given["content"], given.get("group") or {}
    allowed = organization.plan.limits["ideas"]
    if len(organization.ideas) >= allowed:
        raise Refusal("LimitReachedError", f"You have {len(organization.ideas)} ideas out of {allowed} allowed.")
    if not any((content.get("text"), content.get("title"), content.get("media"))):
        raise Refusal("InvalidInputError", "Invalid idea: an idea needs text, a title or media")
    if group.get("groupId") is not None and group["groupId"] not in organization.idea_groups:
        raise Refusal("InvalidInputError", "Invalid idea: unknown group")
    before = group.get("placeAfterId")
    if before is not None and before not in organization.ideas:
        raise Refusal("InvalidInputError", "Invalid idea: unknown idea in placeAfterId")
    made = Idea(
        id=world.new_id(),
        organization_id=organization.id,
        content=_idea_content(call, organization, content),
        group_id=group.get("groupId"),
        position=_position(organization, before),
        created_at=now,
        updated_at=now,
    )
    organization.ideas[made.id] = made
    if world.switches.create_idea_answers == "Idea":
        return views.idea(made)
    return {"__typename": "IdeaResponse", "idea": views.idea(made), "refreshIdeas": False}


def create_post_template(call: Call, given: Input) -> View:
    world, now = call.world, call.world.now()
    organization = world.organization(call.account, given["organizationId"])
    allowed = organization.plan.limits["postTemplates"]
    if len(organization.templates) >= allowed:
        raise Refusal(
            "LimitReachedError", f"You have {len(organization.templates)} templates out of {allowed} allowed."
        )
    made = Template(
        id=world.new_id(),
        organization_id=organization.id,
        title=given["title"],
        body=given["body"],
        description=given.get("description") or "",
        emoji=given.get("emoji") or "",
        visibility=given.get("visibility") or "private",
        created_at=now,
        updated_at=now,
    )
    _check_template(made)
    organization.templates[made.id] = made
    return {"__typename": "CreatePostTemplateSuccess", "postTemplate": views.template(made)}


def update_post_template(call: Call, given: Input) -> View:
    old = _template(call, given["id"])
    changes = {key: value for key, value in given.items() if key != "id" and value is not None}
    changed = Template(**{**vars(old), **changes, "updated_at": call.world.now()})
    _check_template(changed)
    call.world.organizations[old.organization_id].templates[old.id] = changed
    return {"__typename": "UpdatePostTemplateSuccess", "postTemplate": views.template(changed)}


def delete_post_template(call: Call, given: Input) -> View:
    found = _template(call, given["id"])
    del call.world.organizations[found.organization_id].templates[found.id]
    return {"__typename": "EmptySuccess", "_empty": ""}


def _template(call: Call, template_id: str) -> Template:
    for organization in call.account.organizations:
        if found := organization.templates.get(template_id):
            return found
    raise Refusal("NotFoundError", call.world.missing("Post template"))


def _check_template(template: Template) -> None:
    if not template.title.strip() or not template.body.strip():
        raise Refusal("InvalidInputError", "A template needs a title and a body")


def _idea_content(call: Call, organization: Organization, content: Input) -> View:
    media = []
    for number, item in enumerate(content.get("media") or ()):
        if item["type"] in {"video", "unsupported"}:
            raise Refusal("InvalidInputError", f"Invalid idea: media of type {item['type']} is not accepted")
        if trouble := url_trouble(item["url"]):
            raise Refusal("InvalidInputError", f"Invalid idea: {trouble}")
        media.append({**item, "id": f"{call.world.new_id()}-{number}"})
    for item in content.get("tags") or ():
        if item["id"] not in organization.tags:
            raise Refusal("InvalidInputError", "Invalid idea: unknown tag")
    return {
        "aiAssisted": bool(content.get("aiAssisted")),
        "date": content.get("date"),
        "media": media,
        "services": list(content.get("services") or ()),
        "tags": [views.tag(organization.tags[item["id"]]) for item in content.get("tags") or ()],
        "text": content.get("text"),
        "title": content.get("title"),
    }


def _position(organization: Organization, before: str | None) -> float:
    """Behind the idea `before`, else in front of all; positions are fractions, so that nobody else has to move."""
    positions = sorted(item.position for item in organization.ideas.values())
    if before is None:
        return positions[0] - 1 if positions else 0.0
    own = organization.ideas[before].position
    behind = [position for position in positions if position > own]
    return (own + behind[0]) / 2 if behind else own + 1
