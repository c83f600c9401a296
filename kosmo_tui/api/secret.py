"""A token that cannot be printed by accident."""

from __future__ import annotations

from typing import NoReturn

from kosmo_tui.api.errors import TokenError


class Secret:
    """A token.  `repr`, `str` and f-strings show a placeholder, pickling is refused; only `reveal()` gives it away.

    Raises TokenError for a text that cannot be a token: empty, or with anything but printable ASCII.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        if not value:
            raise TokenError("the token is empty")
        if not all("!" <= char <= "~" for char in value):
            raise TokenError(
                "the token holds a blank, a line break or a character that is not ASCII",
                hint="a token is one unbroken run of letters, digits and signs: copy it again, nothing around it",
            )
        self.__value = value

    def reveal(self) -> str:
        """The token itself, for the Authorization header."""
        return self.__value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled")
