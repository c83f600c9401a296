"""Several requests in one, several objects in one request, and a method in place of another."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kosmo_tui.sandbox.instagram.batch import MOST
from tests.sandbox.graph_sandbox import Graph

EXAMPLE, COMMENT = "17895695668004550", "17853788044894720"


async def run(graph: Graph, items: Any, way: str = "form", url: str = "/v26.0/", **more: str) -> Any:
    """The answer to a batch of the account `default`."""
    headers = {"Authorization": f"Bearer {graph.token('default')}"}
    text = items if isinstance(items, str) else json.dumps(items)
    sent = {
        "form": {"data": {"batch": text, **more}},
        "multipart": {"files": {name: (None, value) for name, value in {"batch": text, **more}.items()}},
        "json": {"json": {"batch": items, **more}},
    }[way]
    return await graph.http.post(url, headers=headers, **sent)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["form", "multipart", "json"])
@pytest.mark.parametrize("url", ["/v26.0/", "/v26.0", "/v26.0/me", "/", "/me"])
async def test_answers_come_in_order_and_as_text(way: str, url: str) -> None:
    graph = Graph()
    items = [
        {"method": "GET", "relative_url": "me?fields=username"},
        {"method": "POST", "relative_url": f"v25.0/{EXAMPLE}/comments", "body": "message=From+a+b%C3%A4tch"},
        {"method": "GET", "relative_url": "/17000000000000000"},
        {"relative_url": f"{EXAMPLE}/comments?fields=text&limit=1"},
    ]
    answer = await run(graph, items, way, url)
    assert answer.status_code == 200
    shown = answer.json()
    assert [item["code"] for item in shown] == [200, 200, 400, 200]
    bodies = [json.loads(item["body"]) for item in shown]
    assert bodies[0]["username"] == "little.fern.bakery"
    assert bodies[2]["error"]["error_subcode"] == 33
    assert bodies[3]["data"][0]["text"] == "From a bätch"
    headers = {header["name"].lower(): header["value"] for header in shown[1]["headers"]}
    assert headers["facebook-api-version"] == "v25.0" and "application/json" in headers["content-type"]


async def test_an_item_may_bring_its_own_token_and_is_counted() -> None:
    graph = Graph(account_calls_per_day=2)
    other = graph.token("brand_account")
    items = [{"relative_url": "me?fields=username"}] * 3
    items.append({"relative_url": f"me?fields=username&access_token={other}"})
    shown = (await run(graph, items, include_headers="false")).json()
    assert [set(item) for item in shown] == [{"code", "body"}] * 4
    assert [item["code"] for item in shown] == [200, 200, 400, 200]
    assert json.loads(shown[2]["body"])["error"]["code"] == 80002
    assert json.loads(shown[3]["body"])["username"] == "northwind.coffee"


@pytest.mark.parametrize(
    ("items", "word"),
    [
        ([{"relative_url": "me"}] * (MOST + 1), "Maximum batch size is 50"),
        ([{"method": "GET"}], "relative_url is required"),
        ("[", "must be an array"),
        ('["me"]', "must be an array"),
        ("[" * 100_000, "must be an array"),
    ],
    ids=["51", "no URL", "no JSON", "no objects", "deep"],
)
async def test_batches_that_make_no_sense(items: Any, word: str) -> None:
    answer = await run(Graph(), items)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
    assert word in answer.json()["error"]["message"]


async def test_a_batch_in_a_batch_is_none() -> None:
    inner = json.dumps([{"relative_url": "me"}])
    shown = (await run(Graph(), [{"method": "POST", "relative_url": "/", "body": f"batch={inner}"}])).json()
    assert [item["code"] for item in shown] == [400]


async def test_objects_by_a_list_of_ids() -> None:
    graph = Graph()
    found = (await graph.get("", ids=f"{EXAMPLE},{COMMENT},{EXAMPLE}", fields="id,timestamp")).good
    assert list(found) == [EXAMPLE, COMMENT]
    assert all(found[key]["id"] == key and found[key]["timestamp"] for key in found)
    assert (await graph.get("", ids=f"{EXAMPLE},17000000000000000")).code == (100, 33)
    assert (await graph.get("", ids=",")).code == (2500, None)
    many = ",".join(map(str, range(51)))
    assert (await graph.get("", ids=many)).error["message"] == "Too many IDs. Maximum: 50. Provided: 51."
    assert (await graph.get("", account=None, ids=EXAMPLE)).code == (104, None)


async def test_every_id_is_counted() -> None:
    graph = Graph(account_calls_per_day=2)
    assert (await graph.get("", ids=f"{EXAMPLE},{COMMENT}")).status == 200
    assert (await graph.get("me")).code == (80002, None)


async def test_post_with_another_method() -> None:
    graph = Graph()

    async def posted(path: str, **sent: str) -> Any:
        return (await graph.http.post(path, data=sent | {"access_token": graph.token("default")})).json()

    assert (await posted("/me", method="get", fields="username"))["username"] == "little.fern.bakery"
    made = (await posted(f"/{EXAMPLE}/comments", message="Away with it", method="post"))["id"]
    assert await posted(f"/{made}?method=delete") == {"success": True}
    assert (await graph.get(made)).code == (100, 33)
    assert (await posted(f"/{EXAMPLE}", method="put", comment_enabled="true")) == {"success": True}


async def test_webhooks_are_subscribed_by_id_only() -> None:
    graph = Graph()
    assert (await graph.post("17841400000000017/subscribed_apps", subscribed_fields="comments")).good == {
        "success": True
    }
    assert (await graph.post("me/subscribed_apps", subscribed_fields="comments")).code == (100, 33)
