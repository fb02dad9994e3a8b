"""Events: what happened. Everything anyone is told is read off these.

Fields are only appended, with a default; a tag is never used again. The moment of an event is that of its command.
Texts for people are not here: a refusal carries its code and what was found, the catalogue in `rulebook` words it.
Each topic has a module of its own; here is all of it, for those who read every event.
"""

from typing import TypeAlias

import msgspec

from kase_fix.messages.auction_events import (
    AuctionDrawn,
    AuctionEnded,
    AuctionIndicated,
    FixingCalled,
    FixingEnded,
    FixingSurplus,
    SpecialisedOpened,
    SpecialisedResult,
    SpecialisedTurned,
)
from kase_fix.messages.corrections import DealBusted, DealCorrected, OrderRestated
from kase_fix.messages.day_events import (
    Announced,
    ConfigurationApplied,
    DayClosed,
    DayOpened,
    DecisionRefused,
    DecisionTaken,
    DepositoryAnswerRefused,
    InstrumentChanged,
    LimitSet,
    PhaseEntered,
    ServiceEntered,
    TradingSuspended,
    WindowChanged,
)
from kase_fix.messages.deal_events import (
    Deal,
    DealConfirmed,
    DealFailed,
)
from kase_fix.messages.depository import (
    BalancesLoaded,
    DepositoryAsked,
    DepositoryDropped,
    DepositoryReplied,
)
from kase_fix.messages.indicative import IndicativeGone, IndicativeRefused, IndicativeSet
from kase_fix.messages.letters import OperatorTold
from kase_fix.messages.making import MakerRelieved
from kase_fix.messages.order_events import (
    CancelRefused,
    ConfirmRefused,
    MassCancelAnswered,
    OrderAccepted,
    OrderCancelled,
    OrderConfirmed,
    OrderExpired,
    OrderFormed,
    OrderRefused,
    OrderRepeated,
    OrderReplaced,
    OrderShown,
    OrderTriggered,
    PreliminaryEnded,
)
from kase_fix.messages.protection import (
    UserAway,
    UserBack,
)
from kase_fix.messages.quotes import MassQuoteAnswered, QuotesCancelled
from kase_fix.messages.repo import (
    RepoClosed,
    RepoClosing,
    RepoProlonged,
    RepoReady,
    RepoTerminated,
)


class CommandFailed(msgspec.Struct, frozen=True, array_like=True, tag="command_failed"):
    """A defect: the command was not applied and the state is as before it (architecture, law 4)."""

    defect: str
    user: str = ""
    cl_ord_id: str = ""
    request: str = ""
    """Tag of the command (`new_order`, `cancel_order`, ...)."""


Event: TypeAlias = (
    ConfigurationApplied
    | DayOpened
    | DayClosed
    | PhaseEntered
    | ServiceEntered
    | DepositoryAsked
    | DepositoryReplied
    | DepositoryDropped
    | DepositoryAnswerRefused
    | BalancesLoaded
    | DecisionTaken
    | DecisionRefused
    | Announced
    | LimitSet
    | WindowChanged
    | InstrumentChanged
    | TradingSuspended
    | PreliminaryEnded
    | AuctionIndicated
    | AuctionDrawn
    | AuctionEnded
    | FixingCalled
    | FixingSurplus
    | FixingEnded
    | OrderFormed
    | OrderAccepted
    | OrderRefused
    | OrderReplaced
    | OrderCancelled
    | OrderExpired
    | OrderShown
    | CancelRefused
    | OrderRepeated
    | OrderConfirmed
    | ConfirmRefused
    | SpecialisedOpened
    | SpecialisedTurned
    | SpecialisedResult
    | Deal
    | DealConfirmed
    | DealFailed
    | DealBusted
    | DealCorrected
    | OrderRestated
    | RepoClosing
    | RepoReady
    | RepoClosed
    | RepoTerminated
    | RepoProlonged
    | CommandFailed
    | MassCancelAnswered
    | MassQuoteAnswered
    | QuotesCancelled
    | IndicativeSet
    | IndicativeGone
    | IndicativeRefused
    | UserAway
    | UserBack
    | OperatorTold
    | MakerRelieved
    | OrderTriggered
)


class Published(msgspec.Struct, frozen=True, array_like=True):
    """All events of one command, in order: the unit in which projections read."""

    number: int
    time: int
    """The command's moment, nanoseconds UTC."""
    events: tuple[Event, ...]
