"""The dashboard by keys, on the sandbox: accounts, views, lists, detail, filter, failures."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.widgets import Input

from kosmo_tui.accounts.settings import Settings
from kosmo_tui.api.buffer.models import Update
from kosmo_tui.sandbox import Sandbox
from kosmo_tui.sandbox.clock import Clock
from kosmo_tui.store.database import Store
from kosmo_tui.ui.contrast import ratio
from kosmo_tui.ui.screens.main import VIEWS
from tests.ui.conftest import MONDAY, Open

ALL = [("buffer.agency", view) for view in VIEWS["buffer"]] + [
    ("instagram.brand_account", view) for view in VIEWS["instagram"]
]
STORED = ("drafts", "outbox")
SIZES = [(120, 40), (80, 24)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("account", "view"), ALL)
async def test_every_view_opens_with_data(dashboard: Open, account: str, view: str, size: tuple[int, int]) -> None:
    async with dashboard(account, view, size=size) as board:
        first = board.text.splitlines()[0]
        assert account.partition(".")[2] in first and view.capitalize() in first
        if view in STORED:
            return  # what is in them is made in their own tests; no service is asked, so there is no age
        assert "as of" in first or ":" in first, "the age is told"
        if view != "insights":
            assert len(board.pane.feed.entries) > 3
            assert "Loading" not in board.text


async def test_number_keys_switch_the_account_and_come_back_to_the_same_item(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.press("down", "down", "down")
        key = board.pane.feed.highlighted.key
        await board.press("5")
        assert "brand_account" in board.text.splitlines()[0]
        assert board.pane.VIEW == "media"
        await board.press("2")
        assert "agency" in board.text.splitlines()[0]
        assert board.pane.feed.highlighted.key == key
        await board.press("9")
        assert "no account 9" in board.text


async def test_the_sidebar_names_accounts_states_and_profiles(dashboard: Open) -> None:
    async with dashboard() as board:
        for name in (
            "BUFFER",
            "INSTAGRAM",
            "default",
            "agency",
            "client_acct",
            "brand_account",
            "LinkedIn",
            "Pinterest",
        ):
            assert name in board.text
        await board.press("b", "down", "enter")
        assert board.app.main is not None
        profile = board.app.main.place.profile
        assert profile is not None
        updates = [entry.item for entry in board.pane.feed.entries if hasattr(entry.item, "profile_id")]
        assert updates and {update.profile_id for update in updates} == {profile}
        await board.press("escape")
        assert board.app.main.place.profile is None


async def test_the_queue_is_in_order_with_failures_first_and_free_slots(dashboard: Open) -> None:
    async with dashboard() as board:
        entries = board.pane.feed.entries
        assert entries[0].item.title.startswith("Needs you")
        times = [entry.item.scheduled_at for entry in entries if getattr(entry.item, "status", "") == "scheduled"]
        assert len(times) > 20 and times == sorted(times)
        assert "free slot" in board.text
        assert "Is it live?" in board.text, "the first item failed, and the detail explains"


async def test_no_slot_is_called_free_before_the_queue_is_known(dashboard: Open) -> None:
    async with dashboard() as board:
        assert board.app.main is not None
        board.app.main.desk.queue.forget()  # the profiles are known a moment before the posts are
        board.pane.draw()
        await board.settle()
        assert "free slot" not in board.text and "Loading" in board.text
        await board.press("r")
        assert "free slot" in board.text


async def test_the_filter_narrows_and_escape_brings_all_back(dashboard: Open) -> None:
    async with dashboard() as board:
        before = len(board.pane.feed.entries)
        await board.press("slash")
        await board.type("mastodon")
        assert 0 < len(board.pane.feed.entries) < before
        await board.press("enter")
        assert not isinstance(board.app.focused, Input), "the list has the focus, still filtered"
        await board.press("slash")
        await board.type("zzz")
        assert "Nothing loaded contains" in board.text
        await board.press("escape")
        assert len(board.pane.feed.entries) == before


async def test_the_filter_begins_at_its_first_match_and_counts_posts(dashboard: Open) -> None:
    async with dashboard() as board:
        posts = sum(isinstance(entry.item, Update) for entry in board.pane.feed.entries)
        await board.press("slash")
        assert "│ / a part of the text" in board.text, "it says what is typed here"
        assert "mastodon" not in board.pane.words(board.pane.feed.highlighted).casefold()
        await board.type("mastodon")
        assert board.pane.feed.highlighted == board.pane.feed.entries[0]
        found = [entry for entry in board.pane.feed.entries if isinstance(entry.item, Update)]
        assert len(found) < len(board.pane.feed.entries), "free slots are found, too"
        assert f"Queue {len(found)}/{posts} " in board.text
        await board.press("enter", "down", "down")
        there = board.pane.feed.highlighted.key
        await board.press("escape")
        assert board.pane.feed.highlighted.key == there, "the cursor stays on its item"


async def test_letters_are_text_in_the_filter(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.press("slash")
        await board.type("cqr5hl")
        assert board.app.screen.query_one("#queue Input", Input).value == "cqr5hl"


async def test_a_refresh_is_seen_while_it_runs_and_when_it_is_done(dashboard: Open) -> None:
    async with dashboard(pane="sent") as board:
        board.sandbox.faults.load([{"match": "posts", "fault": "slow", "seconds": 0.3, "times": 1}])
        await board.pilot.press("r")
        while board.pane.asking and "refreshing…" not in board.text.splitlines()[0]:
            await board.pilot.pause(0.01)
        assert "refreshing…" in board.text.splitlines()[0]
        await board.settle()
        assert "as of" in board.text.splitlines()[0] and "refreshing" not in board.text


async def test_a_refresh_keeps_the_cursor_on_its_item(dashboard: Open) -> None:
    async with dashboard(pane="sent") as board:
        await board.pilot.press(*["down"] * 12)
        key = board.pane.feed.highlighted.key
        await board.press("r")
        assert board.pane.feed.highlighted.key == key


async def test_lists_load_on_while_scrolling(dashboard: Open) -> None:
    async with dashboard(pane="sent") as board:
        before = len(board.pane.listing().items)
        await board.press("G")
        assert len(board.pane.listing().items) > before
        ids = [update.id for update in board.pane.listing().items]
        assert len(ids) == len(set(ids))


async def test_narrow_detail_opens_in_full_and_returns_to_the_row(dashboard: Open) -> None:
    async with dashboard(size=(80, 24)) as board:
        await board.press("down")
        key = board.pane.feed.highlighted.key
        await board.press("enter")
        assert "What happened" in board.text and "Needs you" not in board.text
        await board.press("escape")
        assert "Needs you" in board.text and board.pane.feed.highlighted.key == key


async def test_narrow_accounts_come_over_the_list(dashboard: Open) -> None:
    async with dashboard(size=(80, 24)) as board:
        assert "INSTAGRAM" not in board.text
        await board.press("b")
        assert "INSTAGRAM" in board.text
        await board.press("G", "enter")
        assert "INSTAGRAM" not in board.text
        assert "agency" in board.text.splitlines()[0] and "Instagram" in board.text.splitlines()[0]


async def test_media_leads_to_its_comments_and_back(dashboard: Open) -> None:
    async with dashboard("instagram.brand_account", "media") as board:
        while not board.pane.feed.highlighted.item.comments_count:
            await board.press("down")
        media = board.pane.feed.highlighted.item
        await board.press("enter")
        assert board.pane.VIEW == "comments"
        assert {found.media.id for found in board.pane.listing().items} == {media.id}
        await board.press("escape")
        assert board.pane.VIEW == "media" and board.pane.feed.highlighted.item.id == media.id, "back to the same row"
        await board.press("right_square_bracket")
        assert len({found.media.id for found in board.pane.listing().items}) > 1, (
            "the view itself shows all recent ones"
        )


async def test_copy_and_link_go_through_the_terminal(dashboard: Open) -> None:
    async with dashboard(pane="sent") as board:
        while not board.pane.feed.highlighted.item.text:
            await board.press("down")
        update = board.pane.feed.highlighted.item
        await board.press("y")
        assert board.app.clipboard == update.text
        await board.press("o")
        assert board.app.clipboard == update.service_link


@pytest.mark.parametrize(
    ("fault", "told", "state"),
    [
        ({"fault": "status", "code": 500}, "Buffer", "offline"),
        ({"fault": "html"}, "Buffer", "offline"),
        ({"fault": "truncated"}, "answer", "attention"),
        ({"fault": "expired_token"}, "token", "attention"),
        ({"fault": "drop_before"}, "connection", "offline"),
        ({"fault": "rate_limited", "window": "24h"}, "24", "attention"),
    ],
)
async def test_a_fault_becomes_a_sentence_and_never_the_end(
    dashboard: Open, fault: dict[str, object], told: str, state: str
) -> None:
    sandbox = Sandbox(clock=Clock(MONDAY))
    faults = [{"match": "*", "times": 200, **fault}]
    async with dashboard(sandbox=sandbox, faults=faults) as board:
        assert board.app.main is not None
        assert board.app.main.desk.health == state
        assert told.lower() in board.text.lower()
        assert "r tries again" in board.text
        assert "Traceback" not in board.text
        sandbox.faults.clear()
        await board.press("r")
        assert board.app.main.desk.health in ("ok", "attention") and board.app.main.desk.error is None
        assert len(board.pane.feed.entries) > 3


async def test_an_old_list_stays_when_a_refresh_fails(dashboard: Open) -> None:
    sandbox = Sandbox(clock=Clock(MONDAY))
    async with dashboard(sandbox=sandbox) as board:
        before = len(board.pane.feed.entries)
        sandbox.faults.load([{"match": "*", "fault": "status", "code": 503, "times": 50}])
        await board.press("r")
        assert board.pane.listing().error is not None
        assert len(board.pane.feed.entries) == before
        assert board.pane.listing().error.message[1:20] in board.text


async def test_hostile_text_reaches_no_row_and_no_detail(dashboard: Open) -> None:
    sandbox = Sandbox(clock=Clock(MONDAY), hostile=True)
    async with dashboard(sandbox=sandbox) as board:
        for keys in ("", "]", "]", "5", "]", "]", "4"):
            if keys:
                await board.press({"]": "right_square_bracket"}.get(keys, keys))
            await board.press("down", "enter", "escape")
            bad = [char for char in board.text if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0]
            assert not bad
            assert not set(board.text) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")


async def test_a_late_answer_does_not_land_on_another_account(dashboard: Open) -> None:
    sandbox = Sandbox(clock=Clock(MONDAY))
    async with dashboard(sandbox=sandbox, pane="sent") as board:
        sandbox.faults.load([{"match": "posts", "fault": "slow", "seconds": 0.3, "times": 1}])
        await board.pilot.press("r")
        await board.pilot.press("5")
        await board.settle()
        assert board.pane.VIEW == "media" and "brand_account" in board.text.splitlines()[0]


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "nord"])
async def test_themes(dashboard: Open, theme: str) -> None:
    async with dashboard(settings=Settings(theme=theme)) as board:
        assert board.app.theme == theme and "Needs you" in board.text


async def test_q_leaves(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.pilot.press("q")
        await board.pilot.pause()
        assert not board.app.is_running or board.app.return_code == 0


async def test_a_post_for_two_profiles_stands_in_the_queue(dashboard: Open) -> None:
    async with dashboard() as board:
        before = {update.id for update in board.app.workspace.desks["buffer.agency"].queue.items}
        await board.press("c")
        assert "agency" in board.text.splitlines()[1]
        await board.pilot.press("space", "down", "space", "tab")
        await board.type("Fresh beans")
        await board.press("f5", "enter")
        while board.app.publisher.pending:
            await board.pilot.pause(0.05)
        await board.settle()
        assert "✓" in board.text
        await board.press("escape")
        new = [update for update in board.app.workspace.desks["buffer.agency"].queue.items if update.id not in before]
        assert sorted(update.profile_service for update in new) == ["linkedin", "twitter"]
        assert {update.text for update in new} == {"Fresh beans"}
        assert "Queue 43" in board.text or len(new) == 2


async def test_a_free_slot_composes_for_its_profile_and_time(dashboard: Open) -> None:
    async with dashboard() as board:
        slot = next(entry for entry in board.pane.feed.entries if entry.key.startswith("slot:"))
        board.pane.feed.go_to(slot.key)
        await board.press("enter")
        assert f"{slot.item.at:%H:%M}" in board.text and "New post" in board.text
        await board.type("For the slot")
        await board.press("f5", "enter")
        while board.app.publisher.pending:
            await board.pilot.pause(0.05)
        await board.settle()
        queue = board.app.workspace.desks["buffer.agency"].queue.items
        made = [update for update in queue if update.text == "For the slot"]
        assert [(update.profile_id, update.scheduled_at) for update in made] == [(slot.item.profile.id, slot.item.at)]


async def test_a_kept_draft_comes_back_from_the_drafts(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.press("c", "tab")
        await board.type("half a thought")
        await board.press("escape", "k")
        assert "New post" not in board.text and "Drafts 1" in board.text.splitlines()[0]
        await board.press("right_square_bracket", "right_square_bracket", "enter")
        assert "half a thought" in board.text and board.app.composing.screen is not None


async def test_the_mouse_reaches_rows_views_accounts_and_hints(dashboard: Open) -> None:
    async with dashboard() as board:

        async def click(text: str) -> None:
            lines = board.text.splitlines()
            y = next(number for number, line in enumerate(lines) if text in line)
            await board.pilot.click(offset=(lines[y].index(text) + 1, y))
            await board.settle()

        await click("Sent")
        assert board.pane.VIEW == "sent"
        feed = board.pane.feed
        await board.pilot.click(feed, offset=(10, 6))
        await board.settle()
        assert feed.index == 6 + feed.scroll_offset.y or not feed.entries[6].selectable
        await click("brand_account")
        await click("brand_account") if board.pane.VIEW == "sent" else None
        assert "brand_account" in board.text.splitlines()[0]
        await click("? help")
        assert "type to find a key" in board.text


async def test_the_sidebar_tells_states_in_words(dashboard: Open) -> None:
    sandbox = Sandbox(clock=Clock(MONDAY))
    async with dashboard(sandbox=sandbox) as board:
        assert "● ok @northwind.coffee" in board.text
        assert "▲ 6 failed Noor" in board.text
        assert "▲ 6 failed, 1 disconnected" in board.text, "and the status bar says why"
        sandbox.faults.load([{"match": "*", "fault": "status", "code": 503, "times": 100}])
        await board.press("R")
        sidebar, status = board.text.splitlines()[6], board.text.splitlines()[-1]
        assert "○ offline" in sidebar and "○ offline   ▲ 6 failed, 1 disconnected" in status


async def test_a_failed_post_can_be_used_again(dashboard: Open) -> None:
    async with dashboard() as board:
        update = board.pane.feed.highlighted.item
        assert update.status == "error"
        await board.press("d")
        assert "New post" in board.text and "1 of" in board.text
        assert board.app.screen.query_one("#text").text == update.text  # type: ignore[attr-defined]


async def test_drafts_do_not_hinder_leaving(dashboard: Open, tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    async with dashboard(store=store) as board:
        await board.press("c", "tab")
        await board.type("half a thought")
        await board.press("ctrl+q")
        assert "Keep this post" in board.text
        await board.press("k")
        await board.pilot.press("q")
        await board.pilot.pause()
        assert not board.app.is_running, "nothing is asked: the draft is kept"
    assert [row.words for row in store.drafts.list()] == ["half a thought"]
    store.close()


async def test_a_draft_that_is_not_kept_on_disk_says_so_wherever_it_could_be_thought_safe(dashboard: Open) -> None:
    sandbox = Sandbox(clock=Clock(MONDAY))
    store = Store.in_memory(sandbox.clock.now)  # as where the state folder cannot be written
    async with dashboard(store=store, sandbox=sandbox) as board:
        await board.press("c", "tab")
        await board.type("half a thought")
        await board.app.composing.screen.session.flush()
        await board.settle()
        assert "not on disk: gone when kosmo ends" in board.text and "draft saved" not in board.text
        await board.press("escape")
        assert "It is not on disk" in board.text and "Drafts stay" not in board.text
        await board.press("k")
        assert "kept until kosmo ends, not on disk" in board.text
        await board.press("q")
        assert "1 draft of this session cannot be kept on disk" in board.text
        await board.press("enter")
        assert board.app.is_running, "the dangerous answer takes its own key"
        await board.press("q")
        await board.pilot.press("l")
        await board.pilot.pause()
        assert not board.app.is_running


async def test_days_are_the_users_and_times_the_profiles(dashboard: Open) -> None:
    async with dashboard() as board:
        heading = None
        for entry in board.pane.feed.entries:
            if entry.key.startswith("heading 20"):
                heading = entry.key.removeprefix("heading ")
            elif getattr(entry.item, "status", "") == "scheduled":
                assert str(entry.item.scheduled_at.astimezone(board.app.zone).date()) == heading
        assert any(mark in board.text for mark in ("AEDT+1", "JST+1", "-03-1", "EST-1")), "another date is marked"


async def test_new_items_at_the_top_are_in_sight(dashboard: Open) -> None:
    async with dashboard("instagram.brand_account", "media") as board:
        key = board.pane.feed.highlighted.key
        await board.app.hub.instagram["brand_account"].create_media(
            "https://example.com/photo.jpg", "Fresh from the oven"
        )
        await board.press("r")
        assert board.pane.feed.highlighted.key == key
        assert "Fresh from the oven"[:12] in board.text


@pytest.mark.parametrize(
    "theme", ["textual-light", "catppuccin-latte", "solarized-light", "rose-pine-dawn", "atom-one-light"]
)
async def test_all_of_the_composer_can_be_read_on_a_light_page(dashboard: Open, theme: str) -> None:
    """4.5:1 for text, placeholders among it, and 3:1 for the edges of fields and frame."""
    async with dashboard(settings=Settings(theme=theme)) as board:
        await board.press("c", "space")
        for segment in (part for strip in board.app.screen._compositor.render_strips() for part in strip):
            text, style = segment.text.strip(), segment.style
            if text and style and style.color and style.bgcolor and style.color.triplet and style.bgcolor.triplet:
                found = ratio(Color(*style.color.triplet), Color(*style.bgcolor.triplet))
                assert found >= (3 if set(text) <= set("╭╮╰╯─│▏▌") else 4.5), (text, found)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "gruvbox", "solarized-light", "dracula"])
async def test_texts_stand_out_from_the_page(dashboard: Open, theme: str) -> None:
    """WCAG asks 4.5:1 of text; what a state is drawn in is text here."""
    async with dashboard(settings=Settings(theme=theme)) as board:
        variables = board.app.theme_variables
        page = Color.parse(variables["background"])
        for name in ("primary", "accent", "success", "warning", "error"):
            assert ratio(Color.parse(variables[f"text-{name}"]), page) >= 4.5, name


@pytest.mark.parametrize("width", [80, 99, 100, 115, 116, 120, 149, 150, 220])
async def test_at_every_width_a_post_can_be_read_its_age_and_the_budget(dashboard: Open, width: int) -> None:
    async with dashboard(size=(width, 30)) as board:
        window = board.app.workspace.desks["buffer.agency"].window
        assert window is not None and window.limit == 100 and window.resets_at is not None
        lines = board.text.splitlines()
        assert lines[0].rstrip().endswith(" 10:00"), "when what is shown was read"
        back = window.resets_at.astimezone(board.app.zone)
        left = f"{window.remaining}/100{' requests' if width >= 100 else ''} until {back:%H:%M}"
        assert lines[-1].rstrip().endswith(left), "what is left of the tightest window, and when it is full again"
        feed = board.pane.feed
        entry = next(row for row in feed.entries if getattr(row.item, "text", "").startswith("Case study"))
        feed.go_to(entry.key)
        await board.settle()
        assert "Case study: how" in board.text


async def test_a_fault_of_our_own_is_told_and_ends_the_loading(dashboard: Open) -> None:
    async with dashboard(pane="queue") as board:
        desk = board.app.workspace.desks["buffer.agency"]

        async def broken(cursor: str | None) -> tuple[list[object], None]:
            raise TypeError("a fault")

        desk.sent(None).fetch = broken
        await board.press("right_square_bracket")
        assert "TypeError in load sent of buffer.agency" in board.text
        assert "Loading" not in board.text and "A fault of kosmo itself" in board.text
        assert board.app.is_running


async def test_a_filter_costs_no_requests(dashboard: Open) -> None:
    async with dashboard(pane="sent") as board:
        await board.press("slash")
        before = len(board.sandbox.log)
        await board.type("case study")
        await board.press("enter", "G")
        assert len(board.sandbox.log) == before


async def test_another_account_begins_at_its_top(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.pilot.press(*["down"] * 14)
        await board.press("1")
        first = next(entry for entry in board.pane.feed.entries if entry.selectable)
        assert board.pane.feed.highlighted == first


async def test_enter_twice_opens_one_composer(dashboard: Open) -> None:
    async with dashboard() as board:
        slot = next(entry for entry in board.pane.feed.entries if entry.key.startswith("slot:"))
        board.pane.feed.go_to(slot.key)
        board.pane.feed.action_open()
        board.pane.feed.action_open()
        await board.settle()
        assert [type(screen).__name__ for screen in board.app.screen_stack].count("ComposeScreen") == 1


async def test_days_move_on_while_the_dashboard_is_open(dashboard: Open) -> None:
    async with dashboard() as board:
        assert "Today · Mon 16 Nov" in board.text
        board.sandbox.clock.advance(86_400)
        board.app.main._time_passes()  # type: ignore[union-attr]
        await board.settle()
        assert "Today · Mon 16 Nov" not in board.text


async def test_left_and_right_step_through_the_periods_of_insights(dashboard: Open) -> None:
    async with dashboard("instagram.brand_account", "insights") as board:
        await board.press("left")
        assert board.pane.days == 7
        await board.press("left", "left")
        assert board.pane.days == 1 and type(board.app.focused).__name__ == "Sidebar", "beyond the end: the accounts"
