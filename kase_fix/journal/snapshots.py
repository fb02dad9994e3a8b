"""Snapshots: files beside the journal that spare a start most of the replay. Any of them may be lost or damaged.

Each has a state whole, and of what grows all day (names, deals kept) only what came since the one before, which it
names by number and hash; for the day's events it vouches in their file (`day_file`). A chain begins with the
operational day; a start takes the longest sound one that belongs to this journal and this program. What is not sound
costs time, never truth: the commands after it are replayed, and held against the journal's proofs.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

import kase_fix
from kase_fix.engine import RULES_VERSION
from kase_fix.journal.day_file import Vouched

FOLDER = "snapshots"
ENDING = ".snapshot"
MAGIC = b"KASESNP3"
HASH = 16
ROOMS = ("values", "messages", "rulebook", "calendar", "schedule", "matching", "clearing", "engine", "journal")
"""What a snapshot's meaning depends on."""


class Snapshot(msgspec.Struct, frozen=True, array_like=True):
    """The state after command `number`, and what goes with it."""

    program: bytes
    journal: bytes
    """The journal's identity."""
    before: int
    """Number of the snapshot before this one in its chain; 0: it begins one."""
    link: bytes
    """Hash of that file; empty where there is none."""
    number: int
    time: int
    """Moment of that command, nanoseconds UTC."""
    offset: int
    """Where the group of that command begins in the journal."""
    first: int
    """Number of that group's first command."""
    running: bytes
    """The running hash after that command."""
    checks: bytes
    """The checks of the group's commands up to that one."""
    state: bytes
    """`engine.snapshot.Mark.bytes`."""
    sequence: bytes
    """`engine.snapshot.Mark.sequence`."""
    configuration: bytes
    market: bytes
    tables: bytes
    """What the mark's tables gained since the snapshot before (`engine.revival`)."""
    base: bytes
    """The events of the configuration that the day's first event met."""
    latest: bytes
    """Those of the configuration in force."""
    events: Vouched
    """What the file of the day's events has up to that command."""


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Snapshot)


class Chain(msgspec.Struct):
    """The snapshots of one day, the first one first."""

    links: list[Snapshot]
    hash: bytes
    """That of the last one's file."""

    @property
    def last(self) -> Snapshot:
        """Return the one a start goes on from."""
        return self.links[-1]


@cache
def program() -> bytes:
    """Return 16 bytes that tell this program's rules and formats from those of another."""
    digest = hashlib.blake2b(f"{RULES_VERSION}".encode(), digest_size=16)
    root = Path(kase_fix.__file__).parent
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            digest.update(f"\0{path.relative_to(root).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.digest()


def path_of(directory: Path, number: int) -> Path:
    """Return the file of the snapshot after a command."""
    return directory / FOLDER / f"{number:015d}{ENDING}"


def write(directory: Path, snapshot: Snapshot) -> bytes:
    """Write a snapshot, whole or not at all, and return its file's hash. Raises `OSError`."""
    payload = _encoder.encode(snapshot)
    digest = _hash(payload)
    path = path_of(directory, snapshot.number)
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        view = memoryview(MAGIC + digest + payload)
        while view:
            view = view[os.write(file, view) :]
        os.fsync(file)
    finally:
        os.close(file)
    new.rename(path)
    return digest


def read(path: Path) -> tuple[Snapshot, bytes] | None:
    """Return a snapshot and its hash; None where the file is not sound or is another program's."""
    try:
        data = path.read_bytes()
        payload = memoryview(data)[len(MAGIC) + HASH :]
        digest = data[len(MAGIC) : len(MAGIC) + HASH]
        if data[: len(MAGIC)] != MAGIC or _hash(payload) != digest:
            return None
        snapshot = _decoder.decode(payload)
    except (OSError, msgspec.DecodeError):
        return None
    return (snapshot, digest) if snapshot.program == program() else None


def numbers(directory: Path) -> list[int]:
    """Return the numbers of the snapshots that have a file, ascending."""
    names = [path.stem for path in (directory / FOLDER).glob(f"*{ENDING}")]
    return sorted(int(name) for name in names if name.isdecimal())


def chains(directory: Path, journal: bytes) -> Iterator[Chain]:
    """Iterate the sound chains that belong to a journal, the one that reaches furthest first."""
    sound: dict[int, tuple[Snapshot, bytes]] = {}
    for number in numbers(directory):
        found = read(path_of(directory, number))
        if found is not None and found[0].journal == journal and found[0].number == number:
            sound[number] = found
    for number in reversed(sound):
        links: list[Snapshot] = []
        here: tuple[Snapshot, bytes] | None = sound[number]
        while here is not None:
            links.append(here[0])
            if not here[0].before:
                yield Chain(links[::-1], sound[number][1])
                break
            link = here[0].link
            here = sound.get(here[0].before)
            if here is not None and here[1] != link:
                here = None


def forget(directory: Path, keep: frozenset[int]) -> None:
    """Delete the files of all other snapshots, and of those half written."""
    kept = {path_of(directory, number) for number in keep}
    for path in (directory / FOLDER).glob("*"):
        if path not in kept and path.suffix in (ENDING, ".new"):
            with contextlib.suppress(OSError):
                path.unlink()


def _hash(payload: bytes | memoryview) -> bytes:
    return hashlib.blake2b(payload, digest_size=HASH).digest()
