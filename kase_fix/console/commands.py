"""The operator's commands: what each is called, what it takes, and the decision it becomes (art. 2-5, 7-9, 41)."""

import secrets
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from kase_fix.console.corrections import bust_deal, correct_deal
from kase_fix.console.given import Given, Wrong
from kase_fix.console.listing import Listed, instrument
from kase_fix.console.protection import limit_user, withdraw_orders
from kase_fix.console.specialised import confirm, open_specialised, set_cut_off
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
    Decision,
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
from kase_fix.messages.fixing import AnnounceSurplus, CallPrice, EndFixing, OrderFixing
from kase_fix.messages.making import RelieveMaker
from kase_fix.rulebook.decisions import ADMINISTRATOR, FORCE_MAJEURE, MAKLER
from kase_fix.rulebook.operational_day import CONTROL, MARKET_DATA

SYMBOL, SYMBOLS, BOARDS = "an instrument", "instruments, with commas between them", "boards, with commas between them"
Make: TypeAlias = Callable[[Given, Decision, Listed], DecisionCommand]


class Form(NamedTuple):
    """Who gives the command unless it says so, and how it is read."""

    actor: str
    make: Make


def read(arguments: Mapping[str, object], now: int, listed: Listed) -> DecisionCommand:
    """Return the decision that an operator's arguments mean at `now` (ns UTC). Raises `Wrong`."""
    given = Given(arguments, now)
    name = given.text("command", "one of " + ", ".join(COMMANDS))
    form = COMMANDS.get(name)
    if form is None:
        raise Wrong("command", name, "one of " + ", ".join(COMMANDS))
    by = Decision(
        secrets.token_hex(8),
        given.text("actor", "an office, like chairman", form.actor),
        given.text("reason", "a reason", ""),
        given.text("document", "the number of a document", ""),
        given.text("ground", "a clause, like art. 4 p. 3 sp. 5", ""),
    )
    command = form.make(given, by, listed)
    if given.rest:
        raise Wrong(given.rest[0], "an argument", f"only {', '.join(given.asked[1:])} with {name}")
    return command


def _widen_limit(given: Given, by: Decision, _: Listed) -> ChangeLimit:
    """A member's wish for a wider limit (art. 8 p. 3)."""
    symbol, hundredths = given.text("symbol", SYMBOL), given.hundredths("percent")
    return ChangeLimit(by, symbol, hundredths, given.text("requested_by", "a member"), given.moment("requested_at"))


def _lift_limit(given: Given, by: Decision, _: Listed) -> ChangeLimit:
    """A member's wish for no limit (art. 8 p. 3)."""
    symbol = given.text("symbol", SYMBOL)
    return ChangeLimit(by, symbol, None, given.text("requested_by", "a member"), given.moment("requested_at"))


def _set_hard_limit(given: Given, by: Decision, _: Listed) -> SetHardLimit:
    """A hard limit; `percent=none` lifts it (art. 8 p. 4)."""
    symbol = given.text("symbol", SYMBOL)
    lifted = given.value("percent") == "none"
    return SetHardLimit(by, symbol, None if lifted else given.hundredths("percent"))


def _change_trading_time(given: Given, by: Decision, listed: Listed) -> ChangeTradingTime:
    """Another window today (art. 4 p. 3); a board that is not named is the instruments' own (R-30)."""
    symbols = given.names("symbols", SYMBOLS) or given.names("symbol", SYMBOL)
    known = listed(symbols[0]) if symbols else None
    board = given.text("board", "a board, or instruments that are listed", known.board if known else None)
    opens, closes = given.time("opens"), given.time("closes")
    if opens is None and closes is None:
        raise Wrong("closes", "nothing", "a time, here or in 'opens'")
    return ChangeTradingTime(by, board, symbols, opens, closes)


def _places(given: Given) -> tuple[tuple[str, ...], tuple[str, ...]]:
    symbols = given.names("symbols", SYMBOLS) + given.names("symbol", SYMBOL)
    boards = given.names("boards", BOARDS) + given.names("board", "a board")
    if not symbols and not boards:
        raise Wrong("symbols", "nothing", f"{SYMBOLS}, or 'boards'")
    return symbols, boards


def _file_application(given: Given, by: Decision, _: Listed) -> FileApplication:
    """An initiator's application; the venue moves `due` to three working days where that is later (art. 2 p. 6)."""
    received = given.date("received", given.today)
    return FileApplication(
        by,
        given.text("application", "the application's number"),
        given.text("symbol", SYMBOL),
        given.text("what", "what is applied for"),
        received,
        given.date("due", received),
    )


def _carry_out_application(given: Given, by: Decision, listed: Listed) -> CarryOutApplication:
    """The instrument as it is to be (art. 2 p. 6; annex 2 p. 3)."""
    return CarryOutApplication(by, given.text("application", "the application's number"), instrument(given, listed))


def _announce(given: Given, by: Decision, _: Listed) -> Announce:
    english = given.text("english", "a text") if given.has("english") else given.text("text", "a text, or 'english'")
    russian = given.text("russian", "a text in Russian", english)
    return Announce(by, english, russian, given.text("user", "a user, for all of them none", ""))


def _fixed(given: Given, listed: Listed) -> tuple[str, str]:
    """An instrument and its board; a board that is not named is its own (R-30)."""
    symbol = given.text("symbol", SYMBOL)
    known = listed(symbol)
    return symbol, given.text("board", "a board", known.board if known is not None else "")


def _firm(given: Given) -> str:
    return given.text("firm", "a member") if given.has("firm") else given.text("member", "a member")


COMMANDS: dict[str, Form] = {
    "widen_limit": Form(MAKLER, _widen_limit),
    "lift_limit": Form(MAKLER, _lift_limit),
    "set_hard_limit": Form(MAKLER, _set_hard_limit),
    "change_trading_time": Form(ADMINISTRATOR, _change_trading_time),
    "extend_day": Form(ADMINISTRATOR, lambda given, by, _: ChangeOperationalDay(by, given.required_time("closes"))),
    "extend_control": Form(
        ADMINISTRATOR, lambda given, by, _: ChangeService(by, CONTROL, given.required_time("closes"))
    ),
    "extend_md": Form(
        ADMINISTRATOR, lambda given, by, _: ChangeService(by, MARKET_DATA, given.required_time("closes"))
    ),
    "ask_depository": Form(
        ADMINISTRATOR, lambda given, by, _: AskDepository(by, given.text("what", "balances or close"))
    ),
    "suspend": Form(MAKLER, lambda given, by, _: Suspend(by, *_places(given))),
    "resume": Form(MAKLER, lambda given, by, _: Resume(by, *_places(given))),
    "fail_deal": Form(ADMINISTRATOR, lambda given, by, _: FailDeal(by, given.text("deal", "the deal's number"))),
    "bust_deal": Form(ADMINISTRATOR, bust_deal),
    "correct_deal": Form(ADMINISTRATOR, correct_deal),
    "suspend_member": Form(ADMINISTRATOR, lambda given, by, _: SuspendMember(by, _firm(given))),
    "restore_member": Form(ADMINISTRATOR, lambda given, by, _: RestoreMember(by, _firm(given))),
    "move_trading": Form(
        ADMINISTRATOR, lambda given, by, _: MoveTrading(by, given.text("place", "a place, empty for the system", ""))
    ),
    "force_majeure": Form(
        ADMINISTRATOR,
        lambda given, by, _: DeclareForceMajeure(by if by.ground else _grounded(by), given.flag("on")),
    ),
    "decide_methods": Form(
        ADMINISTRATOR,
        lambda given, by, _: DecideMethods(
            by, given.text("symbol", SYMBOL), given.names("methods", "methods, with commas between them")
        ),
    ),
    "decide_price_kind": Form(
        ADMINISTRATOR,
        lambda given, by, _: DecidePriceKind(
            by,
            given.text("symbol", SYMBOL),
            given.text("kind", "clean or dirty"),
            given.text("application", "the application it answers", ""),
        ),
    ),
    "file_application": Form(ADMINISTRATOR, _file_application),
    "carry_out_application": Form(ADMINISTRATOR, _carry_out_application),
    "mass_cancel": Form(MAKLER, withdraw_orders),
    "limit_user": Form(ADMINISTRATOR, limit_user),
    "relieve_maker": Form(
        MAKLER, lambda given, by, _: RelieveMaker(by, _firm(given), given.text("symbol", SYMBOL), on=True)
    ),
    "oblige_maker": Form(
        MAKLER, lambda given, by, _: RelieveMaker(by, _firm(given), given.text("symbol", SYMBOL), on=False)
    ),
    "announce": Form(MAKLER, _announce),
    "open_specialised": Form(MAKLER, open_specialised),
    "set_cut_off": Form(MAKLER, set_cut_off),
    "confirm": Form(MAKLER, confirm),
    "order_fixing": Form(
        MAKLER,
        lambda given, by, listed: OrderFixing(by, *_fixed(given, listed), given.price("price"), given.time("until")),
    ),
    "call_price": Form(MAKLER, lambda given, by, listed: CallPrice(by, *_fixed(given, listed), given.price("price"))),
    "announce_surplus": Form(MAKLER, lambda given, by, listed: AnnounceSurplus(by, *_fixed(given, listed))),
    "end_fixing": Form(MAKLER, lambda given, by, listed: EndFixing(by, *_fixed(given, listed))),
}


def _grounded(by: Decision) -> Decision:
    return Decision(by.id, by.actor, by.reason, by.document, FORCE_MAJEURE)
