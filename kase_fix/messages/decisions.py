"""Decisions of the exchange as commands: who decided what, why, and by which document (art. 2-5, 7-9, 41).

Each carries a `Decision`: its `id` lets the one who gave it find what became of it.
"""

import datetime as dt
from typing import TypeAlias

import msgspec

from kase_fix.messages.configuration import Instrument
from kase_fix.messages.corrections import BustDeal, CorrectDeal
from kase_fix.messages.decision import Decision as Decision
from kase_fix.messages.fixing import AnnounceSurplus, CallPrice, EndFixing, OrderFixing
from kase_fix.messages.making import RelieveMaker
from kase_fix.messages.protection import LimitUser, WithdrawOrders
from kase_fix.messages.specialised import ConfirmOrder, OpenSpecialised, SetCutOff


class ChangeTradingTime(msgspec.Struct, frozen=True, array_like=True, tag="change_trading_time"):
    """Another window today for a board, or for some instruments of it (art. 4 p. 3). None: that edge stays."""

    by: Decision
    board: str
    symbols: tuple[str, ...] = ()
    opens: dt.time | None = None
    closes: dt.time | None = None


class ChangeOperationalDay(msgspec.Struct, frozen=True, array_like=True, tag="change_operational_day"):
    """Another end of the operational day (art. 5 p. 3)."""

    by: Decision
    closes: dt.time


class AskDepository(msgspec.Struct, frozen=True, array_like=True, tag="ask_depository"):
    """The depository is asked once more, for `balances` or to `close` (art. 5 p. 4)."""

    by: Decision
    what: str


class ChangeService(msgspec.Struct, frozen=True, array_like=True, tag="change_service"):
    """Another end of the control and confirmation system (`control`, art. 41 p. 2) or of FIX-MD (`md`, R-2)."""

    by: Decision
    service: str
    closes: dt.time


class Suspend(msgspec.Struct, frozen=True, array_like=True, tag="suspend"):
    """Trading stops in instruments or on whole boards until resumed; orders stay and may be withdrawn."""

    by: Decision
    symbols: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()


class Resume(msgspec.Struct, frozen=True, array_like=True, tag="resume"):
    """Trading goes on where it was suspended."""

    by: Decision
    symbols: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()


class SuspendMember(msgspec.Struct, frozen=True, array_like=True, tag="suspend_member"):
    """A member's licence is suspended or revoked: orders are withdrawn, none is formed any more (art. 7 p. 2)."""

    by: Decision
    firm: str


class RestoreMember(msgspec.Struct, frozen=True, array_like=True, tag="restore_member"):
    """The member may trade again."""

    by: Decision
    firm: str


class ChangeLimit(msgspec.Struct, frozen=True, array_like=True, tag="change_limit"):
    """The makler widens (`hundredths`) or lifts (None) an overridable limit to the day's end (art. 8 p. 3; R-9)."""

    by: Decision
    symbol: str
    hundredths: int | None
    requested_by: str
    requested_at: int
    """When the request reached the makler, nanoseconds UTC."""


class SetHardLimit(msgspec.Struct, frozen=True, array_like=True, tag="set_hard_limit"):
    """A hard limit is set, changed or lifted (None) by the body that may (art. 8 p. 4): only with its document."""

    by: Decision
    symbol: str
    hundredths: int | None


class MoveTrading(msgspec.Struct, frozen=True, array_like=True, tag="move_trading"):
    """Trading moves to another place, or back to the system (empty `place`) (art. 3 p. 2, 3)."""

    by: Decision
    place: str


class DeclareForceMajeure(msgspec.Struct, frozen=True, array_like=True, tag="force_majeure"):
    """Force majeure begins or ends (art. 9): while it lasts times may be set outside their usual bounds."""

    by: Decision
    on: bool


class DecideMethods(msgspec.Struct, frozen=True, array_like=True, tag="decide_methods"):
    """The methods an instrument trades by from now on (art. 23, 26 p. 4)."""

    by: Decision
    symbol: str
    methods: tuple[str, ...]


class DecidePriceKind(msgspec.Struct, frozen=True, array_like=True, tag="decide_price_kind"):
    """A bond trades clean or dirty from now on; daily preliminary orders in it end (annex 2 p. 3; art. 7 p. 2)."""

    by: Decision
    symbol: str
    kind: str
    application: str = ""
    """The application it answers, if one was filed."""


class FileApplication(msgspec.Struct, frozen=True, array_like=True, tag="file_application"):
    """An initiator applies for the opening of trading or a change of parameters (art. 2 p. 6; annex 2 p. 3).

    `due` is the day by which it must be carried out: three working days after `received`, or the date it names.
    """

    by: Decision
    application: str
    symbol: str
    what: str
    received: dt.date
    due: dt.date


class CarryOutApplication(msgspec.Struct, frozen=True, array_like=True, tag="carry_out_application"):
    """An application is carried out: the instrument is listed, or trades with these parameters, from now on."""

    by: Decision
    application: str
    instrument: Instrument


class Announce(msgspec.Struct, frozen=True, array_like=True, tag="announce"):
    """A message to all members through the trading system, or with `user` to one."""

    by: Decision
    english: str
    russian: str
    user: str = ""


class FailDeal(msgspec.Struct, frozen=True, array_like=True, tag="fail_deal"):
    """A deal is not executed; its parties may repeat it (art. 6; R-19)."""

    by: Decision
    deal_id: str


DecisionCommand: TypeAlias = (
    ChangeTradingTime
    | ChangeOperationalDay
    | ChangeService
    | AskDepository
    | Suspend
    | Resume
    | SuspendMember
    | RestoreMember
    | ChangeLimit
    | SetHardLimit
    | MoveTrading
    | DeclareForceMajeure
    | DecideMethods
    | DecidePriceKind
    | FileApplication
    | CarryOutApplication
    | Announce
    | FailDeal
    | BustDeal
    | CorrectDeal
    | OrderFixing
    | CallPrice
    | AnnounceSurplus
    | EndFixing
    | OpenSpecialised
    | SetCutOff
    | ConfirmOrder
    | WithdrawOrders
    | LimitUser
    | RelieveMaker
)
