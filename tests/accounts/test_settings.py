"""config.toml is read strictly: what is not understood is refused, with file, line, key and what is allowed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosmo_tui.accounts import settings
from kosmo_tui.accounts.settings import BufferAccount, InstagramAccount, Settings
from kosmo_tui.accounts.toml_file import TomlFile
from kosmo_tui.api.errors import BadParameter, ConfigError

ROOT = Path(__file__).parent.parent.parent


def load(text: str) -> settings.Config:
    return settings.parse(TomlFile(Path("config.toml"), text))


def refused(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(text)
    return caught.value


def test_the_example_is_valid_and_names_every_key() -> None:
    path = ROOT / "config.toml.example"
    config = settings.load(path)
    assert [account.id for account in config.accounts] == [
        "buffer.default",
        "buffer.agency",
        "instagram.default",
        "instagram.brand_account",
    ]
    text = path.read_text()
    assert all(f"\n{key} = " in text for key in settings.ALLOWED)


def test_every_value_arrives() -> None:
    config = load("""
        [settings]
        timezone = "Asia/Kathmandu"
        theme = "nord"
        mouse = false
        images = "none"
        row_lines = 2
        hold_seconds = 0
        refresh_minutes = 60
        reserve = 50
        [buffer.default]
        token_cmd = "pass show buffer"
        base_url = "http://127.0.0.1:8080"
        [instagram.brand]
        token_env = "TOKEN"
        login = "facebook"
        api_version = "v24.0"
        user_id = "178414"
        [keys]
        compose = "ctrl+n"
    """)
    assert config.settings == Settings(
        timezone="Asia/Kathmandu", theme="nord", mouse=False, images="none", row_lines=2, hold_seconds=0,
        refresh_minutes=60, reserve=50,
    )  # fmt: skip
    assert config.accounts == (
        BufferAccount(name="default", token_cmd="pass show buffer", base_url="http://127.0.0.1:8080"),
        InstagramAccount(
            name="brand",
            token_env="TOKEN",
            base_url="https://graph.facebook.com",
            login="facebook",
            api_version="v24.0",
            user_id="178414",
        ),
    )
    assert config.keys == {"compose": "ctrl+n"}


def test_a_missing_file_and_an_empty_one_mean_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("")
    for name in ("missing.toml", "empty.toml"):
        config = settings.load(tmp_path / name)
        assert (config.settings, config.accounts, config.keys) == (Settings(), (), {})


@pytest.mark.parametrize(
    ("text", "line", "says", "hint"),
    [
        ("[setings]\nmouse = true", 1, "'setings'", "did you mean settings?"),
        ("[settings]\n\nmuose = true", 3, "[settings] has no key 'muose'", "did you mean mouse?"),
        ("[settings]\nmouse = 'yes'", 2, "settings.mouse must be true or false", ""),
        ("[settings]\nmouse = 1", 2, "settings.mouse must be true or false", ""),
        ("[settings]\nimages = 'sixel'", 2, "auto", ""),
        ("[settings]\nrow_lines = 3", 2, "settings.row_lines must be 1 or 2", ""),
        ("[settings]\nhold_seconds = -1", 2, "from 0 (send at once) to 600", ""),
        ("[settings]\nrefresh_minutes = 1441", 2, "from 0 (never by itself) to 1440", ""),
        ("[settings]\nreserve = 101", 2, "percent from 0 to 100", ""),
        ("[settings]\nhold_seconds = 601", 2, "from 0 (send at once) to 600", ""),
        ("[settings]\nhold_seconds = 1.5", 2, "settings.hold_seconds must be a whole number", ""),
        ("[settings]\ntimezone = 'Europe/Berln'", 2, "'Europe/Berln'", "Europe/Berlin"),
        ("[settings]\ntimezone = '../../etc/passwd'", 2, "no time zone", "IANA"),
        ("[settings]\ntimezone = 'Europe'", 2, "no time zone", ""),
        ("[settings]\ntheme = ''", 2, "settings.theme", ""),
        ("settings = 3", 1, "settings must be a table", "[settings]"),
        ("buffer = []", 1, "buffer must be a table", "[buffer.default]"),
        ("[buffer]\nagency = 'token'", 2, "buffer.agency must be a table", ""),
        ("[[buffer.agency]]\n", None, "buffer.agency must be a table", ""),
        ("[buffer.agency]\nlogin = 'facebook'", 2, "[buffer.agency] has no key 'login'", "allowed: "),
        ("[buffer.agency]\nbase_url = 'http://api.buffer.com'", 2, "https://", ""),
        ("[buffer.agency]\nbase_url = 'api.buffer.com'", 2, "https://", ""),
        ("[buffer.agency]\ntoken_cmd = ''", 2, "a command", ""),
        ("[buffer.agency]\ntoken_cmd = ' '", 2, "a command", ""),
        ("[buffer.agency]\ntoken_cmd = ['pass', 'show']", 2, "a command", ""),
        ("[buffer.client-acct]\n", 1, "'client-acct'", "underscores"),
        ("[buffer.'']\n", 1, "''", "letters"),
        ("[buffer.list_profiles]\n", 1, "a function has this name", ""),
        ("[instagram.a]\nlogin = 'meta'", 2, "facebook", ""),
        ("[instagram.a]\napi_version = '25'", 2, "v25.0", ""),
        ("[instagram.a]\nuser_id = 17841400000000001", 2, "in quotes", ""),
        ("[keys]\ncompose = 3", 2, "keys.compose", ""),
        ("[keys]\ncompose = ''", 2, "keys.compose", ""),
        ("x = ", 1, "no valid TOML", ""),
        ("[buffer.agency\nx = 1", 1, "no valid TOML", ""),
        ("[settings]\nmouse = true\nmouse = false", 3, "no valid TOML", ""),
        ("[buffer.agency]\n\n[buffer.agency]\n", 3, "[buffer.agency] is there twice", "name of its own"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, line: int | None, says: str, hint: str) -> None:
    error = refused(text)
    assert error.message.startswith(f"config.toml, line {line}: " if line else "config.toml: ")
    assert says in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    "text",
    [
        "[buffer.agency]\ntoken = 'S3CRET'",
        "[buffer.agency]\ntoken_env = 'S3CRET+/='",
        f"[buffer.agency]\ntoken_env = '{'S3CRET' * 20}'",
        "[buffer]\nagency = 'S3CRET'",
        "[buffer.agency]\nbase_url = 'https://S3CRET@api.buffer.com'",
        "[buffer.agency]\nbase_url = 'https://api.buffer.com/?access_token=S3CRET'",
        "[instagram.a]\nuser_id = 'S3CRET'",
        "[buffer.agency]\ntoken = S3CRET",
    ],
)
def test_a_misplaced_token_is_not_repeated(text: str) -> None:
    error = refused(text)
    assert "S3CRET" not in repr((error.message, error.hint, error.args))


def test_a_token_in_config_toml_is_told_where_it_belongs() -> None:
    assert "kosmo accounts add" in refused("[buffer.agency]\naccess_token = 'x'").hint


@pytest.mark.parametrize("content", [b"[settings]\ntheme = '\xff'", b"x" * 1_000_001])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        settings.load(path)


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        settings.load(tmp_path)


LINES = ["[settings]", "[buffer.a]", "[instagram.a]", "[keys]", "[x]", "a.b = 1", "= 3", "[[buffer]]"] + [
    f"{key} = {value}" for key in settings.ALLOWED for value in ("true", "1", '"text"', "[]", "2027-01-01", '"""', "{}")
]


@given(st.text() | st.lists(st.sampled_from(LINES), max_size=6).map("\n".join))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        config = load(text)
    except ConfigError as error:
        assert error.message
    else:
        assert isinstance(config, settings.Config)


def test_accounts_are_found_by_name() -> None:
    config = load("[buffer.a]\n[buffer.b]\n[instagram.a]\n")
    assert config.find("a").id == "buffer.a"
    assert config.find("a", "instagram").id == "instagram.a"
    assert config.find("instagram.a").id == "instagram.a"
    assert config.find("buffer.b", "buffer").id == "buffer.b"
    for name, service, there in (("c", None, "instagram.a"), ("b", "instagram", "instagram.a"), ("", None, "buffer.b")):
        with pytest.raises(BadParameter) as caught:
            config.find(name, service)  # type: ignore[arg-type]
        assert there in caught.value.hint
    with pytest.raises(BadParameter, match="no instagram account"):
        config.find("buffer.a", "instagram")


def test_without_accounts_the_way_to_start_is_told() -> None:
    with pytest.raises(ConfigError) as caught:
        load("").find("default", "buffer")
    assert "kosmo --demo" in caught.value.hint
    assert "kosmo accounts add" in caught.value.hint


def test_the_zone_knows_summer_time() -> None:
    zone = Settings(timezone="Europe/Berlin").zone
    assert datetime(2027, 1, 1, tzinfo=zone).utcoffset() == timedelta(hours=1)
    assert datetime(2027, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=2)


def test_the_system_zone_is_the_one_that_tz_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    zone = Settings().zone
    assert datetime(2027, 1, 1, tzinfo=zone).utcoffset() == timedelta(hours=-5)
    assert datetime(2027, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=-4)


def test_a_system_zone_that_is_none_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "No/Where")
    assert datetime.now(Settings().zone).utcoffset() is not None


def test_the_line_of_a_key_is_found() -> None:
    file = TomlFile(Path("x"), '# [a.b]\n[a]\nc = 1\n[ a . "b" ]\n# d = 1\nd = 2\n')
    assert [file.line("a", "c"), file.line("a", "b"), file.line("a", "b", "d"), file.line("d")] == [3, 4, 6, None]
