"""The rules of the house: who may import whom, what a start may cost, where a token may be seen."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "kosmo_tui"
FILES = sorted(PACKAGE.rglob("*.py"))
HEAVY = {"textual", "rich", "httpx", "msgspec", "starlette", "uvicorn", "graphql", "lupa", "asyncio", "platformdirs"}


def loaded(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after `code`."""
    program = f"{code}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}}, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stderr.split())


def test_imports_go_down_the_rooms_and_never_up() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_the_way_in_loads_nothing_heavy() -> None:
    assert not loaded("import kosmo_tui.__main__") & HEAVY


def test_help_and_docs_load_no_http_and_no_screen() -> None:
    run = "from kosmo_tui.__main__ import main; main(['docs'])"
    assert not loaded(run) & {"textual", "rich", "httpx", "starlette", "uvicorn", "graphql", "asyncio"}


def test_the_hub_loads_no_http_before_a_client_is_opened() -> None:
    assert not loaded("import kosmo_tui.accounts.hub") & {"httpx", "textual", "rich", "starlette", "uvicorn", "graphql"}


def test_a_call_loads_neither_the_dashboard_nor_the_sandbox() -> None:
    run = "import kosmo_tui.commands.call, kosmo_tui.api.buffer.client, kosmo_tui.api.instagram.client"
    assert not loaded(run) & {"textual", "rich", "click", "starlette", "uvicorn", "graphql"}


FIRST_SCREEN = """
import os, sys
from pathlib import Path
from kosmo_tui.accounts.hub import Hub
from kosmo_tui.accounts.settings import BufferAccount, Config
from kosmo_tui.commands import dashboard
from kosmo_tui.ui.postponed import postpone_types
postpone_types()
from kosmo_tui.ui.app import KosmoApp

class Opened(KosmoApp):
    def post_display_hook(self):
        if self.main is not None and self.main.drawn:
            print(*sys.modules, file=sys.__stderr__, flush=True)
            os._exit(0)

account = BufferAccount(name="default", base_url="https://api.buffer.com", token_env="NONE")
Opened(Hub(Config(path=Path("config.toml"), accounts=(account,)))).run(headless=True, size=(120, 40))
"""
LATER = {  # what sends, settles, checks and writes, what other views need, and what asks
    "httpx", "whenever", "regex", "hashlib", "filelock", "tomli_w",
    "kosmo_tui.api.http", "kosmo_tui.api.buffer.client", "kosmo_tui.compose", "kosmo_tui.services.publish",
    "kosmo_tui.services.drafts", "kosmo_tui.services.insights", "kosmo_tui.store.drafts", "kosmo_tui.store.outbox",
    "kosmo_tui.store.records", "kosmo_tui.store.rescue", "kosmo_tui.store.search", "kosmo_tui.ui.composing",
    "kosmo_tui.ui.details", "kosmo_tui.ui.palette", "kosmo_tui.ui.queue_actions", "kosmo_tui.ui.panes.insights",
    "kosmo_tui.ui.panes.outbox", "kosmo_tui.ui.screens.compose", "kosmo_tui.ui.screens.help",
    "textual.widgets._select", "textual.widgets._tree", "rich.syntax", "markdown_it",
}  # fmt: skip


def test_the_first_screen_loads_nothing_that_can_come_after_it() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_SCREEN], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "kosmo_tui.ui.panes.queue" in done.stderr.split()
    assert LATER & set(done.stderr.split()) == set()


def test_what_was_postponed_is_there_when_it_is_asked_for() -> None:
    run = """
import sys
from kosmo_tui.ui.postponed import postpone_types
postpone_types()
import textual.command, textual.types
assert "textual.widgets._select" not in sys.modules
from textual.types import NoSelection
from textual.widgets._select import NoSelection as real
import textual.types as again
print(NoSelection is real, textual.types.DuplicateID.__name__, again.__file__ is not None)

from kosmo_tui.api import http
assert not {"idna.core", "certifi.core"} & set(sys.modules)
print(http.httpx.URL("https://bücher.example").raw_host, http._trust().cert_store_stats()["x509_ca"] > 0)
"""
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == ["True", "DuplicateID", "True", "b'xn--bcher-kva.example'", "True"]


def test_the_first_screen_makes_no_dataclass() -> None:
    """Each costs half a millisecond, twenty-five times what a Struct of msgspec's does."""
    run = "import sys, kosmo_tui.ui.app, kosmo_tui.ui.panes.queue, kosmo_tui.commands.dashboard"
    count = (
        "print([f'{name}.{one}' for name, module in sys.modules.items() if name.startswith('kosmo_tui.')"
        " for one, kind in vars(module).items() if hasattr(kind, '__dataclass_fields__') and kind.__module__ == name])"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{run}\n{count}"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_token_is_revealed_only_to_the_wire_and_to_its_file() -> None:
    revealing = {str(file.relative_to(PACKAGE)) for file in FILES if ".reveal()" in file.read_text()}
    assert revealing == {"api/http.py", "accounts/credentials.py"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_file_is_one_idea(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= 420


# Text in these places is read as markup when it is a str: "[/]" in a caption would end the app.
MARKUP = {"Label", "Static", "Button", "Checkbox", "RadioButton", "Tab", "TabPane", "Collapsible", "Option", "notify"}
TITLES = {"border_title", "border_subtitle", "tooltip", "placeholder"}


def _built(node: ast.expr) -> bool:
    """Whether a text is put together from parts, one of which may be from outside."""
    return isinstance(node, (ast.JoinedStr, ast.BinOp)) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "join"}
    )


def markup_risks(source: str) -> list[int]:
    """The lines at which a text that was put together reaches a place that reads markup."""
    risks = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in MARKUP:
                plain = any(key.arg == "markup" for key in node.keywords)
                if not plain and any(map(_built, (*node.args[:1], *(key.value for key in node.keywords)))):
                    risks.append(node.lineno)
            case ast.Assign(targets=[ast.Attribute(attr=name)]) if name in TITLES and _built(node.value):
                risks.append(node.lineno)
    return sorted(risks)


def test_the_search_for_markup_risks_finds_them() -> None:
    assert markup_risks('Label(f"{name}")\nself.notify("a" + b)\nself.border_title = f"{x}"\nLabel("fixed")') == [
        1,
        2,
        3,
    ]
    assert markup_risks('self.notify(f"{name}", markup=False)\nLabel(Content(f"{name}"))') == []


@pytest.mark.parametrize(
    "file", sorted((PACKAGE / "ui").rglob("*.py")), ids=lambda file: str(file.relative_to(PACKAGE))
)
def test_no_text_from_outside_is_read_as_markup(file: Path) -> None:
    assert markup_risks(file.read_text()) == []
