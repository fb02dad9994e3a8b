"""FIX-MD seen from the venue: the process that makes market data, and the doorman in front of it.

Neither is needed to trade. They give way to the venue's own processes, and one that ends is started again: vendors come
back to the same port and get new snapshots.
"""

import time
from collections.abc import Callable, Set

import msgspec
import structlog

from kase_fix.app.children import Child, ChildFailed
from kase_fix.app.feed import Feed
from kase_fix.app.restarts import GREATEST_BEHIND, Restarts
from kase_fix.messages.link import Admit, Admitted, Counted, Cut, DoorService, DoorSettings, Said, SendAway
from kase_fix.messages.link_of_feed import Farewell, Online
from kase_fix.rulebook.operational_day import MARKET_DATA

DOORMAN = "kase_fix.gateway.doorman"


class MarketData:
    """Both processes of FIX-MD. Build it, `tend` and `end` it in the main thread."""

    def __init__(
        self,
        begin: Callable[[Callable[[Said], None]], Feed],
        heard_at_door: Callable[[Said, Callable[[Said], None]], None],
        processors: Set[int],
    ) -> None:
        """`begin` starts market data; `heard_at_door` hears what its doorman says, with a way to answer.

        Once they are up, both keep to `processors`.
        """
        self._begin = begin
        self._heard_at_door = heard_at_door
        self._processors = processors
        self._door: DoorSettings | None = None
        self._ports: dict[str, int] = {}
        self._known = ""
        """The acceptor's socket that the doorman was told."""
        self._restarts = {"md": Restarts(), "md_door": Restarts()}
        self._logger = structlog.get_logger("md")
        self._former: list[Feed] = []
        """Those that ended, until the doorman knows where the next one hears."""
        self.door_totals: dict[str, int] = {}
        self.feed = begin(self._heard_from_feed)
        self.doorman = self._start_doorman()

    def open(self, seconds: float) -> dict[str, int]:
        """Return the ports by service when they are open: `md`, `md_tls`. Behind `set_door`. Raises `ChildFailed`."""
        deadline = time.monotonic() + seconds
        while not self.feed.opened.wait(0.02):
            if not self.feed.lives or time.monotonic() >= deadline:
                raise ChildFailed("market data did not start; its messages are above")
        self._tell_the_door()
        self._ports = self.doorman.wait_until_listening(seconds)
        for child in (self.feed.child, self.doorman):
            self._stand_back(child)
        return self._ports

    def set_door(self, settings: DoorSettings) -> None:
        """Have its doorman know users, limits and where to listen; the acceptor's socket is known here."""
        self._door = settings
        self._tell_the_door()

    def tend(self) -> None:
        """Start again what has ended, or what listens no more."""
        if self.feed.lives and self.feed.behind > GREATEST_BEHIND:
            self._logger.error("market data has fallen too far behind", waiting=self.feed.behind)
            self.feed.child.hang_up()
        if not self.feed.lives and self._restarts["md"].due():
            self._logger.error("market data has ended and is started again", restarts=self._restarts["md"].count)
            self.feed.end()
            self._former.append(self.feed)
            self.feed = self._begin(self._heard_from_feed)
            self._stand_back(self.feed.child)
        if self.doorman.ended.is_set() and self._restarts["md_door"].due():
            self._logger.error("its doorman has ended and is started again", restarts=self._restarts["md_door"].count)
            self.doorman.end(0.5)
            self.doorman, self._known = self._start_doorman(), ""
            self._stand_back(self.doorman)
        if self.feed.opened.is_set() and self.feed.upstream != self._known:
            self._tell_the_door()

    def hang_up(self) -> None:
        """Have both end."""
        self.feed.child.hang_up()
        self.doorman.hang_up()

    def end(self) -> None:
        """See to it that both are gone."""
        self.doorman.end()
        self.feed.end()

    @property
    def online(self) -> Set[str]:
        """Return who is on."""
        return self.feed.online

    def admit(self, wish: Admit, answer: Callable[[Admitted], None]) -> None:
        """Let an authenticated user in while the service is open."""
        self.feed.admit(wish, answer)

    def send_away(self, user: str, text: str) -> None:
        """Say Logout to one who is on."""
        self.feed.say(SendAway(user, MARKET_DATA, text))

    def say_farewell(self, text: str) -> None:
        """Say Logout to everyone."""
        self.feed.say(Farewell(text))

    def settle(self, seconds: float) -> bool:
        """Wait until everything so far was handed to the sessions; tell whether it was."""
        return self.feed.settle(seconds)

    def totals(self) -> dict[str, int]:
        """Return its counters, whether it is there and answers, and how often it had to be started again."""
        counted = {f"md_{name}": count for name, count in self.feed.totals.items()}
        restarts = {f"{name}_restarts": one.count for name, one in self._restarts.items()}
        up = self.feed.lives and self.feed.opened.is_set()
        return {
            **counted,
            **restarts,
            "md_up": int(up),
            "md_silent": int(self.feed.silent),
            "md_waiting": self.feed.behind,
        }

    def _stand_back(self, child: Child) -> None:
        child.yield_to_others()
        child.keep_to(self._processors)

    def _start_doorman(self) -> Child:
        return Child(DOORMAN, self._heard_from_doorman)

    def _say_to_door(self, said: Said) -> None:
        self.doorman.say(said)

    def _tell_the_door(self) -> None:
        if self._door is None or not self.feed.opened.is_set():
            return
        self._known = self.feed.upstream
        self.doorman.say(msgspec.structs.replace(self._door, services=tuple(map(self._found, self._door.services))))
        while self._former:
            self._former.pop().forget_socket()

    def _found(self, service: DoorService) -> DoorService:
        """Return where a doorman has to listen so that vendors find him: where the last one did."""
        port, tls_port = self._ports.get("md", service.port), self._ports.get("md_tls", service.tls_port)
        return msgspec.structs.replace(service, upstream=self._known, port=port, tls_port=tls_port)

    def _heard_from_feed(self, said: Said) -> None:
        if isinstance(said, Cut):
            self._say_to_door(said)
        elif isinstance(said, Online):
            self._logger.info("logon" if said.on else "logout", service=MARKET_DATA, user=said.user)

    def _heard_from_doorman(self, said: Said) -> None:
        if isinstance(said, Counted):
            self.door_totals = said.totals
        else:
            self._heard_at_door(said, self._say_to_door)
