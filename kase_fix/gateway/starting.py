"""The day so far, taken in at a start: from a portrait and what came after it where there is one, else all of it."""

from collections.abc import Mapping
from typing import Protocol

import structlog

from kase_fix.gateway.past import Past, Stretch
from kase_fix.gateway.portraits import Album, Portrait
from kase_fix.messages.events import Published


class Fold(Protocol):
    """Something that is made of the day's events."""

    @property
    def needs_all(self) -> bool:
        """Tell whether no portrait will do."""

    def take_in(self, published: Published) -> None:
        """Take in a command's events of the day so far."""

    def take_general(self, published: Published) -> None:
        """Take in what of them concerns more than single orders: the rest is in the portrait that follows."""

    def restore(self, body: bytes, number: int) -> None:
        """Go on from a portrait drawn behind a command. Raises where it is none, and is then as before."""


def take_in(past: Past, history: Stretch, folds: Mapping[str, Fold], album: Album | None) -> None:
    """Have all folds take in the day so far, which is `history`; each may have a portrait of its name."""
    begun = {name: _recalled(past, history, name, fold, album) for name, fold in folds.items()}
    first = min(begun.values())
    for published in history.after(first) if first else history:
        for name, fold in folds.items():
            if published.number > begun[name]:
                fold.take_in(published)


def _recalled(past: Past, history: Stretch, name: str, fold: Fold, album: Album | None) -> int:
    """Return the command up to which a portrait has brought a fold; 0: there was none."""
    portrait: Portrait | None = None if album is None or fold.needs_all else album.find(name, past)
    if portrait is None:
        return 0
    for published in history.general(portrait.number):
        fold.take_general(published)
    try:
        fold.restore(portrait.body, portrait.number)
    except Exception:
        structlog.get_logger("portraits").exception("a portrait is left aside: the day is read instead", name=name)
        return 0
    return portrait.number
