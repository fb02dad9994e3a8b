"""`kase-fix member ACTION`: users of a running venue through its console, of a stopped one in its directory."""

import datetime as dt
import getpass
import json
import os
import secrets
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import argon2

from kase_fix.app.member_add import new_user
from kase_fix.app.member_book import MemberBook
from kase_fix.app.members import listed, reason_of
from kase_fix.app.operator import PATIENCE, REFUSED, REHEARSAL_TOKEN, TOKEN_VARIABLE, USUAL_CONSOLE, WRONG
from kase_fix.app.settings import configuration_directory, load_settings
from kase_fix.gateway.doorman.new_password import weakness
from kase_fix.journal.writing import DirectoryLock, DirectoryLocked
from kase_fix.rulebook.files import load_market, load_passwords

GENERATED_BYTES = 15


def member(
    action: str,
    user: str,
    reason: str,
    data: str | None,
    cfg: str | None,
    console: str | None,
    token: str | None,
    new: Mapping[str, str] = MappingProxyType({}),
    generate: bool = False,
) -> int:
    """Carry it out and print the register, or the user's line; return 0, 1 where it was refused, 2 if typed wrong.

    `new` is what is said of a user to be added; with `generate` his password is made here and shown once.

    Raises `ConfigurationError`.
    """
    words = {"action": action, "user": user, **new}
    password = secrets.token_urlsafe(GENERATED_BYTES) if generate else None
    try:
        if action == "suspend":
            words["reason"] = reason
            reason_of(words)
        elif action in ("password", "add"):
            words["hash"] = _hash(user, password)
    except ValueError as error:
        print(f"kase-fix: {error}", file=sys.stderr)
        return WRONG
    try:
        rows = _stopped(words, Path(data), cfg) if data is not None else _running(words, console, token)
    except (ValueError, OSError, DirectoryLocked) as error:
        print(f"kase-fix: {error}", file=sys.stderr)
        return REFUSED
    for row in rows:
        if user in ("", row["user"]):
            print(_line(row))
    if action == "add":
        if password is not None:
            print(f"password: {password}")
        print(f"{user} can log on from the venue's next start on")
    return 0


def _hash(user: str, made: str | None = None) -> str:
    """Ask for a new password, if none was made, and return its hash. Raises `ValueError` for a weak one."""
    typed = made is None and sys.stdin.isatty()
    given = made or (getpass.getpass("New password: ") if typed else sys.stdin.readline().rstrip("\n"))
    if weak := weakness(given, "", user):
        raise ValueError(weak)
    return argon2.PasswordHasher().hash(given)


def _stopped(words: dict[str, str], directory: Path, cfg: str | None) -> list[dict[str, object]]:
    """Change the book of a directory that no venue uses. Raises `ValueError`, `OSError`, `DirectoryLocked`."""
    files = configuration_directory(cfg)
    users = {user.name: user for user in load_market(files).users}
    name = words["user"]
    lock = DirectoryLock(directory, 0.5)
    try:
        book = MemberBook(directory, load_passwords(files))
        users = {**book.added, **users}  # they come in at the start, and none is running
        if words["action"] == "add":
            book.add(new_user(words, users), words["hash"])
            users = {**book.added, **users}
        elif words["action"] != "list" and name not in users:
            raise ValueError(f"there is no user {name}")
        elif words["action"] == "password":
            book.rekey(name, words["hash"])
        elif words["action"] == "suspend":
            book.suspend(name, words["reason"])
        elif words["action"] == "restore":
            book.restore(name)
        days = dt.timedelta(days=load_settings(files, {}).gateway.passwords.days)
        since = book.since

        def until(user: str) -> dt.date | None:
            return since[user] + days if days and user in since else None

        return listed(users, book.suspended, set(), ages=bool(days), until=until)
    finally:
        lock.release()


def _running(words: dict[str, str], console: str | None, token: str | None) -> list[dict[str, object]]:
    """Have a venue do it. Raises `ValueError`, `OSError`."""
    url = f"{(console or USUAL_CONSOLE).rstrip('/')}/api/members"
    headers = {
        "Authorization": f"Bearer {token or os.environ.get(TOKEN_VARIABLE) or REHEARSAL_TOKEN}",
        "Content-Type": "application/json",
    }
    try:
        asked = urllib.request.Request(url, json.dumps(words).encode(), headers)
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            rows: list[dict[str, object]] = json.loads(answer.read())["members"]
            return rows
    except urllib.error.HTTPError as error:
        try:
            raise ValueError(json.loads(error.read())["detail"]) from None
        except (KeyError, TypeError, json.JSONDecodeError):
            raise ValueError(f"{url}: {error}") from None


def _line(row: dict[str, object]) -> str:
    services = ",".join(
        f"{service}{'*' if service in _texts(row['online']) else ''}" for service in _texts(row["services"])
    )
    suspended = f"suspended: {row['suspended']}" if row["suspended"] is not None else ""
    waits = " (from the next start on)" if row.get("pending") else ""
    about = f"{row['user']:<10} {row['firm']:<10} {row['dialect']:<6} {services:<10} {_password(row):<17}"
    return f"{about} {suspended or row['title']}{waits}"


def _password(row: Mapping[str, object]) -> str:
    """Return the last day on which the password holds (R-191), if there is one."""
    if not row.get("password_ages"):
        return "never ages"
    until = row.get("password_until")
    return f"until {until}" if until else "from next start"


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
