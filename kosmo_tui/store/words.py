"""The index of words over the items of the cache: FTS5 with external content, so that no text is kept twice.

It holds nothing of its own: whatever happens to it, it is made anew from the items.  Drafts are not in it, and no
trigger leads from them to it: a damaged index must never keep a draft from being saved.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

from kosmo_tui.store.connection import Connection
from kosmo_tui.store.errors import StoreError

Answer = TypeVar("Answer")

Row = tuple[int, str, str]  # the number of an item, what `readable` made of its text, and its `tags`

# Marks are parts of words (Hindi and Thai are full of them); numbers of documents and of words serve ranking only.
# Without the beginnings of words, the two letters that somebody has typed so far would be gathered from all words.
_MAKE = """
CREATE VIRTUAL TABLE IF NOT EXISTS item_words USING fts5 (
    words, tags, content = 'item_words_source', content_rowid = 'number', columnsize = 0, prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
)
"""
_REBUILD = "INSERT INTO item_words (item_words) VALUES ('rebuild')"
_DAMAGE = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CONSTRAINT}  # how a damaged index answers
_STALE = ("", "words")  # the account and name of the fact that the index misses changes
MAX_WORDS, MAX_LETTERS = 32, 100  # of a search that are looked at

# Runs of scripts that put no spaces between words, and of Hangul, where endings cling to words: Thai and Lao, Burmese,
# Khmer, radicals, 々〇, kana without the middle dot, ideographs, Hangul syllables, ideographs beyond the first plane.
# Patterns here are compiled when they are first used: to open a store takes less time than that.
_RUN = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_EMOJI = "[\u2190-\u2bff\U0001f000-\U0001faff][\ufe0e\ufe0f]?"


class WordIndex:
    """The index in the file of `connection`.  Methods that take `raw` belong into the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def possible(self) -> bool:
        """Whether this SQLite has FTS5."""
        return bool(self._connection.value("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"))

    def add(self, raw: sqlite3.Connection, rows: Iterable[Row]) -> None:
        """Take the words of items in."""
        if self._ready(raw):  # in order: FTS5 writes to the disk whenever the numbers fall
            raw.executemany("INSERT INTO item_words (rowid, words, tags) VALUES (?, ?, ?)", sorted(rows))

    def remove(self, raw: sqlite3.Connection, rows: Iterable[Row]) -> None:
        """Take the words of items out; `rows` as they were added."""
        if self._ready(raw):
            statement = "INSERT INTO item_words (item_words, rowid, words, tags) VALUES ('delete', ?, ?, ?)"
            raw.executemany(statement, sorted(rows))

    def prepare(self) -> bool:
        """Make the index if it is missing or behind; whether there is one."""
        if not self.possible:
            return False
        if not self._made() or self._stale():
            with self._connection.transaction() as raw:
                self._ready(raw)
        return True

    def mended(self, use: Callable[[], Answer]) -> Answer:
        """What `use` returns; when it fails for a damaged index, the index is made anew and it is called once more.

        Raises what the second call raises.
        """
        try:
            return use()
        except StoreError as error:
            code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
            if code not in _DAMAGE or not self.possible:
                raise
        self.rebuild()
        return use()

    def rebuild(self) -> None:
        """Make the index anew from the items.  Raises StoreError."""
        with contextlib.suppress(StoreError), self._connection.transaction() as raw:
            raw.execute(_REBUILD)
            return
        with (
            self._connection.transaction() as raw
        ):  # SQLite cannot even open it, and what it cannot open it never drops
            for part in ("data", "idx", "docsize", "config"):
                raw.execute(f"DROP TABLE IF EXISTS item_words_{part}")
            raw.execute("PRAGMA writable_schema = ON")
            try:
                raw.execute("DELETE FROM sqlite_master WHERE name = 'item_words'")
            finally:
                raw.execute("PRAGMA writable_schema = OFF")
        self._connection.rows("PRAGMA writable_schema = RESET")  # reads the list of tables anew
        self.prepare()

    def _ready(self, raw: sqlite3.Connection) -> bool:
        if not self.possible:
            raw.execute("INSERT OR REPLACE INTO facts VALUES (?, ?, '', 0)", _STALE)
            return False
        if not self._made() or self._stale():
            raw.execute("DROP TABLE IF EXISTS item_words")  # it may be of an older shape
            raw.execute(_MAKE)
            raw.execute(_REBUILD)
            raw.execute("DELETE FROM facts WHERE account = ? AND name = ?", _STALE)
        return True

    def _made(self) -> bool:
        return bool(self._connection.value("SELECT 1 FROM sqlite_master WHERE name = 'item_words'"))

    def _stale(self) -> bool:
        return bool(self._connection.value("SELECT 1 FROM facts WHERE account = ? AND name = ?", *_STALE))


def readable(text: str) -> str:
    """`text` as the index reads it: fonts and widths folded (NFKC), runs without spaces in overlapping pairs, every
    emoji a word."""
    if text.isascii():
        return text
    return re.sub(_EMOJI, _emoji, re.sub(_RUN, _pairs, unicodedata.normalize("NFKC", text)))


def tags(account: str, kind: str, parent: str, status: str) -> str:
    """What filters look for, as the view of the index tells it."""
    return " ".join(tag(name, value) for name, value in zip("akps", (account, kind, parent, status), strict=True))


def tag(name: str, value: str) -> str:
    """One of them: `a` account, `k` kind, `p` parent, `s` status."""
    return f"{name}{value.encode(errors='replace').hex().upper()}"


def sought(words: str, phrases: Iterable[str] = ()) -> tuple[str, tuple[str, ...]]:
    """A user's words → a query for the index that finds all of them, and what no index knows (signs).

    The last word may be the beginning of one; a phrase is found as it is, word after word.  Whatever is typed, the
    query is valid; empty for no words at all.
    """
    terms, signs = [], []
    given = encodable(words).split()
    for place, word in enumerate([*given, *map(encodable, phrases)][:MAX_WORDS]):
        folded = unicodedata.normalize("NFKC", word.strip())[:MAX_LETTERS]
        term = re.sub(_EMOJI, _emoji, re.sub(_RUN, _sought_pairs, folded)).replace('"', " ").strip()
        if not any(char.isalnum() or unicodedata.category(char) == "Co" for char in term):
            signs.append(word[:MAX_LETTERS].strip())
            continue
        in_run = unspaced(folded[-1])
        beginning = in_run or (place == len(given) - 1 and len(folded) > 1)
        terms.append(f'"{term}"{"*" if beginning else ""}')
    return " AND ".join(terms), tuple(filter(None, signs))


def unspaced(char: str) -> bool:
    """Whether a character is of a script in which any part of a text is found, for it has no spaces."""
    return bool(re.match(_RUN, char))


def encodable(text: str) -> str:
    """`text` as SQLite takes it: without NUL and lone surrogates."""
    return text.replace("\0", " ").encode(errors="replace").decode()


def _pairs(run: re.Match[str]) -> str:
    """日本語 → 日本 本語 語: every character with the one after it, the last one alone."""
    found = run[0]
    return "".join(f" {found[place : place + 2]}" for place in range(len(found))) + " "


def _sought_pairs(run: re.Match[str]) -> str:
    """The same; at the end of what is sought without the last character alone, which stands where a run ends."""
    ends = run.end() == len(run.string)
    return _pairs(run)[:-2] if ends and len(run[0]) > 1 else _pairs(run)


def _emoji(found: re.Match[str]) -> str:
    """The tokenizer skips signs but not characters of private use: one of those stands for each."""
    return f" {chr(0xF0000 + (ord(found[0][0]) & 0xFFFF))} "
