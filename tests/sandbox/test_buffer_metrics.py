"""Metrics: null before the daily run, growing afterwards, and their sums."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.sandbox.asking import START, Buffer

AGGREGATE = """query ($input: AggregatedPostMetricsInput!) { aggregatedPostMetrics(input: $input) {
  metricsUpdatedAt metrics { type name description unit value } } }"""


async def total(buffer: Buffer, **given: Any) -> dict[str, float]:
    about = {
        "organizationId": buffer.organization,
        "startDateTime": (START - timedelta(days=60)).isoformat(),
        "endDateTime": START.isoformat(),
    } | given
    found = (await buffer.ask(AGGREGATE, input=about))["aggregatedPostMetrics"]
    assert found["metricsUpdatedAt"] == "2026-11-18T04:00:00.000Z"
    return {metric["type"]: metric["value"] for metric in found["metrics"]}


async def test_metrics_come_with_the_daily_run_and_grow(buffer: Buffer) -> None:
    post = await buffer.made(mode="shareNow")
    buffer.sandbox.clock.advance(3600)
    young = await buffer.post(post["id"])
    assert (young["status"], young["metrics"], young["metricsUpdatedAt"]) == ("sent", None, None)
    buffer.sandbox.clock.advance(16 * 3600)
    day = await buffer.post(post["id"])
    assert day["metricsUpdatedAt"] == "2026-11-19T04:00:00.000Z"
    buffer.sandbox.clock.advance(5 * 86_400)
    old = await buffer.post(post["id"])
    first = {metric["type"]: metric["value"] for metric in day["metrics"]}
    last = {metric["type"]: metric["value"] for metric in old["metrics"]}
    assert set(first) == set(last)
    counts = set(first) - {"engagementRate"}
    assert all(first[kind] <= last[kind] for kind in counts)
    assert first["impressions"] < last["impressions"]
    assert 0 <= last["engagementRate"] <= 100


async def test_only_sent_posts_have_metrics(buffer: Buffer) -> None:
    for post in await buffer.all():
        old = post["status"] == "sent" and post["sentAt"] < "2026-11-18T04"
        assert (post["metrics"] is not None) == old
        assert (post["metricsUpdatedAt"] is not None) == old


async def test_sums_are_those_of_the_posts(buffer: Buffer) -> None:
    channel = buffer.channel("linkedin").id
    posts = await buffer.all(
        filter={"channelIds": [channel], "status": ["sent"], "dueAt": {"start": "2026-09-19T12:00:00Z"}}
    )
    old = [post for post in posts if post["metrics"] is not None]
    sums = await total(buffer, channelIds=[channel])
    assert sums["postCount"] == len(old) > 5
    for kind in ("impressions", "reactions", "comments", "shares", "clicks"):
        assert sums[kind] == sum(m["value"] for post in old for m in post["metrics"] if m["type"] == kind)
    assert 0 < sums["engagementRate"] < 100


async def test_across_networks_only_what_all_have_is_summed(buffer: Buffer) -> None:
    assert set(await total(buffer)) == {"postCount", "reactions", "comments"}
    pair = [buffer.channel("linkedin").id, buffer.channel("facebook").id]
    assert set(await total(buffer, channelIds=pair)) == {
        "postCount", "reactions", "comments", "shares", "clicks", "engagementRate",
    }  # fmt: skip
    nothing = await total(buffer, channelIds=[])
    assert nothing == {"postCount": 0, "reactions": 0, "comments": 0}
    tags = list(buffer.sandbox.buffer.world.organizations[buffer.organization].tags)
    tagged = await total(buffer, tags={"in": tags})
    rest = await total(buffer, tags={"in": [], "isEmpty": True})
    whole = await total(buffer)
    assert 0 < tagged["postCount"] < whole["postCount"] == tagged["postCount"] + rest["postCount"]


async def test_a_year_at_most(buffer: Buffer) -> None:
    about = {"organizationId": buffer.organization, "endDateTime": START.isoformat()}
    for days, word in ((366, "365"), (-1, "before")):
        given = about | {"startDateTime": (START - timedelta(days=days)).isoformat()}
        assert word in (await buffer.trouble(AGGREGATE, input=given))["message"]
    year = about | {"startDateTime": (START - timedelta(days=365)).isoformat()}
    assert (await buffer.send(AGGREGATE, input=year)).json()["data"]
