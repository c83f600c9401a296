"""The file of the store and its folder: for their owner alone."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

from kosmo_tui.store.errors import StoreError


def rescued(path: Path) -> Path:
    """Where the store that replaces a damaged one at `path` waits, once nothing is missing in it."""
    return Path(f"{path}.rescued")


def prepare(path: Path) -> None:
    """Make the file at `path` (0600, empty) and its folder (0700), and refuse what others could read or exchange.

    Raises StoreError for a symbolic link, a file of somebody else, one open to others, a folder others can write to,
    and when there is no way to make them.
    """
    folder = path.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _judge_folder(folder)
        # The file itself is opened, not what a link leads to; what is there stays as it is.
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        number = os.open(path, flags, 0o600)
        try:
            _judge(path, os.fstat(number))
        finally:
            os.close(number)
    except OSError as error:
        if path.is_symlink():
            raise StoreError(
                f"{path} is a symbolic link, so it cannot be told who reads the drafts",
                f"put the file itself there: {_shell('mv', path.resolve(), path)}",
            ) from None
        raise StoreError(
            f"{path} cannot be opened for writing: {error.strerror}",
            f"make {folder} a folder that you can write to, or name another one with KOSMO_STATE_DIR",
        ) from None


def judge(path: Path) -> None:
    """Refuse a file at `path` that is a link, somebody else's or open to others.  Raises StoreError."""
    try:
        _judge(path, path.lstat())
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from None


def has_content(path: Path) -> bool:
    """Whether there is a file with something in it; another kosmo may remove it at any time."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def _judge_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    found = folder.stat()
    if found.st_mode & 0o022:
        raise StoreError(f"others can exchange the files in {folder}", _shell("chmod", "700", folder))
    if found.st_mode & 0o077 and found.st_uid == os.geteuid():
        folder.chmod(0o700)


def _judge(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(f"{path} is not a file", "move it away")
    if os.name != "posix":
        return
    if found.st_uid != os.geteuid():
        raise StoreError(f"{path} belongs to somebody else", _shell("sudo", "chown", os.geteuid(), path))
    if found.st_mode & 0o077:
        mode = stat.S_IMODE(found.st_mode)
        raise StoreError(f"others can read {path} (mode {mode:03o})", _shell("chmod", "600", path))


def _shell(*words: object) -> str:
    return shlex.join(str(word) for word in words)
