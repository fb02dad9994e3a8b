"""The settings of the processes: ports, hosts, the console's token. What touches the market is read in `rulebook`."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from kase_fix.app.gateway_settings import Gateway, check
from kase_fix.rulebook.files import ConfigurationError

FILE = "venue.toml"
PACKAGE_COPY = Path(__file__).parent.parent / "cfg"
CHECKOUT = Path(__file__).parent.parent.parent / "cfg"


class Console(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The operator's HTTP interface."""

    host: str = "127.0.0.1"
    port: int = 8080
    token: str = "rehearsal"


class Depository(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How messages go to the Central Depository and back (art. 5 p. 4)."""

    mode: str = ""
    """`simulated` (in rehearsal only) or `files`; empty: simulated in rehearsal, files otherwise."""
    inbox: str = ""
    """Directories; empty: `depository/inbox` and `depository/outbox` of the data directory."""
    outbox: str = ""
    key: str = ""
    """The file with the secret that both sides sign with."""
    poll_seconds: float = 1.0


class Processors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who has which of the machine's processors (`app.processors`)."""

    beside: int | None = None
    """Cores that FIX-MD and the console have, and the orders have not; None: one, or two of eight; 0: all share all."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of the venue's processes."""

    gateway: Gateway = Gateway()
    console: Console = Console()
    depository: Depository = Depository()
    processors: Processors = Processors()


def configuration_directory(given: str | None) -> Path:
    """Return the directory of `--cfg`, else ./cfg where it is, else our copy. Raises `ConfigurationError`."""
    if given is not None:
        if not Path(given).is_dir():
            raise ConfigurationError("--cfg", "directory", given, "a directory with the configuration files")
        return Path(given)
    for directory in (Path("cfg"), PACKAGE_COPY, CHECKOUT):
        if (directory / FILE).exists():
            return directory
    raise ConfigurationError("--cfg", "directory", "none", "./cfg or the copy that comes with the package")


def split_overrides(texts: list[str]) -> dict[str, str]:
    """Return `--set KEY=VALUE` texts as a map. Raises `ConfigurationError`."""
    overrides = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise ConfigurationError("--set", text, text, "KEY=VALUE")
        overrides[key] = value
    return overrides


def load_settings(directory: Path, overrides: Mapping[str, str]) -> Settings:
    """Return the settings of `venue.toml` with the overrides. Raises `ConfigurationError`."""
    path = directory / FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except UnicodeDecodeError as error:
        raise ConfigurationError(str(path), f"(byte {error.start})", "bytes that are no UTF-8", "UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(str(path), "file", str(error), "TOML") from error
    _convert(raw, str(path), raw)
    for key, value in overrides.items():
        *parents, last = key.split(".")
        table = raw
        for parent in parents:
            table = table.setdefault(parent, {})
            if not isinstance(table, dict):
                raise ConfigurationError("--set", key, f"{parent} is no table", "a key of venue.toml")
        table[last] = value
    return _convert(raw, "--set" if overrides else str(path), raw)


def _convert(raw: Mapping[str, object], file: str, found_in: Mapping[str, object]) -> Settings:
    try:
        settings = msgspec.convert(raw, Settings, strict=False)
    except msgspec.ValidationError as error:
        text = str(error)
        place = re.search(r"at `\$\.?([^`]*)`", text)
        key = place.group(1) if place else ""
        unknown = re.search(r"unknown field `([^`]*)`", text)
        if unknown:
            key = f"{key}.{unknown.group(1)}".strip(".")
            raise ConfigurationError(file, key, "an unknown key", "a key of venue.toml") from error
        expected = re.search(r"Expected `([^`]*)`", text)
        wanted = expected.group(1).removesuffix(" | null") if expected else text  # TOML knows no null
        raise ConfigurationError(file, key, _value(found_in, key), wanted) from error
    check(settings.gateway, file)
    if not 0 <= settings.console.port <= 65535:
        raise ConfigurationError(file, "console.port", str(settings.console.port), "0 to 65535")
    if (settings.processors.beside or 0) < 0:
        raise ConfigurationError(file, "processors.beside", str(settings.processors.beside), "0 or more")
    if settings.depository.mode not in ("", "simulated", "files"):
        raise ConfigurationError(file, "depository.mode", f'"{settings.depository.mode}"', '"simulated" or "files"')
    if not 0 < settings.depository.poll_seconds <= 60:
        found = str(settings.depository.poll_seconds)
        raise ConfigurationError(file, "depository.poll_seconds", found, "more than 0, 60 at most")
    return settings


def _value(raw: object, key: str) -> str:
    for part in key.split("."):
        raw = raw.get(part) if isinstance(raw, dict) else None
    return repr(raw)
