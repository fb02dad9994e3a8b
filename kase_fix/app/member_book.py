"""What changes about users while the venue runs, and stays out of the journal (law 6): `DIR/members.json`.

Passwords (argon2 hashes), suspensions, and users that were added. The configuration's files are the seed: what stands
here goes before them.
"""

import datetime as dt
import os
import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec

from kase_fix.messages.configuration import User
from kase_fix.rulebook.files import ConfigurationError

FILE = "members.json"


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file."""

    passwords: dict[str, str] = {}
    """Hash by user."""
    suspended: dict[str, str] = {}
    """Reason by user."""
    since: dict[str, dt.date] = {}
    """By user the day on which his password was set, or first asked for its age."""
    added: dict[str, User] = {}
    """Users that the configuration's files do not have; they come in with the venue's next start."""


class MemberBook:
    """The file, written whole and surely with each change."""

    def __init__(self, directory: Path, seed: Mapping[str, str]) -> None:
        """Read the file, if there is one. Raises `ConfigurationError`."""
        self._path = directory / FILE
        self._seed = seed
        self._writing = threading.Lock()
        try:
            self._page = msgspec.json.decode(self._path.read_bytes(), type=Page)
        except FileNotFoundError:
            self._page = Page()
        except msgspec.DecodeError as error:
            raise ConfigurationError(str(self._path), "file", "something else", "what kase-fix wrote there") from error

    @property
    def passwords(self) -> dict[str, str]:
        """Return the hash in force by user."""
        return {**self._seed, **self._page.passwords}

    @property
    def suspended(self) -> dict[str, str]:
        """Return the reason by suspended user."""
        return dict(self._page.suspended)

    @property
    def added(self) -> dict[str, User]:
        """Return the users that were added, by name."""
        return dict(self._page.added)

    @property
    def since(self) -> dict[str, dt.date]:
        """Return the day from which a password's age counts, by user."""
        return dict(self._page.since)

    def rekey(self, user: str, password_hash: str, day: dt.date | None = None) -> None:
        """Keep a new hash, set on this day; without one its age counts from when it is asked for. Raises `OSError`."""
        with self._writing:
            since = {name: date for name, date in self._page.since.items() if name != user}
            if day is not None:
                since[user] = day
            self._change(passwords={**self._page.passwords, user: password_hash}, since=since)

    def count_from(self, day: dt.date) -> None:
        """Have the age of every password count, from this day where none is known. Raises `OSError`."""
        with self._writing:
            since = {**dict.fromkeys(self.passwords, day), **self._page.since}
            if since != self._page.since:
                self._change(since=since)

    def suspend(self, user: str, reason: str) -> None:
        """Keep that a user is suspended. Raises `OSError`."""
        with self._writing:
            self._change(suspended={**self._page.suspended, user: reason})

    def restore(self, user: str) -> None:
        """Keep that a user is suspended no more. Raises `OSError`."""
        with self._writing:
            left = {name: reason for name, reason in self._page.suspended.items() if name != user}
            self._change(suspended=left)

    def add(self, user: User, password_hash: str) -> None:
        """Keep a new user and his password. Raises `OSError`."""
        with self._writing:
            passwords = {**self._page.passwords, user.name: password_hash}
            self._change(passwords=passwords, added={**self._page.added, user.name: user})

    def _change(self, **changes: object) -> None:
        self._write(msgspec.structs.replace(self._page, **changes))

    def _write(self, page: Page) -> None:
        new = self._path.with_suffix(".new")
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, msgspec.json.format(msgspec.json.encode(page)) + b"\n")
            os.fsync(file)
        finally:
            os.close(file)
        os.replace(new, self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._page = page
