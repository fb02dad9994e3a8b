"""What an operator does with users of a running venue (`kase-fix member`): list, add, password, suspend, restore."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import structlog

from kase_fix.app.member_add import new_user
from kase_fix.app.member_book import MemberBook
from kase_fix.gateway.services import Services
from kase_fix.messages.configuration import User
from kase_fix.rulebook.files import ARGON2ID

GREATEST_REASON = 200


def listed(
    users: Mapping[str, User],
    suspended: Mapping[str, str],
    online: set[tuple[str, str]],
    added: Mapping[str, User] = MappingProxyType({}),
    ages: bool = False,
    until: Callable[[str], dt.date | None] = lambda _: None,
) -> list[dict[str, Any]]:
    """Return every user, with the services he is on; those of `added` that are no users yet come in later.

    `until` tells the last day on which a user's password holds (R-191); None: its age is not counted yet, or, where
    no password `ages`, it holds for ever.
    """
    return [
        {
            "user": user.name,
            "firm": user.firm,
            "dialect": user.dialect,
            "services": list(user.services),
            "online": [service for service in user.services if (user.name, service) in online],
            "suspended": suspended.get(user.name),
            "title": user.title,
            "pending": user.name not in users,
            "password_ages": ages,
            "password_until": day.isoformat() if (day := until(user.name)) is not None else None,
        }
        for user in {**added, **users}.values()
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

    def __init__(
        self,
        book: MemberBook,
        services: Services,
        tell_the_door: Callable[[], None],
        today: Callable[[], dt.date] | None = None,
        days: int = 0,
    ) -> None:
        """`tell_the_door` has the doorman know the book as it is now.

        A password holds for `days` of the dates of `today` behind that on which it was set; 0: for ever. Raises
        `OSError`.
        """
        self._book = book
        self._today = today if days else None
        self._days = dt.timedelta(days=days)
        if self._today is not None:
            book.count_from(self._today())
        self._services = services
        self._tell_the_door = tell_the_door
        self._logger = structlog.get_logger("members")
        services.suspended = book.suspended
        services.expired = self.expired

    def password_until(self, user: str) -> dt.date | None:
        """Return the last day on which a user's password holds; None: it does not age."""
        since = self._book.since.get(user)
        return None if self._today is None or since is None else since + self._days

    def expired(self, user: str) -> bool:
        """Tell whether a user's password holds no more (R-191)."""
        until = self.password_until(user)
        return self._today is not None and until is not None and self._today() > until

    def rekey(self, user: str, password_hash: str) -> bool:
        """Have a new password hold; tell whether it does."""
        try:
            self._book.rekey(user, password_hash, None if self._today is None else self._today())
        except OSError:
            self._logger.exception("a password could not be kept", user=user)
            return False
        self._tell_the_door()
        return True

    def order(self, words: Mapping[str, str]) -> dict[str, Any]:
        """Carry out `action` on `user` and return who is what by then. Raises `ValueError`."""
        action, name = words.get("action", "list"), words.get("user", "")
        if action not in ("list", "add") and name not in self._services.users:
            waits = " yet: he comes in with the venue's next start" if name in self._book.added else ""
            raise ValueError(f"there is no user {name}{waits}")
        if action == "add":
            register = {**self._book.added, **self._services.users}
            self._book.add(new_user(words, register), hash_of(words))
            if self._today is not None:
                self._book.count_from(self._today())
        elif action == "password":
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
        ages = self._today is not None
        rows = listed(self._services.users, self._book.suspended, online, self._book.added, ages, self.password_until)
        return {"members": rows}
