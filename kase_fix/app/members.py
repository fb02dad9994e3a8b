"""What an operator does with users of a running venue (`kase-fix member`): list, password, suspend, restore."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from kase_fix.app.member_book import MemberBook
from kase_fix.gateway.services import Services
from kase_fix.messages.configuration import User
from kase_fix.rulebook.files import ARGON2ID

GREATEST_REASON = 200


def listed(
    users: Mapping[str, User], suspended: Mapping[str, str], online: set[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Return every user, with the services he is on."""
    return [
        {
            "user": user.name,
            "firm": user.firm,
            "dialect": user.dialect,
            "services": list(user.services),
            "online": [service for service in user.services if (user.name, service) in online],
            "suspended": suspended.get(user.name),
            "title": user.title,
        }
        for user in users.values()
    ]


def reason_of(words: Mapping[str, str]) -> str:
    """Return the reason of a suspension: one line that a Logout can carry. Raises `ValueError`."""
    reason = words.get("reason", "")
    if not (0 < len(reason) <= GREATEST_REASON and reason.isascii() and reason.isprintable()):
        raise ValueError(f"a suspension has a reason of 1 to {GREATEST_REASON} printable characters of ASCII")
    return reason


def hash_of(words: Mapping[str, str]) -> str:
    """Return the argon2id hash of a new password. Raises `ValueError`; what was given is not shown."""
    if not re.fullmatch(ARGON2ID, words.get("hash", "")):
        raise ValueError("a password is given as its argon2id hash")
    return words["hash"]


class Members:
    """The users of a running venue."""

    def __init__(self, book: MemberBook, services: Services, tell_the_door: Callable[[], None]) -> None:
        """`tell_the_door` has the doorman know the book as it is now."""
        self._book = book
        self._services = services
        self._tell_the_door = tell_the_door
        self._logger = structlog.get_logger("members")
        services.suspended = book.suspended

    def rekey(self, user: str, password_hash: str) -> bool:
        """Have a new password hold; tell whether it does."""
        try:
            self._book.rekey(user, password_hash)
        except OSError:
            self._logger.exception("a password could not be kept", user=user)
            return False
        self._tell_the_door()
        return True

    def order(self, words: Mapping[str, str]) -> dict[str, Any]:
        """Carry out `action` on `user` and return who is what by then. Raises `ValueError`."""
        action, name = words.get("action", "list"), words.get("user", "")
        if action != "list" and name not in self._services.users:
            raise ValueError(f"there is no user {name}")
        if action == "password":
            if not self.rekey(name, hash_of(words)):
                raise ValueError("the password could not be kept")
        elif action == "suspend":
            reason = reason_of(words)
            self._book.suspend(name, reason)
            self._services.suspended = self._book.suspended
            self._services.send_away(name, reason)
        elif action == "restore":
            self._book.restore(name)
            self._services.suspended = self._book.suspended
        elif action != "list":
            raise ValueError(f"there is no action {action}")
        if action != "list":
            self._logger.info("member", action=action, user=name, reason=words.get("reason", ""))
        online = {(str(one["user"]), str(one["service"])) for one in self._services.sessions() if one["logged_on"]}
        return {"members": listed(self._services.users, self._book.suspended, online)}
