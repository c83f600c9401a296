"""The sandbox's Graph API in this process, with a clock that moves when a client waits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kosmo_tui.api.http import in_process
from kosmo_tui.api.instagram.client import InstagramClient
from kosmo_tui.api.instagram.publishing import Clock
from kosmo_tui.api.retries import Retries
from kosmo_tui.api.secret import Secret
from kosmo_tui.sandbox import Sandbox

ACCOUNTS = ("default", "brand_account", "agency")
START = datetime(2026, 11, 22, 12, tzinfo=UTC)
JPEG, MP4 = "https://cdn.example/photo.jpg", "https://cdn.example/clip.mp4"


class World:
    """A sandbox whose clock moves when the client waits."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.waited = 0.0

    async def sleep(self, seconds: float) -> None:
        self.waited += seconds
        self.sandbox.clock.advance(seconds)

    def client(self, name: str = "brand_account", *, special: str = "", **options: Any) -> InstagramClient:
        about = self.sandbox.describe("https://sandbox.example")["instagram"]
        value = self.sandbox.instagram.special_tokens[special] if special else about["tokens"][name]

        async def token() -> Secret:
            return Secret(value)

        clock = self.sandbox.clock
        return InstagramClient.open(
            **{
                "account": f"instagram.{name}",
                "base_url": about["url"],
                "token": token,
                "login": about["login"][name],
                "transport": in_process(self.sandbox.app),
                "retries": Retries(sleep=self.sleep, now=clock.now),
                "clock": Clock(sleep=self.sleep, monotonic=lambda: clock.now().timestamp(), now=clock.now),
                **options,
            }
        )

    def fault(self, match: str, fault: str, **more: Any) -> None:
        self.sandbox.faults.load([{"match": match, "fault": fault, **more}])

    def live(self, name: str = "brand_account") -> list[dict[str, Any]]:
        return [media for media in self.sandbox.instagram.media_now() if media["account"] == name]

    def ids(self, name: str = "brand_account") -> list[str]:
        return [media["id"] for media in self.live(name)]

    def asked(self, suffix: str, method: str = "GET") -> int:
        return sum(
            1
            for entry in self.sandbox.log
            if entry["method"] == method and entry["path"].partition("?")[0].endswith(suffix)
        )
