"""The engine: commands in, events out, the same ones every time."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from kase_fix.engine import (
    absence,
    confirmation,
    day,
    decisions,
    depository,
    indicative,
    letters,
    mass_cancel,
    orders,
    quotes,
    repo,
    triggering,
)
from kase_fix.engine.phases import fixing_rounds
from kase_fix.engine.snapshot import Mark
from kase_fix.engine.state import State
from kase_fix.engine.turn import Turn
from kase_fix.messages.commands import (
    BoardPhaseChanged,
    CancelOrder,
    Command,
    ConfigurationLoaded,
    Confirm,
    NewOrder,
    OperationalDayOpened,
    PreliminaryOrdersDue,
    ReplaceOrder,
    Sequenced,
    ServiceTurned,
    StandbyDue,
    VenueOpened,
)
from kase_fix.messages.decisions import CarryOutApplication, DecideMethods, DecidePriceKind
from kase_fix.messages.depository import DepositoryAnswered, DepositoryDue
from kase_fix.messages.events import CommandFailed, Event
from kase_fix.messages.fixing import FixingDue
from kase_fix.messages.indicative import Indicate, WithdrawIndicative
from kase_fix.messages.letters import TellOperator
from kase_fix.messages.protection import AbsenceDue, MassCancel, UserCame, UserLeft
from kase_fix.messages.quotes import CancelQuotes, MassQuote
from kase_fix.messages.repo import ReadinessDue
from kase_fix.messages.specialised import AuctionDue

MARK_EVERY = 16_384
"""Commands between two marks: after a defect at most so many are applied again."""

Handler: TypeAlias = Callable[[Turn, Any], None]
Due: TypeAlias = StandbyDue | FixingDue | AuctionDue | AbsenceDue
"""What the clocks of single instruments, and of absent users, bring."""


def _open_venue(turn: Turn, command: VenueOpened) -> None:
    turn.state.seed = command.seed


def _with_market(handle: Callable[..., None]) -> Handler:
    def handler(turn: Turn, command: object) -> None:
        market = turn.state.market
        if market is None:
            raise LookupError("no configuration was loaded before the first order")
        handle(turn, market, command)

    return handler


HANDLERS: dict[type, Handler] = {
    VenueOpened: _open_venue,
    ConfigurationLoaded: day.load,
    OperationalDayOpened: day.open_day,
    DepositoryDue: depository.due,
    DepositoryAnswered: depository.answered,
    BoardPhaseChanged: day.change_phase,
    ServiceTurned: day.turn_service,
    PreliminaryOrdersDue: day.form_preliminary_orders,
    StandbyDue: day.standby_due,
    FixingDue: day.fixing_due,
    AuctionDue: day.auction_due,
    NewOrder: _with_market(orders.enter),
    ReplaceOrder: _with_market(orders.replace),
    CancelOrder: _with_market(orders.cancel),
    Confirm: _with_market(confirmation.confirm),
    ReadinessDue: repo.readiness_due,
    MassCancel: _with_market(mass_cancel.mass_cancel),
    MassQuote: _with_market(quotes.mass_quote),
    CancelQuotes: quotes.cancel_quotes,
    Indicate: _with_market(indicative.indicate),
    WithdrawIndicative: _with_market(indicative.withdraw),
    UserLeft: _with_market(absence.left),
    UserCame: absence.came,
    AbsenceDue: _with_market(absence.due),
    TellOperator: _with_market(letters.tell_operator),
    **dict.fromkeys(decisions.HANDLERS, decisions.decide),
}
_REBUILDING = (ConfigurationLoaded, OperationalDayOpened, DecideMethods, DecidePriceKind, CarryOutApplication)


def _carry_out(turn: Turn, command: Command) -> None:
    """Do what a command asks for, then what its deals trigger."""
    HANDLERS[type(command)](turn, command)
    if turn.reached:
        triggering.follow(turn)


class Engine:
    """The state machine. `apply` is deterministic and atomic: it completes, or leaves the state as it was."""

    def __init__(self, state: State | None = None) -> None:
        """Begin with nothing, or go on with a state (`revival.revive`)."""
        self.state = State() if state is None else state
        self.failures = 0
        self._mark = Mark(self.state)
        self._since: list[tuple[Sequenced, bool]] = []

    @property
    def mark(self) -> Mark:
        """Return the last mark: another object as soon as there is a later one, which no failure goes back behind."""
        return self._mark

    def take_mark(self) -> Mark:
        """Take a mark now and return it."""
        self._mark = Mark(self.state)
        self._since.clear()
        return self._mark

    def apply(self, sequenced: Sequenced) -> tuple[Event, ...]:
        """Carry out a command and return its events.

        An exception is a defect of ours: the state returns to what it was and the result is `CommandFailed`, on every
        replay the same (architecture, law 4). Raises `MemoryError`, and is of no use any more.
        """
        turn = Turn(self.state, sequenced.number, sequenced.time)
        command = sequenced.command
        try:
            _carry_out(turn, command)
        except MemoryError:
            raise  # no result of the command: the venue halts, and the replay carries it out
        except Exception as defect:
            self._take_back()
            self._since.append((sequenced, False))
            self.failures += 1
            user, name = getattr(command, "user", ""), getattr(command, "cl_ord_id", "")
            return (CommandFailed(type(defect).__name__, user, name, str(command.__struct_config__.tag)),)
        if len(self._since) >= MARK_EVERY or isinstance(command, _REBUILDING):
            self.take_mark()
        else:
            self._since.append((sequenced, True))
        return tuple(turn.events)

    def next_due(self) -> Due | None:
        """Return the standby, fixing, specialised trading or absence that comes to its next moment first, or None."""
        first = min(self._dues(), key=lambda due: due[:2], default=None)
        if first is None:
            return None
        _, key, kind = first
        if issubclass(kind, AbsenceDue):
            return kind(key)
        trading = self.state.trading[key]
        return kind(trading.symbol, trading.board.code)

    def next_due_time(self) -> int | None:
        """Return the moment of `next_due`, nanoseconds UTC."""
        return min((due[0] for due in self._dues()), default=None)

    def _dues(self) -> Iterator[tuple[int, str, type[Due]]]:
        """Iterate the clocks that run: their next moment (ns UTC), the key of the instrument, what is due then.

        Of an absence the key is the user.
        """
        state = self.state
        for key, standby in state.standbys.items():
            yield standby.clock.next_moment().time, key, StandbyDue
        for key in state.fixings:
            yield fixing_rounds.ends_at(state, state.trading[key]), key, FixingDue
        for key, auction in state.specialised.items():
            moment = auction.next_moment
            if moment is not None:
                yield moment, key, AuctionDue
        for user, until in state.away.items():
            yield until, user, AbsenceDue

    def hash(self) -> bytes:
        """Return the state hash: 16 bytes over the market state, without the command's number (law 7).

        The bytes it is taken over serve as the mark, too: to write the whole state down costs milliseconds.
        """
        return self.take_mark().hash

    def _take_back(self) -> None:
        """Return to the last mark and apply again what went well since: the state before the command that failed."""
        self.state = self._mark.restore()
        for sequenced, went_well in self._since:
            if went_well:
                turn = Turn(self.state, sequenced.number, sequenced.time)
                _carry_out(turn, sequenced.command)
