"""Portraits: folds of the day's events as they were behind one command, so that a start need not read the whole day.

A portrait is never more than a shortcut. It is left aside unless it is whole (a hash), of this very program and this
journal, and behind a command that brought about just these events; then the past is read instead, and it is said why.
Small folds are pickled; what is read back is held to our own classes and plain data.
"""

import hashlib
import io
import os
import pickle
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import structlog

import kase_fix
from kase_fix.gateway.past import Past
from kase_fix.messages.codec import encode_published
from kase_fix.messages.events import Published

FOLDER = "portraits"
MAGIC = b"KASEPOR1"
HASH = 16
EVERY = 25_000
PART = 20
"""A portrait is drawn behind so many commands, or behind one part in so many of the day's where that is more."""
PLAIN = {
    "array": {"array", "_array_reconstructor"},
    "builtins": {"set", "frozenset"},
    "collections": {"Counter", "OrderedDict", "defaultdict", "deque"},
    "datetime": {"date", "time", "timedelta"},
}
"""What a pickle may name beside our own classes and those of sorted containers."""
OURS = ("kase_fix.", "sortedcontainers.")
MESSAGES = "kase_fix.messages."


class Portrait(msgspec.Struct, frozen=True, array_like=True):
    """One file."""

    program: bytes
    journal: bytes
    """The journal's identity."""
    number: int
    """The last command that was taken in."""
    check: bytes
    """Hash of its events."""
    body: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Portrait)


class Album:
    """The portraits of one venue, by name; the latest of each."""

    def __init__(self, directory: Path, journal: bytes) -> None:
        """Keep them in a data directory, for the journal with this identity."""
        self._directory = directory / FOLDER
        self._journal = journal
        self._writing: dict[str, threading.Thread] = {}
        self._logger = structlog.get_logger("portraits")

    def keep(self, name: str, published: Published, body: bytes) -> bool:
        """Keep a portrait drawn behind a command, whole or not at all; where that fails the next start takes longer."""
        payload = _encoder.encode(Portrait(program(), self._journal, published.number, _check(published), body))
        path = self._path(name)
        new = path.with_suffix(".new")
        try:
            path.parent.mkdir(exist_ok=True)
            with new.open("wb") as file:
                file.write(MAGIC + _hash(payload))
                file.write(payload)
                file.flush()
                os.fsync(file.fileno())
            new.rename(path)
        except OSError as error:
            self._logger.warning("a portrait could not be kept; the next start takes longer", error=repr(error))
            return False
        return True

    def keep_soon(self, name: str, published: Published, body: Callable[[], bytes]) -> None:
        """Keep what `body` returns, called in a thread that has time for it."""
        self._writing[name] = threading.Thread(
            target=lambda: self.keep(name, published, body()), name=f"{name}-portrait", daemon=True
        )
        self._writing[name].start()

    def is_busy(self, name: str) -> bool:
        """Tell whether a portrait of this name is being kept."""
        return name in self._writing and self._writing[name].is_alive()

    def finish(self) -> None:
        """Wait until all is kept."""
        for thread in list(self._writing.values()):
            thread.join()

    def find(self, name: str, past: Past) -> Portrait | None:
        """Return a portrait that agrees with the past; None where there is none."""
        portrait = self.read(name)
        if portrait is None:
            return None
        there = past.today(portrait.number)  # behind yesterday's there is more of yesterday, which nobody would tell
        if there is not None and _check(there) == portrait.check:
            return portrait
        self._left_aside(name, "it is of another day")
        return None

    def read(self, name: str) -> Portrait | None:
        """Return a portrait that is whole, of this program and of this journal; None where there is none."""
        path = self._path(name)
        if not path.exists():
            return None
        portrait, reason = _read(path)
        if portrait is not None and portrait.journal == self._journal:
            return portrait
        self._left_aside(name, reason or "it is of another journal")
        return None

    def forget(self, name: str) -> None:
        """Delete a portrait."""
        self._path(name).unlink(missing_ok=True)

    def _left_aside(self, name: str, reason: str) -> None:
        self._logger.warning("a portrait is left aside: the day is read instead", name=name, reason=reason)

    def _path(self, name: str) -> Path:
        return self._directory / f"{name}.portrait"


class Painter:
    """Says when the portraits of one fold are drawn."""

    def __init__(self, album: Album, name: str) -> None:
        self._album = album
        self._name = name
        self._first = self._drawn = 0

    def begin(self, first: int) -> None:
        """Begin a day with this command."""
        self._first = self._drawn = first

    def goes_on(self, drawn: int) -> None:
        """Count from a portrait drawn behind this command."""
        self._drawn = drawn

    def is_due(self, number: int) -> bool:
        """Tell whether a portrait is to be drawn behind this command."""
        if number - self._drawn < max(EVERY, (number - self._first) // PART):
            return False
        return not self._album.is_busy(self._name)

    def draw(self, published: Published, body: Callable[[], bytes]) -> None:
        """Keep what `body` returns as the portrait behind a command."""
        self._drawn = published.number
        self._album.keep_soon(self._name, published, body)


def freeze(folds: object) -> bytes:
    """Return folds as bytes."""
    data = io.BytesIO()
    _Pickler(data, protocol=5).dump(folds)
    return data.getvalue()


def thaw(data: bytes) -> Any:
    """Return the folds again. Raises `pickle.UnpicklingError` and whatever else bytes that are none may lead to."""
    return _Unpickler(io.BytesIO(data)).load()


@cache
def program() -> bytes:
    """Return 16 bytes that tell this program from another: a fold's form is nobody else's business."""
    digest = hashlib.blake2b(digest_size=HASH)
    root = Path(kase_fix.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(f"\0{path.relative_to(root).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.digest()


class _Pickler(pickle.Pickler):
    """Writes messages in their own form: a configuration takes milliseconds and not half a second."""

    def reducer_override(self, it: Any) -> Any:
        if isinstance(it, msgspec.Struct) and type(it).__module__.startswith(MESSAGES):
            return message, (type(it), msgspec.msgpack.encode(it))
        return NotImplemented


def message(kind: type, data: bytes) -> Any:
    """Return a message that `freeze` has written."""
    return msgspec.msgpack.decode(data, type=kind)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.startswith(OURS) or name in PLAIN.get(module, ()):
            found = super().find_class(module, name)
            if isinstance(found, type) or module == "array" or found is message:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not what a fold is made of")


def _read(path: Path) -> tuple[Portrait | None, str]:
    """Return a portrait, or why it is none of ours."""
    try:
        data = path.read_bytes()
        payload = memoryview(data)[len(MAGIC) + HASH :]
        if data[: len(MAGIC)] != MAGIC:
            return None, "it has another form"
        if _hash(payload) != data[len(MAGIC) : len(MAGIC) + HASH]:
            return None, "it is not whole"
        portrait = _decoder.decode(payload)
    except (OSError, msgspec.DecodeError) as error:
        return None, repr(error)
    return (portrait, "") if portrait.program == program() else (None, "it is another program's")


def _check(published: Published) -> bytes:
    return _hash(encode_published(published))


def _hash(data: bytes | memoryview) -> bytes:
    return hashlib.blake2b(data, digest_size=HASH).digest()
