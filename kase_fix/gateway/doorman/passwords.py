"""Proof of a password: argon2 in two threads beside the loop, and a fast digest for those proven before."""

import asyncio
import hmac
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import blake2b
from typing import TypeVar

import argon2
import structlog
from argon2.exceptions import InvalidHashError, VerificationError

from kase_fix.messages.link import DoorUser

THREADS = 2
GREATEST_QUEUE = 64
GREATEST_OF_ADDRESS = 32
"""Proofs that may wait for one address: nobody can fill the queue alone."""

T = TypeVar("T")

log = structlog.get_logger()


class Busy(Exception):
    """Too many proofs wait already."""


class Passwords:
    """Proves passwords against the register's hashes, never on the loop's own thread.

    An unknown user costs what a known one with a wrong password costs: his password is held against a hash of nobody's
    made with the same parameters.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._waiting: Counter[str] = Counter()
        self._key = secrets.token_bytes(blake2b.MAX_KEY_SIZE)
        self._proven: dict[str, bytes] = {}
        self._parameters = argon2.profiles.RFC_9106_LOW_MEMORY
        self._nobody = ""
        self.processors: Set[int] = frozenset()
        """What proofs run on, that a crowd which logs on does not fill the orders' own; none: where the loop runs."""

    def imitate(self, users: Iterable[DoorUser]) -> None:
        """Make nobody's hash as expensive as the dearest of these; to be called before the first proof."""
        dearest = max(map(_parameters, users), key=lambda each: each.time_cost * each.memory_cost, default=None)
        parameters = dearest or argon2.profiles.RFC_9106_LOW_MEMORY
        if parameters != self._parameters or not self._nobody:
            self._parameters = parameters
            self._nobody = argon2.PasswordHasher.from_parameters(parameters).hash(secrets.token_bytes(32))

    async def prove(self, user: DoorUser | None, password: bytes, address: str) -> bool:
        """Is it this user's password, as someone at this address says? Raises `Busy`."""
        digest = b"" if user is None else self._digest(user, password)
        if user is not None and hmac.compare_digest(self._proven.get(user.name, b""), digest):
            return True
        if self._waiting.total() >= THREADS + GREATEST_QUEUE or self._waiting[address] >= GREATEST_OF_ADDRESS:
            raise Busy
        self._waiting[address] += 1
        hashed = self._nobody if user is None else user.password_hash
        proof = self._pool.submit(_on, self.processors, _verify, hashed, password)
        loop = asyncio.get_running_loop()
        proof.add_done_callback(lambda _: loop.call_soon_threadsafe(self._served, address))
        proven = await asyncio.wrap_future(proof)
        if user is None or not proven:
            return False
        self._proven[user.name] = digest
        return True

    async def hash(self, password: bytes, address: str) -> str:
        """Return a hash that costs what the register's do. Raises `Busy`."""
        if self._waiting.total() >= THREADS + GREATEST_QUEUE or self._waiting[address] >= GREATEST_OF_ADDRESS:
            raise Busy
        self._waiting[address] += 1
        hasher = argon2.PasswordHasher.from_parameters(self._parameters)
        work = self._pool.submit(_on, self.processors, hasher.hash, password)
        loop = asyncio.get_running_loop()
        work.add_done_callback(lambda _: loop.call_soon_threadsafe(self._served, address))
        return await asyncio.wrap_future(work)

    def _served(self, address: str) -> None:
        # Counted by the end of the work, not of the waiting: one who hangs up does not make room for the next.
        self._waiting[address] -= 1
        if not self._waiting[address]:
            del self._waiting[address]

    def _digest(self, user: DoorUser, password: bytes) -> bytes:
        # The hash is part of it, so a changed password forgets the old one. None of the parts can hold a separator.
        return blake2b(
            b"\x01".join((user.name.encode(), user.password_hash.encode(), password)), key=self._key
        ).digest()


def _on(processors: Set[int], work: Callable[..., T], *arguments: object) -> T:
    """Work on these processors, whoever has bound this thread to others since its last work."""
    if processors:
        with suppress(OSError):
            os.sched_setaffinity(0, processors)
    return work(*arguments)


def _verify(hashed: str, password: bytes) -> bool:
    try:
        return argon2.PasswordHasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _parameters(user: DoorUser) -> argon2.Parameters:
    try:
        return argon2.extract_parameters(user.password_hash)
    except InvalidHashError:
        log.warning("password hash unreadable", user=user.name)
        return argon2.profiles.CHEAPEST
