"""A walk over the schema: every field, union member and enum value is reached, or there is a reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    execute,
    get_named_type,
)

from kosmo_tui.sandbox.buffer import service
from kosmo_tui.sandbox.buffer.schema import sdl
from tests.sandbox.asking import START, Buffer

SCHEMA: GraphQLSchema = build_schema(sdl())
IMAGE = {
    "image": {
        "url": "https://media.example.com/a.jpg",
        "metadata": {"altText": "A cup", "userTags": [{"handle": "you", "x": 0.5, "y": 0.5}]},
    }
}
VIDEO = {"video": {"url": "https://media.example.com/v.mp4"}}
PDF = {
    "document": {
        "url": "https://media.example.com/d.pdf",
        "title": "Report",
        "thumbnailUrl": "https://media.example.com/d.jpg",
    }
}
CARD = {
    "url": "https://example.com/",
    "title": "T",
    "description": "D",
    "thumbnail": {"url": "https://example.com/t.png"},
}

# What no request reaches, and why.
UNREACHED: dict[str, tuple[str, set[str]]] = {
    "PostAction": (
        "recurrence is not offered to API keys",
        {"cancelPostRecurrence", "createPostRecurrence", "editPostRecurrence"},
    ),
    "PostMetricType": (
        "deprecated, gone on 2026-12-01",
        {"favorites", "link_clicks", "other", "reblogs", "repins", "replies", "retweets"},
    ),
    "ChannelType": ("groups can no longer be connected", {"group"}),
    "NotificationStatus": ("a person sets it in the mobile app", {"markedAsPublished"}),
    "ScheduleOption": ("a preference that the API cannot change", {"Prioritize", "FixedTime", "Now"}),
}
UNUSED = {
    "ChannelAction": "callers with an API key get an empty list",
    "OrganizationAction": "no field has this type",
    "TagColorName": "tags cannot be made by the API; five colours are seeded",
}


class Recorder:
    """Notes what is asked and answered, as a middleware of the executor."""

    def __init__(self) -> None:
        self.fields: set[tuple[str, str]] = set()
        self.members: set[tuple[str, str]] = set()
        self.values: set[tuple[str, str]] = set()

    def resolve(self, next_: Any, root: Any, info: Any, **arguments: Any) -> Any:
        field = info.parent_type.fields.get(info.field_name, None)
        value = next_(root, info, **arguments)
        if field is not None:
            self.fields.add((info.parent_type.name, info.field_name))
            self._answered(info.return_type, value)
            for name, argument in field.args.items():
                self._asked(argument.type, arguments.get(name))
        return value

    def _answered(self, kind: Any, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, list | tuple):
            for item in value:
                self._answered(kind, item)
            return
        named = get_named_type(kind)
        if isinstance(named, GraphQLEnumType):
            self.values.add((named.name, value))
        elif isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
            self.members.add((named.name, value["__typename"]))

    def _asked(self, kind: Any, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, list):
            for item in value:
                self._asked(kind, item)
            return
        named = get_named_type(kind)
        if isinstance(named, GraphQLEnumType):
            self.values.add((named.name, value))
        elif isinstance(named, GraphQLInputObjectType):
            for name, item in value.items():
                self._asked(named.fields[name].type, item)


def everything(kind: GraphQLNamedType, above: tuple[str, ...] = ()) -> str:
    """A selection of all fields below `kind`; a type that stands above itself is entered once only."""
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        parts = [f"... on {member.name} {everything(member, above)}" for member in SCHEMA.get_possible_types(kind)]
        return "{ __typename " + " ".join(parts) + " }"
    if not isinstance(kind, GraphQLObjectType):
        return ""
    if kind.name in above:
        return "{ __typename }"
    below = (*above, kind.name)
    parts = [f"{name} {everything(get_named_type(field.type), below)}" for name, field in kind.fields.items()]
    return "{ " + " ".join(parts) + " }"


def document(field: str, operation: str = "query") -> str:
    """A document that asks for everything that a root field can answer."""
    root = SCHEMA.query_type if operation == "query" else SCHEMA.mutation_type
    assert root is not None
    wanted = root.fields[field]
    variables = ", ".join(f"${name}: {argument.type}" for name, argument in wanted.args.items())
    arguments = ", ".join(f"{name}: ${name}" for name in wanted.args)
    head = f"{operation} ({variables})" if variables else operation
    tail = f"({arguments})" if arguments else ""
    return f"{head} {{ {field}{tail} {everything(get_named_type(wanted.type))} }}"


def values(name: str) -> list[str]:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLEnumType)
    return list(kind.values)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    noted = Recorder()
    monkeypatch.setattr(service, "execute", partial(execute, middleware=[noted]))
    return noted


async def run(buffer: Buffer, field: str, **variables: Any) -> Any:
    """Ask for everything; an error in errors[] is fine, an answer without data or errors is not."""
    operation = "query" if SCHEMA.query_type and field in SCHEMA.query_type.fields else "mutation"
    answer = await buffer.send(document(field, operation), **variables)
    body = answer.json()
    assert answer.status_code == 200, body
    assert body.get("data") or body["errors"][0].get("path"), body
    return (body.get("data") or {}).get(field)


async def read(buffer: Buffer) -> None:
    """Everything that can be read by one account."""
    await run(buffer, "account")
    for organization in (home.id for home in buffer._account.organizations):
        about = {"organizationId": organization}
        for product in values("Product"):
            await run(buffer, "channels", input=about | {"filter": {"product": product}})
        found = await run(buffer, "channels", input=about)
        await run(buffer, "channel", input={"id": found[0]["id"]})
        for presence in values("DateTimePresence"):
            for field in values("PostSortableKey"):
                for direction in values("SortDirection"):
                    await run(
                        buffer,
                        "posts",
                        first=100,
                        input=about
                        | {"sort": [{"field": field, "direction": direction}], "filter": {"dueAtPresence": presence}},
                    )
        posts = await run(buffer, "posts", input=about | {"filter": {"status": values("PostStatus")}})
        await run(buffer, "post", input={"id": posts["edges"][0]["node"]["id"]})
        await run(buffer, "dailyPostingLimits", input={"channelIds": [item["id"] for item in found]})
        dates = {"startDateTime": "2026-10-01T00:00:00Z", "endDateTime": START.isoformat()}
        for channel in found:
            await run(buffer, "aggregatedPostMetrics", input=about | dates | {"channelIds": [channel["id"]]})
        await run(buffer, "ideaGroups", input=about)
        for membership in values("IdeaGroupMembership"):
            await run(buffer, "ideas", input=about | {"groupFilter": {"membership": membership}})
        for visibility in values("PostTemplateVisibility"):
            await run(buffer, "postTemplates", input=about | {"filter": {"visibility": visibility}})
        templates = await run(buffer, "postTemplates", input=about)
        await run(buffer, "postTemplate", input={"id": templates["edges"][0]["node"]["id"]})
    await run(buffer, "post", input={"id": "0" * 24})


def posts() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Posts of every kind: account, service, input."""
    thread = {"thread": [{"text": "t"}, {"text": "u", "assets": [IMAGE]}]}
    yield "agency", "twitter", {"metadata": {"twitter": thread}, "text": "t"}
    yield "agency", "twitter", {"metadata": {"twitter": {"retweet": {"id": "20"}}}}
    yield "agency", "mastodon", {"metadata": {"mastodon": thread | {"spoilerText": "s"}}, "text": "t"}
    yield "agency", "bluesky", {"metadata": {"bluesky": {**thread, "linkAttachment": CARD}}, "text": "t"}
    yield "agency", "threads", {"metadata": {"threads": {**thread, "linkAttachment": CARD, "topic": "x"}}, "text": "t"}
    yield (
        "agency",
        "linkedin",
        {"metadata": {"linkedin": {"linkAttachment": CARD}}, "text": "#a @b $CD https://e.example"},
    )
    yield "agency", "linkedin", {"assets": [PDF]}
    board = {"boardServiceId": "549755885176"}
    yield "agency", "pinterest", {"assets": [IMAGE], "metadata": {"pinterest": board}}
    note = {"content": "x", "indices": [0, 1], "text": "h", "url": "https://example.com/"}
    for kind in values("PostTypeFacebook"):
        facebook = {"type": kind, "annotations": [note]}
        yield "agency", "facebook", {"assets": [VIDEO], "metadata": {"facebook": facebook}}
    for kind in values("PostType"):
        instagram = {
            "type": kind,
            "shouldShareToFeed": True,
            "stickerFields": {"text": "s"},
            "geolocation": {"text": "g"},
        }
        yield "agency", "instagram", {"assets": [VIDEO], "metadata": {"instagram": instagram}}
    yield (
        "agency",
        "instagram",
        {"assets": [IMAGE], "metadata": {"instagram": {"type": "post", "shouldShareToFeed": True}}},
    )
    for mode in values("ShareMode"):
        for scheduling in values("SchedulingType"):
            yield "agency", "twitter", {"mode": mode, "schedulingType": scheduling, "dueAt": "2026-12-01T10:00:00Z"}
    details = {"title": "T", "startDate": "2026-12-01T10:00:00Z", "endDate": "2026-12-01T10:00:00Z"}
    for kind in values("PostTypeGoogleBusiness"):
        for button in values("GoogleBusinessPostActionType"):
            google = {
                "type": kind,
                "detailsWhatsNew": {"button": button},
                "detailsEvent": {**details, "isFullDayEvent": True, "button": button},
                "detailsOffer": details,
            }
            yield "client_acct", "googlebusiness", {"metadata": {"google": google}}
    for privacy in values("YoutubePrivacy"):
        for licence in values("YoutubeLicense"):
            youtube = {"title": "T", "categoryId": "26", "privacy": privacy, "license": licence}
            yield "client_acct", "youtube", {"assets": [VIDEO], "metadata": {"youtube": youtube}}
    yield "client_acct", "tiktok", {"assets": [VIDEO], "metadata": {"tiktok": {"title": "T", "isAiGenerated": True}}}


async def write(buffer: Buffer) -> None:
    """Everything that can be done."""
    switches = buffer.sandbox.buffer.switches
    switches.disconnected, switches.scheduling_type_reads_null, switches.via = "accept", False, "api"
    for account, channel, given in posts():
        buffer.account = account
        whole = {
            "channelId": buffer.channel(channel).id,
            "schedulingType": "automatic",
            "mode": "addToQueue",
            "text": "hi",
        }
        made = await run(buffer, "createPost", input=whole | given)
    buffer.account = "agency"
    channel = buffer.channel("twitter").id
    whole = {"channelId": channel, "schedulingType": "automatic", "mode": "addToQueue", "text": "hi"}
    made = await run(buffer, "createPost", input=whole)
    draft = await run(buffer, "createPost", input=whole | {"saveToDraft": True})
    for change in values("PostApprovalChange"):
        await run(buffer, "editPost", input={"id": draft["post"]["id"], "approvalChange": change})
    for position in values("QueuePosition"):
        await run(buffer, "movePostInQueue", input={"id": made["post"]["id"], "position": position})
    for wrong in ({"text": ""}, {"channelId": "0" * 24}, {"channelId": "4eb8572a512f7f621800004e"}):
        await run(buffer, "createPost", input=whole | wrong)
    await run(buffer, "createPost", input=whole | {"assets": [{"image": {"url": "https://example.com/a.svg"}}]})
    buffer.account = "default"
    free = whole | {"channelId": "4eb8572a512f7f621800004e"}
    for _ in range(11):
        await run(buffer, "createPost", input=free)
    buffer.account = "agency"
    about = {"organizationId": buffer.organization}
    tag = next(iter(buffer.sandbox.buffer.world.organizations[buffer.organization].tags.values()))
    for kind in values("MediaType"):
        source = {"name": "web", "id": "1", "author": "a", "authorUrl": "https://example.com/"}
        media = [{"url": "https://example.com/a.jpg", "type": kind, "source": source}]
        content = {"media": media, "services": values("Service"), "tags": [{"id": tag.id, "name": "n", "color": "c"}]}
        await run(buffer, "createIdea", input=about | {"content": content})
    switches.create_idea_answers = "IdeaResponse"
    await run(buffer, "createIdea", input=about | {"content": {"text": "x"}})
    await run(buffer, "createIdea", input={"organizationId": "0" * 24, "content": {"text": "x"}})
    buffer.account = "default"
    await run(buffer, "createIdea", input=about | {"content": {"text": "x"}})
    own = {"organizationId": buffer.organization}
    for _ in range(96):
        await run(buffer, "createIdea", input=own | {"content": {"text": "x"}})
    buffer.account = "agency"
    template = {}
    for visibility in values("PostTemplateVisibility"):
        about = {"organizationId": buffer.organization, "title": "T", "body": "B", "visibility": visibility}
        template = await run(buffer, "createPostTemplate", input=about)
    template_id = template["postTemplate"]["id"]
    await run(buffer, "updatePostTemplate", input={"id": template_id, "title": "U"})
    await run(buffer, "deletePostTemplate", input={"id": template_id})
    await run(buffer, "deletePost", input={"id": made["post"]["id"]})
    switches.delete_failure = "void"
    for field, given in {
        "deletePost": {"id": "0" * 24},
        "movePostInQueue": {"id": "0" * 24, "position": "top"},
        "updatePostTemplate": {"id": template_id},
        "deletePostTemplate": {"id": template_id},
        "createPostTemplate": about | {"title": ""},
    }.items():
        await run(buffer, field, input=given)
        idea = {"organizationId": buffer.organization, "content": {"text": "x"}}
    for field, given in {"createPost": whole, "createIdea": idea}.items():
        buffer.sandbox.faults.load([{"match": field, "fault": "lie_failed"}])
        await run(buffer, field, input=given)
    buffer.sandbox.clock.advance(86_400)


async def test_all_of_the_schema_answers(buffer: Buffer, recorder: Recorder) -> None:
    await write(buffer)
    goals = iter((1, 20, 500))
    for account in ("default", "agency", "client_acct"):
        buffer.account = account
        for channel in buffer.channels():
            channel.posting_goal = next(goals, None)
        await read(buffer)
    fields, members, enums = set(), set(), set()
    for name, kind in SCHEMA.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(kind, GraphQLObjectType):
            fields |= {(name, field) for field in kind.fields}
        elif isinstance(kind, GraphQLUnionType):
            members |= {(name, member.name) for member in kind.types}
        elif isinstance(kind, GraphQLEnumType):
            enums |= {(name, value) for value in kind.values}
    excused = {(name, value) for name, (_, some) in UNREACHED.items() for value in some}
    assert sorted(fields - recorder.fields) == []
    assert sorted(members - recorder.members) == []
    missing = {(name, value) for name, value in enums - recorder.values - excused if name not in UNUSED}
    assert sorted(missing) == []
    assert sorted(excused & recorder.values) == [], "an excuse that is not needed"
