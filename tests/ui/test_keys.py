"""Keys, help and palette: all of them come from one list, and the user can change them."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import SystemCommand

from kosmo_tui.api.functions import FUNCTIONS
from kosmo_tui.ui.actions import ACTIONS, keymap_errors
from kosmo_tui.ui.palette import save_picture
from kosmo_tui.ui.widgets.feed import Feed
from tests.ui.conftest import Dashboard, Open


async def test_help_lists_every_action_and_does_the_chosen_one(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.press("question_mark")
        shown = [entry.item for entry in board.app.screen.query_one(Feed).entries if entry.selectable]
        others = [action for action in ACTIONS if action.id not in {f"account_{n}" for n in range(2, 10)}]
        assert sorted(shown, key=str) == sorted(others, key=str)
        assert "Write a post" in board.text
        await board.type("next view")
        await board.press("enter")
        assert board.pane.VIEW == "sent"


async def test_keys_can_be_changed_and_the_footer_follows(dashboard: Open) -> None:
    async with dashboard(keys={"filter": "f6", "next_view": "n"}, size=(140, 40)) as board:
        assert "f6 filter" in board.text
        await board.press("n")
        assert board.pane.VIEW == "sent"
        await board.press("right_square_bracket")
        assert board.pane.VIEW == "sent", "the default key is free"


def test_the_default_keys_do_not_collide_and_mistakes_are_named() -> None:
    assert list(keymap_errors({})) == []
    assert "compse" in next(iter(keymap_errors({"compse": "c"})))
    assert "did you mean 'compose'" in next(iter(keymap_errors({"compse": "c"})))
    assert list(keymap_errors({"refresh": "c"})) == ["[keys] gives 'c' to both 'compose' and 'refresh'"]


def test_no_default_key_is_one_that_terminals_or_multiplexers_take() -> None:
    keys = {key for action in ACTIONS for key in action.keys.split(",")}
    taken = {f"ctrl+{letter}" for letter in "hijm" + "abgnost"} - {"ctrl+p", "ctrl+q"}
    assert not keys & taken


async def test_the_palette_offers_accounts_and_views(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.press("ctrl+p")
        await board.type("brand")
        await board.press("enter")
        assert "brand_account" in board.text.splitlines()[0]


async def test_hints_and_help_do_what_they_say_with_the_users_keys(dashboard: Open) -> None:
    async with dashboard(keys={"compose": "n", "refresh": "c"}) as board:
        lines = board.text.splitlines()
        await board.pilot.click(offset=(lines[-1].index("n compose") + 3, len(lines) - 1))
        await board.settle()
        assert "New post" in board.text


def test_keys_that_are_none_are_refused() -> None:
    assert "there is no key 'ctl+x'" in next(iter(keymap_errors({"compose": "ctl+x"})))
    for key in ("ctrl+e", "f12", "é", "slash", "space", "shift+f5", "question_mark"):
        assert not [error for error in keymap_errors({"compose": key}) if "there is no key" in error]


@pytest.mark.parametrize("account", ["buffer.agency", "instagram.brand_account"])
async def test_the_palette_offers_the_functions_of_the_service(dashboard: Open, account: str) -> None:
    async with dashboard(account) as board:
        service = account.partition(".")[0]
        offered = {command.title: command for command in board.app.get_system_commands(board.app.screen)}
        for function in FUNCTIONS:
            assert (function.full_name in offered) == (function.service == service)
            if function.service == service:
                assert offered[function.full_name].help == function.doc
        reads = {"buffer": ("list_sent_updates", "sent"), "instagram": ("list_insights", "insights")}
        name, view = reads[service]
        await offered[f"{service}.{name}"].callback()
        await board.settle()
        assert view == board.pane.VIEW


def palette(board: Dashboard) -> dict[str, SystemCommand]:
    return {command.title: command for command in board.app.get_system_commands(board.app.screen)}


async def test_the_palette_offers_the_actions_that_apply(dashboard: Open) -> None:
    async with dashboard(keys={"compose": "n"}) as board:
        offered = palette(board)
        assert next(iter(offered)) == "Compose" and offered["Compose"].help.startswith("n · ")
        assert {"Edit", "Move", "Undo", "Filter", "Try again", "Theme", "Quit"} <= set(offered)
        assert not {"Maximize", "Period", "Send"} & set(offered)
        await offered["Filter"].callback()
        await board.settle()
        assert board.pane.is_typing
        await board.press("escape")
        await offered["Compose"].callback()
        await board.settle()
        assert {"Send", "Close", "Editor", "Undo"} <= set(palette(board))
        assert not {"Compose", "Filter"} & set(palette(board))
        await palette(board)["Close"].callback()
        await board.settle()
        assert board.app.screen is board.app.main
    async with dashboard("instagram.brand_account", "insights") as board:
        assert "Period" in palette(board) and not {"Edit", "Delete"} & set(palette(board))


async def test_a_screenshot_makes_its_folder_or_says_why_not(
    dashboard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    async with dashboard() as board:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(tmp_path / "new" / "folder"))
        save_picture(board.app)
        await board.settle()
        assert "Screenshot saved" in board.text and list((tmp_path / "new" / "folder").glob("*.svg"))
        monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(tmp_path / "file"))
        save_picture(board.app)
        await board.settle()
        assert "No screenshot" in board.text and "exists" in board.text


async def test_help_begins_with_what_applies_here_and_moves_by_page(dashboard: Open) -> None:
    async with dashboard() as board:
        await board.press("c", "f1")
        feed = board.app.screen.query_one(Feed)
        assert feed.entries[0].item == "While writing a post"
        await board.press("pagedown")
        assert feed.index > 5
        await board.press("end")
        assert feed.highlighted == feed.entries[-1]
        await board.press("home")
        assert feed.highlighted == feed.entries[1]
        await board.type("front of the queue")
        await board.press("enter")
        assert "for the dashboard: leave the post first" in board.text, "enter on what cannot be done says so"
        assert board.app.screen is board.app.composing.screen
    async with dashboard("instagram.brand_account", "insights", size=(60, 20)) as board:
        await board.press("question_mark")
        assert board.app.screen.query_one(Feed).entries[0].item == "Insights"
        await board.type("take back what")
        assert board.text.count("deleted") == 1, "in full below the list, where it is cut"


def test_the_help_of_an_action_fits_into_its_row() -> None:
    assert not [action.id for action in ACTIONS if len(action.help) > 54]
