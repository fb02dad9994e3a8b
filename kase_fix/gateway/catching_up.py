"""Those who come back hear what they have missed: the stretch of the past they were not told is gone through again.

A little at a time, so that one who missed a whole day holds up nobody. Reports have the words they would have had at
their moment.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import NamedTuple

from kase_fix.gateway.cursor import Position
from kase_fix.gateway.dialect.delivery import recipients
from kase_fix.gateway.outboxes import Outboxes
from kase_fix.gateway.past import Past
from kase_fix.gateway.scene import Scene
from kase_fix.messages.concern import OF_ORDERS
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.events import Event, Published

SEEN, GIVEN = 1000, 50
"""Commands gone through and reports given at a time: some milliseconds."""


class Teller(NamedTuple):
    """A service whose users hear of what concerns some members."""

    outboxes: Outboxes
    members: Mapping[str, Collection[str]]
    """By user: whose reports he gets."""
    worded: Callable[[str, str, Position, int, Event, Scene], str]
    """Words for a user a member's report on an event of a moment, in a scene."""


class CatchingUp:
    """Used by the reports' thread alone."""

    def __init__(self, past: Past, present: Scene) -> None:
        """`present` is the scene as of the last command taken in."""
        self._past = past
        self._present = present
        self._scenes: dict[tuple[int, str], Scene] = {}
        """Of those who have come to a moment since which boards have turned."""

    def tell(self, teller: Teller, user: str, upto: int) -> bool:
        """Tell one who is on a little of what he has missed, up to the command taken in last; tell whether to go on."""
        more = False
        try:
            more = self._tell(teller, user, upto)
        finally:
            if not more:
                self._scenes.pop((id(teller.outboxes), user), None)
        return more

    def _tell(self, teller: Teller, user: str, upto: int) -> bool:
        outboxes = teller.outboxes
        missing = outboxes.missing(user)
        if not missing:
            return False  # all, or he has left
        scene = self._scene(teller, user, missing, upto)
        given = 0
        for seen, published in enumerate(self._past.history().after(missing - 1)):
            if published.number > upto:
                break
            if seen >= SEEN or given >= GIVEN:
                outboxes.told(user, published.number)
                return True
            count = self._command(teller, user, published, scene)
            if count is None:
                outboxes.told(user, published.number)
                return False
            given += count
        outboxes.told(user, 0)
        return False

    def _command(self, teller: Teller, user: str, published: Published, scene: Scene) -> int | None:
        """Tell him of one command; return in how many reports, None where he cannot be told now."""
        given = 0
        opened = next((index for index, one in enumerate(published.events) if isinstance(one, DayOpened)), 0)
        for index, event in enumerate(published.events):
            if scene is not self._present and type(event) not in OF_ORDERS:
                scene.apply(event, published.time)
            if index < opened:
                continue  # yesterday's
            for member, side in recipients(event):
                position = published.number, index, side
                if member not in teller.members[user] or not teller.outboxes.lacks(user, position):
                    continue
                made = partial(teller.worded, user, member, position, published.time, event, scene)
                if not teller.outboxes.give(user, position, event, made):
                    return None
                given += 1
        return given

    def _scene(self, teller: Teller, user: str, missing: int, upto: int) -> Scene:
        """Return the scene behind which he goes on: the present one where nothing of it has changed since."""
        key = id(teller.outboxes), user
        if key not in self._scenes:
            if self._past.latest_general(upto) < missing:
                return self._present
            scene = self._scenes[key] = Scene()
            for published in self._past.history().general(missing - 1):
                for event in published.events:
                    scene.apply(event, published.time)
        return self._scenes[key]
