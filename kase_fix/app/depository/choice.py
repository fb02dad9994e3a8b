"""Which adapter carries the messages with the Central Depository: by the configuration, checked before the start."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from kase_fix.app.depository.files import Files
from kase_fix.app.depository.port import Depository
from kase_fix.app.depository.simulated import Simulated
from kase_fix.app.settings import Depository as Wished
from kase_fix.engine.state import State
from kase_fix.rulebook.files import ConfigurationError

LEAST_KEY = 32
"""Bytes of the secret both sides sign with."""
ORDERS = "orders.json"


class Carrier(msgspec.Struct, frozen=True):
    """What was chosen."""

    directory: Path
    """Where the adapter keeps what it has to."""
    inbox: Path | None = None
    """None: the depository is simulated."""
    outbox: Path | None = None
    key: bytes = b""
    poll_seconds: float = 1.0


def choose(wished: Wished, rehearsal: bool, data: Path, file: str) -> Carrier:
    """Return what the configuration asks for: a rehearsal's is simulated unless said, all others carry files.

    `file` is where the configuration stands. Nothing is created. Raises `ConfigurationError`.
    """
    directory = data / "depository"
    mode = wished.mode or ("simulated" if rehearsal else "files")
    if mode == "simulated":
        if not rehearsal:
            raise ConfigurationError(file, "depository.mode", '"simulated"', '"files", or a venue in --rehearsal')
        return Carrier(directory)
    if not wished.key:
        raise ConfigurationError(
            file, "depository.key", "none", "a file with the key the depository signs with, or a venue in --rehearsal"
        )
    try:
        key = Path(wished.key).read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(file, "depository.key", error.strerror or "an error", "a file with the key") from error
    if len(key) < LEAST_KEY:
        raise ConfigurationError(file, "depository.key", f"{len(key)} bytes", f"{LEAST_KEY} bytes or more")
    inbox, outbox = (Path(given) if given else directory / name for name, given in _folders(wished))
    for name, folder in (("inbox", inbox), ("outbox", outbox)):
        if folder.exists() and not folder.is_dir():
            raise ConfigurationError(file, f"depository.{name}", str(folder), "a directory")
    if inbox.absolute() == outbox.absolute():
        raise ConfigurationError(file, "depository.outbox", str(outbox), "another directory than the inbox")
    return Carrier(directory, inbox, outbox, key, wished.poll_seconds)


def depository(carrier: Carrier, look: Callable[[], State]) -> Depository:
    """Return the adapter; `look` shows the engine's state to the one that answers by itself."""
    if carrier.inbox is None or carrier.outbox is None:
        return Simulated(look, carrier.directory / ORDERS)
    return Files(carrier.inbox, carrier.outbox, carrier.key, carrier.poll_seconds)


def _folders(wished: Wished) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("inbox", wished.inbox), ("outbox", wished.outbox)
