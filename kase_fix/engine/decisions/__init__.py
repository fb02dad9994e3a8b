"""Decisions of the exchange: each is checked, announced to members, and then in force (art. 2-5, 7-9, 41).

A handler checks first and returns the refusal, or brings the change about with the announcement before it. What it
returns without a refusal is the decision's terms as text, for people.
"""

import itertools
from collections.abc import Callable
from typing import Any, TypeAlias

from kase_fix.engine.decisions import (
    corrections,
    deals,
    depository,
    fixing,
    limits,
    making,
    members,
    parameters,
    protection,
    specialised,
    suspension,
    times,
)
from kase_fix.engine.turn import Turn
from kase_fix.messages.corrections import BustDeal, CorrectDeal
from kase_fix.messages.day_events import Announced, DecisionRefused, DecisionTaken
from kase_fix.messages.decisions import (
    Announce,
    AskDepository,
    CarryOutApplication,
    ChangeLimit,
    ChangeOperationalDay,
    ChangeService,
    ChangeTradingTime,
    DecideMethods,
    DecidePriceKind,
    DecisionCommand,
    DeclareForceMajeure,
    FailDeal,
    FileApplication,
    MoveTrading,
    RestoreMember,
    Resume,
    SetHardLimit,
    Suspend,
    SuspendMember,
)
from kase_fix.messages.events import Event
from kase_fix.messages.fixing import AnnounceSurplus, CallPrice, EndFixing, OrderFixing
from kase_fix.messages.making import RelieveMaker
from kase_fix.messages.order_state import Refusal
from kase_fix.messages.protection import LimitUser, WithdrawOrders
from kase_fix.messages.specialised import ConfirmOrder, OpenSpecialised, SetCutOff

Outcome: TypeAlias = Refusal | dict[str, str]

HANDLERS: dict[type, Callable[[Turn, Any], Outcome]] = {
    ChangeTradingTime: times.change_trading_time,
    ChangeOperationalDay: times.change_operational_day,
    ChangeService: times.change_service,
    AskDepository: depository.ask_again,
    Suspend: suspension.suspend,
    Resume: suspension.resume,
    MoveTrading: times.move_trading,
    DeclareForceMajeure: times.declare_force_majeure,
    ChangeLimit: limits.change_limit,
    SetHardLimit: limits.set_hard_limit,
    SuspendMember: members.suspend,
    RestoreMember: members.restore,
    Announce: members.announce,
    FailDeal: deals.fail,
    BustDeal: corrections.bust,
    CorrectDeal: corrections.correct,
    OrderFixing: fixing.order,
    CallPrice: fixing.call,
    AnnounceSurplus: fixing.announce,
    EndFixing: fixing.end,
    OpenSpecialised: specialised.open_trading,
    SetCutOff: specialised.set_cut_off,
    ConfirmOrder: specialised.confirm_order,
    DecideMethods: parameters.decide_methods,
    DecidePriceKind: parameters.decide_price_kind,
    FileApplication: parameters.file_application,
    CarryOutApplication: parameters.carry_out_application,
    WithdrawOrders: protection.withdraw_orders,
    LimitUser: protection.limit_user,
    RelieveMaker: making.relieve_maker,
}


def decide(turn: Turn, command: DecisionCommand) -> None:
    """Carry out a decision: the announcement, the decision, then what it changes; or its refusal."""
    what = str(command.__struct_config__.tag)
    turn.ahead = 1  # the decision itself, put in below
    outcome = HANDLERS[type(command)](turn, command)
    if isinstance(outcome, Refusal):
        turn.events.append(DecisionRefused(what, command.by, outcome))
        return
    taken: Event = DecisionTaken(what, command.by, outcome)
    leading = itertools.takewhile(lambda event: isinstance(event, Announced), turn.events)
    announcements = sum(1 for _ in leading)
    turn.events.insert(announcements, taken)  # behind what members are told, before what changes
    turn.ahead = 0
