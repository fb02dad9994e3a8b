"""Events of the operational day: what is in force, when a board or a service turns, what was decided and announced."""

import datetime as dt

import msgspec

from kase_fix.messages.configuration import Instrument, MarketConfiguration
from kase_fix.messages.deal_terms import Standing
from kase_fix.messages.decisions import Decision
from kase_fix.messages.order_state import OrderState, Refusal
from kase_fix.messages.repo import OpenRepo
from kase_fix.values.enums import Phase
from kase_fix.values.numbers import Price


class ConfigurationApplied(msgspec.Struct, frozen=True, array_like=True, tag="configuration_applied"):
    """The market is from now on this."""

    market: MarketConfiguration


class DayOpened(msgspec.Struct, frozen=True, array_like=True, tag="day_opened"):
    """The operational day has begun; a projection that starts here needs no event from before it.

    `last_deals` is the price of the last deal before today by symbol.
    """

    date: dt.date
    settlement: dict[str, dt.date]
    not_traded: dict[str, str]
    last_deals: dict[str, Price]
    clause: str
    standing: tuple[OrderState, ...] = ()
    """The orders of several days that live on, in order of entry (R-5)."""
    repos: tuple[OpenRepo, ...] = ()
    """The repos that are open, in order of their opening."""
    obligations: tuple[Standing, ...] = ()
    """What is not settled yet of the deals of earlier days, by account, asset and date; nothing is 0."""
    averages: dict[str, Price] = {}
    """Weighted average of the last session with deals before today, by symbol (art. 18, 40 p. 3)."""
    names: tuple[tuple[str, str, str], ...] = ()
    """(user, ClOrdID, OrderID) of every name a standing order was sent or changed under on earlier days."""


class DayClosed(msgspec.Struct, frozen=True, array_like=True, tag="day_closed"):
    """The operational day is over."""

    date: dt.date
    clause: str


class PhaseEntered(msgspec.Struct, frozen=True, array_like=True, tag="phase_entered"):
    """A board has turned to this phase; `symbols` are the instruments of it that trade today."""

    board: str
    phase: Phase
    clause: str
    symbols: tuple[str, ...]
    until: int = 0
    """When the phase ends by the schedule, nanoseconds UTC; 0: not known."""


class ServiceEntered(msgspec.Struct, frozen=True, array_like=True, tag="service"):
    """A service has opened or closed: `api`, `md` or `control`."""

    service: str
    open: bool
    clause: str
    unusual: dt.time | None = None
    """The Almaty time at which it closed, where that is another than its usual one."""


class DepositoryAnswerRefused(msgspec.Struct, frozen=True, array_like=True, tag="depository_answer_refused"):
    """An answer of the depository is not taken: nobody asked for it, it came before, or its sums do not agree."""

    request: str
    refusal: Refusal


class DecisionTaken(msgspec.Struct, frozen=True, array_like=True, tag="decided"):
    """A decision of the exchange is in force; members were told of it before (`Announced`).

    `what` is the command's tag, `detail` its terms as text, for people and for `/api/events`.
    """

    what: str
    by: Decision
    detail: dict[str, str]


class DecisionRefused(msgspec.Struct, frozen=True, array_like=True, tag="decision_refused"):
    """A decision was not carried out: a clause does not allow it."""

    what: str
    by: Decision
    refusal: Refusal


class Announced(msgspec.Struct, frozen=True, array_like=True, tag="announced"):
    """Members are told through the trading system (35=B, C): to all, or with `user` to one."""

    english: str
    russian: str
    user: str = ""
    symbol: str = ""


class LimitSet(msgspec.Struct, frozen=True, array_like=True, tag="limit_set"):
    """An instrument's limit of deviation is from now on this: `overridable` or `hard`; None: lifted."""

    symbol: str
    kind: str
    hundredths: int | None


class WindowChanged(msgspec.Struct, frozen=True, array_like=True, tag="window_changed"):
    """Today's window of a board, or of some instruments of it, is from now on this. Almaty times."""

    board: str
    symbols: tuple[str, ...]
    opens: dt.time
    closes: dt.time


class InstrumentChanged(msgspec.Struct, frozen=True, array_like=True, tag="instrument_changed"):
    """An instrument is listed, or has other parameters, from now on."""

    instrument: Instrument


class TradingSuspended(msgspec.Struct, frozen=True, array_like=True, tag="suspended"):
    """Instruments stop (`on`) or go on trading, by board."""

    board: str
    symbols: tuple[str, ...]
    on: bool
