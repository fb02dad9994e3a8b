"""Who of NEXT wants to hear how instruments and boards turn: e and g with 263=1, until 263=2 or the session's end."""

from collections.abc import Iterator

import msgspec

from kase_fix.gateway.dialect.questions import Status

GREATEST = 2000
"""Subscriptions of one session: more than there are instruments and boards."""


class StatusSubscriptions:
    """The subscriptions of one service, each under its user and its SecurityStatusReqID(324) or TradSesReqID(335)."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[tuple[bool, str], Status]] = {}

    def add(self, asked: Status) -> bool:
        """Keep one, in the place of an earlier one of the same id; tell whether there was room for it."""
        of_user = self._kept.setdefault(asked.user, {})
        if _key(asked) not in of_user and len(of_user) >= GREATEST:
            return False
        of_user[_key(asked)] = asked
        return True

    def end(self, asked: Status) -> bool:
        """End the one of this id; tell whether there was one."""
        return self._kept.get(asked.user, {}).pop(_key(asked), None) is not None

    def forget(self, user: str) -> None:
        """End all of a session's."""
        self._kept.pop(user, None)

    def of_instrument(self, user: str, board: str, symbol: str) -> list[str]:
        """Return the ids under which a user wants to hear of an instrument on a board."""
        return [
            one.reference
            for one in self._kept.get(user, {}).values()
            if one.symbol == symbol and one.board in ("", board)
        ]

    def of_board(self, board: str) -> Iterator[tuple[str, str]]:
        """Iterate (user, id) of those who want to hear of a board as a whole."""
        for user, of_user in self._kept.items():
            for one in of_user.values():
                if not one.symbol and one.board in ("", board):
                    yield user, one.reference

    def on_board(self, board: str, symbols: frozenset[str]) -> Iterator[Status]:
        """Iterate those who want to hear of one of these instruments, which are a board's, each as it was asked for."""
        for of_user in self._kept.values():
            for one in of_user.values():
                if one.symbol in symbols and one.board in ("", board):
                    yield msgspec.structs.replace(one, board=board)


def _key(asked: Status) -> tuple[bool, str]:
    return bool(asked.symbol), asked.reference
