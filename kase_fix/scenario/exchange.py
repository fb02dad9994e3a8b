"""The exchange as a story knows it: a venue, its clock, its console, and the sessions of the actors."""

import datetime as dt
import time

from kase_fix.scenario.client import Client
from kase_fix.scenario.console import Console, ConsoleRefused
from kase_fix.scenario.register import dialect_of
from kase_fix.scenario.story import Actor, OpenVenue
from kase_fix.scenario.venue import Addresses, Starter, Venue, VenueFailed


class Exchange:
    """One story's world. `against`: the venue that runs elsewhere; without it each `venue` line starts one."""

    def __init__(self, starter: Starter, against: Addresses | None = None) -> None:
        self.starter = starter
        self.against = against
        self.clients: dict[Actor, Client] = {}
        self.now = dt.datetime.min
        self._venue: Venue | None = None
        self._unread: Client | None = None
        """The client that spoke last and may not have been read yet."""

    @property
    def addresses(self) -> Addresses:
        """Return where the services are. Raises `VenueFailed` before the first `venue` line."""
        if self.against is not None:
            return self.against
        if self._venue is None:
            raise VenueFailed("no venue is open: a story begins with venue DATE TIME")
        return self._venue.addresses()

    @property
    def console(self) -> Console:
        """Return the console. Raises `VenueFailed` where the venue has none."""
        if (console := self.addresses.console) is None:
            raise VenueFailed("the venue has no console")
        return console

    def open(self, opening: OpenVenue) -> None:
        """Start a fresh venue; where it runs elsewhere move its clock. Raises `VenueFailed`, `ConsoleRefused`."""
        self.hang_up()
        self.now = opening.moment
        if self.against is not None:
            if opening.settings:
                raise VenueFailed("a venue that runs elsewhere cannot be given settings")
            self.console.post("/api/clock", {"to": self.now.isoformat()})
            return
        if self._venue is not None:
            self._venue.end()
        self._venue = self.starter.open(opening)
        self._venue.addresses()

    def start_again(self, *, kill: bool) -> None:
        """End the venue and start it on the same data. All lines go down; the clients keep their numbers."""
        if self._venue is None:
            raise VenueFailed("only a venue that the story started can be ended by it")
        if not kill:
            self.settle()
        self._venue.start_again(kill=kill, moment=self.now)
        for client in self.clients.values():
            client.wait(lambda client=client: not client.connected, 2.0)  # type: ignore[misc]
            client.drop()
        self._venue.addresses()

    def client(self, actor: Actor) -> Client:
        """Return the actor's client, made when he is first named."""
        if actor not in self.clients:
            self.clients[actor] = Client(actor.user, dialect_of(actor.user), actor.service)
        return self.clients[actor]

    def speaks(self, client: Client) -> None:
        """Note who speaks; whoever spoke before is known to have been read, so that the order of lines is kept."""
        if self._unread is not client:
            self.heard()
        self._unread = client

    def answered(self, client: Client) -> None:
        """Note that an answer came to the one who spoke last: what he said has been read."""
        if self._unread is client:
            self._unread = None

    def heard(self) -> None:
        """Wait until the venue has read the last thing said."""
        client, self._unread = self._unread, None
        if client is not None and client.logged_on:
            client.round_trip()

    def settle(self) -> bool:
        """Wait until all said so far is applied and its reports are with the sessions; False without a clock of ours.

        The console's answer to a step of no time is that barrier.
        """
        self.heard()
        try:
            self.console.post("/api/clock", {"by": 0})
        except (ConsoleRefused, VenueFailed):
            return False
        return True

    def move_clock(self, to: dt.time | None, date: dt.date | None, by: float) -> None:
        """Move the venue's clock. Raises `ConsoleRefused`."""
        self.heard()
        moment = self.now + dt.timedelta(seconds=by) if to is None else dt.datetime.combine(date or self.now.date(), to)
        self.console.post("/api/clock", {"by": int(by)} if to is None and by == int(by) else {"to": moment.isoformat()})
        self.now = moment

    def silence(self, client: Client, seconds: float) -> None:
        """Wait until whatever is on its way to this client has arrived: by barrier where we can, else by patience."""
        if self.settle() and client.logged_on and client.round_trip():
            return
        time.sleep(seconds)

    def last_words(self) -> str:
        """Return the end of the venue's own log, for a failure."""
        return "" if self._venue is None else self._venue.last_words()

    def hang_up(self) -> None:
        """Cut all lines and forget the clients."""
        for client in self.clients.values():
            client.drop()
        self.clients.clear()
        self._unread = None

    def end(self, *, keep: bool = False) -> None:
        """End everything at once."""
        self.hang_up()
        if self._venue is not None:
            self._venue.end(keep=keep)
            self._venue = None
