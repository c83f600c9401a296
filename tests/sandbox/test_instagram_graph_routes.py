"""Every route answers, no answer holds a null, every doubt can be turned both ways."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from kosmo_tui.sandbox.instagram import Switches, media, service
from kosmo_tui.sandbox.instagram.comments import SCHEMA as COMMENT
from kosmo_tui.sandbox.instagram.containers import SCHEMA as CONTAINER
from kosmo_tui.sandbox.instagram.routes import ROUTES
from kosmo_tui.sandbox.instagram.users import FACEBOOK_SCHEMA, INSTAGRAM_SCHEMA
from tests.sandbox.graph_sandbox import Graph

AGENCY = "17841411718913026"
EXAMPLE, COMMENT_ID = "17895695668004550", "17853788044894720"
EVERY = [(kind, method, edge) for kind, routes in ROUTES.items() for method, edge in routes]


async def node(graph: Graph, kind: str) -> tuple[str, str]:
    """An object of a kind, and an account that may touch it."""
    if kind == "Container":
        return await graph.container(), "default"
    person = graph.side.world.person
    assert person
    return {
        "Account": (AGENCY, "agency"),
        "Media": (graph.media("agency")[0]["id"], "agency"),
        "Comment": (COMMENT_ID, "default"),
        "Page": (person.pages[0].id, "agency"),
        "Person": (person.id, "agency"),
    }[kind]


@pytest.mark.parametrize(
    ("kind", "method", "edge"), EVERY, ids=lambda part: getattr(part, "__name__", part) or "itself"
)
async def test_every_route_leads_to_an_answer(kind: type, method: str, edge: str) -> None:
    graph = Graph()
    identifier, account = await node(graph, kind.__name__)
    asked = {
        "metric": "reach", "period": "day", "image_url": "https://example.com/photo.jpg", "message": "Hello",
        "hide": "true", "comment_enabled": "true", "creation_id": "1", "media_id": graph.side.world.others[0].id,
    }  # fmt: skip
    unknown = await graph.ask(method, f"{identifier}/{edge}x/y", account)
    assert unknown.error["message"] == f"Unknown path components: /{edge}x/y"
    wrong = await graph.ask("PATCH", f"{identifier}/{edge}", account)
    assert wrong.code == (100, 33) and wrong.error["message"].startswith("Unsupported patch request.")
    answer = await graph.ask(method, f"{identifier}/{edge}", account, **asked)
    expected = 400 if edge == "media_publish" else 200  # there is no such container
    assert answer.status == expected, answer.text


def nulls(value: Any) -> bool:
    """Is there a null anywhere?"""
    if isinstance(value, dict):
        return any(nulls(inner) for inner in value.values())
    return any(nulls(inner) for inner in value) if isinstance(value, list) else value is None


@pytest.mark.parametrize("account", ["default", "brand_account", "agency"])
async def test_keys_are_absent_and_never_null(account: str) -> None:
    graph = Graph(expansion_rows=10**6)
    me, schema, of_media = "me", INSTAGRAM_SCHEMA, media.INSTAGRAM
    if account == "agency":
        me, schema, of_media = AGENCY, FACEBOOK_SCHEMA, media.FACEBOOK
    comment_fields = ",".join(COMMENT.fields)
    media_fields = ",".join(name for name in of_media.fields if name != "view_count")
    of_comments = f"comments{{{comment_fields},media{{id}},replies{{{comment_fields}}}}}"
    asked = f"{media_fields},children{{{media_fields}}},{of_comments}"
    answers = [
        await graph.get(me, account, fields=",".join(schema.fields)),
        await graph.get(f"{me}/media", account, fields=asked, limit=100),
        await graph.get(f"{me}/stories", account, fields=media_fields),
        await graph.get(f"{me}/tags", account, fields=media_fields),
        await graph.get(await graph.container(account), account, fields=",".join(CONTAINER.fields)),
    ]
    assert not any(nulls(answer.good) for answer in answers)
    listed = answers[1].data
    assert len(listed) == len([item for item in graph.media(account) if item["media_product_type"] != "STORY"])
    never = {"current_live_viewer_count", "boost_ads_list", "collaborators"}
    assert set().union(*listed) == {*of_media.fields, "children", "comments"} - never - {"view_count"}


async def test_switches_of_reading() -> None:
    assert len((await Graph(media_page_limit=3).get("me/media")).data) == 3
    assert len((await Graph(comment_page_limit=1).get(f"{EXAMPLE}/comments")).data) == 1
    assert (await Graph(default_version="v24.0").get("me", version="")).headers["facebook-api-version"] == "v24.0"
    graphs = Graph(), Graph(replies_newest_first=True)
    orders = []
    for graph in graphs:
        await graph.post(f"{COMMENT_ID}/replies", message="Last")
        orders.append([reply["text"] for reply in (await graph.get(f"{COMMENT_ID}/replies")).data])
    assert orders[0] == orders[1][::-1] and orders[0][-1] == "Last"
    graph = Graph(replied_hidden_is_gone=False)
    await graph.post(COMMENT_ID, hide="true")
    assert (await graph.post(f"{COMMENT_ID}/replies", message="?")).code == (100, None)


async def test_switches_of_publishing_insights_and_tokens() -> None:
    graph = Graph(container_hours=1, image_seconds=(0.0, 0.0))
    container = await graph.container()
    assert (await graph.get(container, fields="status_code")).good["status_code"] == "FINISHED"
    graph.clock.advance(hours=1)
    assert (await graph.get(container, fields="status_code")).good["status_code"] == "EXPIRED"
    oldest = Graph().media("brand_account")[-1]["id"]
    graph = Graph(conversion_error=False, timeframe_required=False, refresh_after_hours=0)
    assert (await graph.get(f"{oldest}/insights", "brand_account", metric="reach")).data
    asked = {"metric": "engaged_audience_demographics", "period": "lifetime", "metric_type": "total_value"}
    assert (await graph.get("me/insights", "brand_account", breakdown="city", **asked)).data
    asked = {"grant_type": "ig_refresh_token", "access_token": graph.token("fresh")}
    assert (await graph.http.get("/refresh_access_token", params=asked)).status_code == 200


def test_every_switch_is_read_somewhere() -> None:
    source = "".join(path.read_text() for path in Path(service.__file__).parent.glob("*.py"))
    assert [field.name for field in fields(Switches) if f"switches.{field.name}" not in source] == []
