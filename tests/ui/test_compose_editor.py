"""Another editor for the text: which one, what becomes of its result, and on a real terminal that it has it alone."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kosmo_tui.ui import editor
from kosmo_tui.ui.editor import EditorError
from tests.e2e.terminal import Terminal
from tests.ui.composer import Host, X, chosen, running


def script(folder: Path, name: str, body: str) -> Path:
    """A program of a few lines of Python that gets the file as its last argument."""
    file = folder / name
    file.write_text(f"#!{sys.executable}\nimport os, pathlib, stat, sys\nfile = pathlib.Path(sys.argv[-1])\n{body}\n")
    file.chmod(0o755)
    return file


def test_visual_goes_before_editor_and_words_are_split_as_shells_do(tmp_path: Path) -> None:
    first, second = script(tmp_path, "my first", ""), script(tmp_path, "second", "")
    environ = {"PATH": os.defpath, "VISUAL": f"'{first}' --wait 'a b' $HOME;ls", "EDITOR": str(second)}
    assert editor.command(environ) == [str(first), "--wait", "a b", "$HOME;ls"]
    assert editor.command(environ | {"VISUAL": " "}) == [str(second)]


@pytest.mark.parametrize(
    ("value", "said"),
    [("/nowhere/ed -x", "there is no such program"), ("'open", "cannot be read"), ("''", "there is no such program")],
)
def test_an_editor_that_cannot_be_is_told(value: str, said: str) -> None:
    with pytest.raises(EditorError, match=said):
        editor.command({"PATH": os.defpath, "VISUAL": value})


def test_without_a_wish_it_is_vi_then_nano(tmp_path: Path) -> None:
    with pytest.raises(EditorError, match="nor vi, nor nano"):
        editor.command({"PATH": str(tmp_path)})
    nano = script(tmp_path, "nano", "")
    assert editor.command({"PATH": str(tmp_path)}) == [str(nano)]
    vi = script(tmp_path, "vi", "")
    assert editor.command({"PATH": str(tmp_path)}) == [str(vi)]


async def test_the_file_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    told = tmp_path / "told"
    tell = "mode = lambda path: oct(stat.S_IMODE(path.stat().st_mode))\n"
    tell += "said = f'{file} {mode(file)} {mode(file.parent)} {file.read_text()!r}'\n"
    tell += f"pathlib.Path({str(told)!r}).write_text(said)"
    assert await editor.edit("Größe\nzwei", [str(script(tmp_path, "look", tell))]) == "Größe\nzwei"
    name, mode, folder_mode, content = told.read_text().split(" ", 3)
    assert (mode, folder_mode, content) == ("0o600", "0o700", repr("Größe\nzwei\n"))
    assert name.endswith(".md")
    assert not Path(name).parent.exists()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("file.write_text('new\\n')", "new"),
        ("file.write_bytes(b'a\\r\\nb')", "a\nb"),
        ("file.write_text('two\\n\\n')", "two\n"),
        ("pass", "old"),
    ],
)
async def test_what_the_editor_leaves_is_the_text(tmp_path: Path, body: str, text: str) -> None:
    assert await editor.edit("old", [str(script(tmp_path, "ed", body))]) == text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("file.write_text('half'); sys.exit(3)", "failed with exit code 3"),
        ("file.write_text(' \\n')", "left nothing"),
        ("file.unlink()", "left no file"),
        ("os.kill(os.getpid(), 9)", "ended by signal 9"),
    ],
)
async def test_what_is_no_text_is_refused(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(EditorError, match=said):
        await editor.edit("old", [str(script(tmp_path, "ed", body))])


def test_work_that_cannot_be_read_is_not_thrown_away(tmp_path: Path) -> None:
    program = script(tmp_path, "ed", "file.write_bytes(b'Gr\\xfc\\xdfe')")
    with pytest.raises(EditorError, match="no UTF-8 text; it is kept in ") as caught:
        asyncio.run(editor.edit("old", [str(program)]))
    kept = Path(str(caught.value).rpartition(" ")[2])
    assert kept.read_bytes() == b"Gr\xfc\xdfe"
    kept.unlink()
    kept.parent.rmdir()


def test_a_text_reaches_the_editor_whatever_the_locale_is(tmp_path: Path) -> None:
    program, text = str(script(tmp_path, "ed", "pass")), r"Gr\u00fc\u00dfe \U0001f389 \ud800"
    code = f"""
import asyncio, sys
from kosmo_tui.ui import editor
sys.stdout.buffer.write(asyncio.run(editor.edit("{text}", [{program!r}])).encode())
"""
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    assert done.stdout.decode() == "Grüße 🎉 ?"


async def test_a_program_that_is_none_does_not_start(tmp_path: Path) -> None:
    file = tmp_path / "broken"
    file.write_text("#!/nowhere\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(EditorError, match="does not start"):
        await editor.edit("old", [str(file)])


async def test_without_a_terminal_the_text_stays_and_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", str(script(tmp_path, "ed", "file.write_text('new')")))
    app = Host(chosen(X))
    async with running(app) as pilot:
        await pilot.press("ctrl+e")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.composer.draft.text == "The new roast"
        (notice,) = app._notifications
        assert "cannot be given away" in notice.message


ED = """
import subprocess
shown = file.read_text()
if "fail" in shown:
    file.write_text("never seen")
    sys.exit(1)
print(f"EDITING {shown!r}", flush=True)
tty = open("/dev/tty")
word = tty.readline().strip()
file.write_text(f"{shown}{word} outside\\n")
"""


def test_on_a_real_terminal(tmp_path: Path) -> None:
    """ctrl+e gives the terminal away and takes it back, whether the editor succeeds or fails."""
    ed = script(tmp_path, "ed", ED)
    folders = {"KOSMO_CONFIG_DIR": str(tmp_path / "config"), "KOSMO_STATE_DIR": str(tmp_path / "state")}
    env = {**folders, "VISUAL": f"'{ed}' --flag", "TMPDIR": str(tmp_path)}
    with Terminal([sys.executable, "-m", "kosmo_tui", "--demo"], env=env) as terminal:
        terminal.wait_for("Queue 19", "c compose")
        terminal.press("c")
        terminal.wait_for("New post")
        terminal.tap("tab")
        terminal.type("Inside")
        terminal.wait_for("Inside", "draft saved")
        terminal.press("ctrl+e")
        terminal.wait_for("EDITING 'Inside\\n'")
        terminal.type("word")
        terminal.press("enter")
        terminal.wait_for("New post", "Inside", "word outside")
        *_, edited = bytes(terminal.output).split(b"EDITING ")
        assert edited.partition(b"\x1b")[0] == b"'Inside\\n'\r\nword\r\n", "nothing is drawn over the editor"
        terminal.press("ctrl+z")
        terminal.wait_gone("word outside")
        terminal.press("ctrl+e")
        terminal.wait_for("EDITING 'Inside\\n'")
        terminal.press("ctrl+c")
        terminal.wait_for("New post", "The text is as it was", "ended by signal 2")
        terminal.type(" fail")
        terminal.wait_for("Inside fail")
        terminal.press("ctrl+e")
        terminal.wait_for("The text is as it was", "failed with exit code 1")
        assert "Inside fail" in terminal.text() and "never seen" not in terminal.text()
        assert not [
            path for path in tmp_path.iterdir() if path.name.startswith("kosmo-") and (path / "post.md").exists()
        ]
