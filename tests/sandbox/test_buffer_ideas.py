"""Ideas and post templates: simple, but they stay."""

from __future__ import annotations

from typing import Any

from tests.sandbox.asking import Buffer

IDEA = """mutation ($input: CreateIdeaInput!) { createIdea(input: $input) { __typename
  ... on MutationError { message } ... on Idea { ...idea } ... on IdeaResponse { refreshIdeas idea { ...idea } } } }
fragment idea on Idea { id groupId position createdAt
  content { title text services tags { name } media { url alt } } }"""
IDEAS = """query ($input: IdeasInput!, $first: Int, $after: String) {
  ideas(input: $input, first: $first, after: $after) {
  edges { cursor node { id groupId position content { title text } } } pageInfo { hasNextPage endCursor } } }"""
TEMPLATES = """query ($input: PostTemplatesInput!, $first: Int, $after: String) {
  postTemplates(input: $input, first: $first, after: $after) {
    totalCount edges { node { id title visibility } } pageInfo { hasNextPage endCursor } } }"""
CREATE = """mutation ($input: CreatePostTemplateInput!) { createPostTemplate(input: $input) { __typename
  ... on MutationError { message } ... on CreatePostTemplateSuccess {
    postTemplate { id title visibility emoji } } } }"""
UPDATE = """mutation ($input: UpdatePostTemplateInput!) { updatePostTemplate(input: $input) { __typename
  ... on MutationError { message } ... on UpdatePostTemplateSuccess { postTemplate { id title body } } } }"""
DELETE = """mutation ($input: DeletePostTemplateInput!) { deletePostTemplate(input: $input) { __typename
  ... on MutationError { message } ... on EmptySuccess { _empty } } }"""
ONE = "query ($input: PostTemplateInput!) { postTemplate(input: $input) { id title body description createdAt } }"


async def idea(buffer: Buffer, content: dict[str, Any], **given: Any) -> dict[str, Any]:
    about = {"organizationId": buffer.organization, "content": content} | given
    answer: dict[str, Any] = (await buffer.ask(IDEA, input=about))["createIdea"]
    return answer


async def all_ideas(buffer: Buffer, **given: Any) -> list[dict[str, Any]]:
    found, after = [], None
    while True:
        about = {"organizationId": buffer.organization} | given
        page = (await buffer.ask(IDEAS, input=about, first=2, after=after))["ideas"]
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def test_an_idea_stays(buffer: Buffer) -> None:
    before = await all_ideas(buffer)
    tag = next(iter(buffer.sandbox.buffer.world.organizations[buffer.organization].tags.values()))
    made = await idea(
        buffer,
        {
            "title": "New",
            "text": "text",
            "services": ["instagram"],
            "tags": [{"id": tag.id, "name": tag.name, "color": tag.color}],
            "media": [{"url": "https://media.example.com/a.gif", "type": "gif", "alt": "a"}],
        },
    )
    assert made["__typename"] == "Idea" and isinstance(made["createdAt"], int)
    assert made["content"]["tags"] == [{"name": tag.name}]
    assert [item["id"] for item in await all_ideas(buffer)] == [made["id"], *[item["id"] for item in before]]
    behind = await idea(buffer, {"text": "behind"}, group={"placeAfterId": before[1]["id"]})
    order = [item["id"] for item in await all_ideas(buffer)]
    assert order.index(behind["id"]) == order.index(before[1]["id"]) + 1
    buffer.sandbox.buffer.switches.create_idea_answers = "IdeaResponse"
    other = await idea(buffer, {"text": "other"})
    assert other["__typename"] == "IdeaResponse" and other["idea"]["content"]["text"] == "other"
    post = await buffer.made(ideaId=made["id"])
    assert post["ideaId"] == made["id"]


async def test_ideas_by_group(buffer: Buffer) -> None:
    query = "query ($input: IdeaGroupsInput!) { ideaGroups(input: $input) { id name isLocked } }"
    groups = (await buffer.ask(query, input={"organizationId": buffer.organization}))["ideaGroups"]
    made = await idea(buffer, {"text": "grouped"}, group={"groupId": groups[0]["id"]})
    inside = await all_ideas(buffer, groupFilter={"groups": [groups[0]["id"]]})
    assert made["id"] in [item["id"] for item in inside]
    assert {item["groupId"] for item in inside} == {groups[0]["id"]}
    assert all(item["groupId"] is None for item in await all_ideas(buffer, groupFilter={"membership": "ungrouped"}))
    assert all(item["groupId"] for item in await all_ideas(buffer, groupFilter={"membership": "grouped"}))
    for both in ({}, {"groups": [], "membership": "grouped"}):
        about = {"organizationId": buffer.organization, "groupFilter": both}
        assert "exactly one" in (await buffer.trouble(IDEAS, input=about))["message"]


async def test_refused_ideas(buffer: Buffer) -> None:
    video = {"url": "https://media.example.com/v.mp4", "type": "video"}
    for content, more in (
        ({}, {}),
        ({"text": "x", "media": [video]}, {}),
        ({"text": "x", "media": [{"url": "x", "type": "image"}]}, {}),
        ({"text": "x", "tags": [{"id": "1", "name": "n", "color": "c"}]}, {}),
        ({"text": "x"}, {"group": {"groupId": "nowhere"}}),
        ({"text": "x"}, {"group": {"placeAfterId": "nothing"}}),
    ):
        assert (await idea(buffer, content, **more))["__typename"] == "InvalidInputError"
    foreign = buffer.organization
    buffer.account = "default"
    assert (await idea(buffer, {"text": "x"}, organizationId=foreign))["__typename"] == "UnauthorizedError"
    for _ in range(95):
        assert (await idea(buffer, {"text": "x"}))["__typename"] == "Idea"
    full = await idea(buffer, {"text": "x"})
    assert (full["__typename"], full["message"]) == ("LimitReachedError", "You have 100 ideas out of 100 allowed.")


async def test_templates(buffer: Buffer) -> None:
    about = {"organizationId": buffer.organization}
    made = (await buffer.ask(CREATE, input=about | {"title": "T", "body": "B", "emoji": "🌊"}))["createPostTemplate"]
    template = made["postTemplate"]
    assert template["visibility"] == "private"
    changed = (await buffer.ask(UPDATE, input={"id": template["id"], "body": "C"}))["updatePostTemplate"]
    assert changed["postTemplate"] == {"id": template["id"], "title": "T", "body": "C"}
    assert (await buffer.ask(ONE, input={"id": template["id"]}))["postTemplate"]["body"] == "C"
    page = (await buffer.ask(TEMPLATES, input=about, first=2))["postTemplates"]
    assert page["totalCount"] == 3 and page["pageInfo"]["hasNextPage"]
    rest = (await buffer.ask(TEMPLATES, input=about, after=page["pageInfo"]["endCursor"]))["postTemplates"]
    assert [edge["node"]["title"] for edge in rest["edges"]] == ["T"]
    mine = (await buffer.ask(TEMPLATES, input=about | {"filter": {"visibility": "private"}}))["postTemplates"]
    assert (mine["totalCount"], [edge["node"]["id"] for edge in mine["edges"]]) == (1, [template["id"]])
    assert (await buffer.ask(DELETE, input={"id": template["id"]}))["deletePostTemplate"] == {
        "__typename": "EmptySuccess",
        "_empty": "",
    }
    assert (await buffer.ask(ONE, input={"id": template["id"]})) == {"postTemplate": None}
    for query in (UPDATE, DELETE):
        assert (await buffer.trouble(query, input={"id": template["id"]}))["extensions"]["code"] == "NOT_FOUND"
    error = await buffer.trouble(CREATE, input=about | {"title": " ", "body": "B"})
    assert "title" in error["message"]
    buffer.account = "default"
    about = {"organizationId": buffer.organization}
    assert (await buffer.ask(CREATE, input=about | {"title": "T", "body": "B"}))["createPostTemplate"]["postTemplate"]
    assert "out of 3 allowed" in (await buffer.trouble(CREATE, input=about | {"title": "T", "body": "B"}))["message"]
