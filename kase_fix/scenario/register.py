"""Who speaks which dialect: the exchange's member register, as far as a story must know it."""

import functools
import importlib.resources
import tomllib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

NEXT_USERS = frozenset({"ROB02", "ROB04", "ROB06", "VENDOR2"})
"""Users of the rehearsal register with the NEXT dialect, beside those whose names are digits."""


def _entries(table: Any) -> Iterator[tuple[str, str]]:
    if isinstance(table, list):
        for row in table:
            yield from _entries(row)
    elif isinstance(table, dict):
        if isinstance(table.get("name"), str) and isinstance(table.get("dialect"), str):
            yield table["name"], table["dialect"]
        for name, inner in table.items():
            if isinstance(inner, dict) and isinstance(inner.get("dialect"), str) and "name" not in inner:
                yield name, inner["dialect"]
            yield from _entries(inner)


def _places() -> list[Path | Traversable]:
    return [Path("cfg") / "members.toml", importlib.resources.files("kase_fix") / "cfg" / "members.toml"]


@functools.cache
def registered() -> dict[str, str]:
    """Return the dialects the register in `cfg/` gives, by user; nothing where there is no register."""
    for place in _places():
        if place.is_file():
            return dict(_entries(tomllib.loads(place.read_text(encoding="utf-8"))))
    return {}


def dialect_of(user: str) -> str:
    """Return `FIX44` or `NEXT`: what the register says, else what the rehearsal register's names say."""
    if (dialect := registered().get(user)) is not None:
        return dialect
    return "NEXT" if user.isdigit() or user in NEXT_USERS else "FIX44"
