"""Specialised trading as the operator opens and ends it on its initiator's behalf (art. 4 p. 1; art. 42 p. 1)."""

from kase_fix.calendar.almaty import date_of, instant, wall
from kase_fix.clearing.bond_yields import has_yield
from kase_fix.engine import admission, confirmation, specialised
from kase_fix.engine import specialised_texts as texts
from kase_fix.engine.candidate import Candidate
from kase_fix.engine.decisions.telling import tell
from kase_fix.engine.specialised_result import outcome_of
from kase_fix.engine.state import State, Trading, trading_key
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.matching.specialised_clock import confirmation_ends
from kase_fix.messages.commands import Confirm, NewOrder
from kase_fix.messages.day_events import Announced
from kase_fix.messages.decision import Decision
from kase_fix.messages.order_events import OrderAccepted
from kase_fix.messages.order_state import Refusal
from kase_fix.messages.specialised import AuctionKind, AuctionTerms, ConfirmOrder, OpenSpecialised, SetCutOff, Subject
from kase_fix.rulebook import decisions as rules
from kase_fix.rulebook.admission import account_of_market, account_usable, member_admitted
from kase_fix.rulebook.lots import quantity_in_lots, quantity_positive
from kase_fix.rulebook.methods import method_enabled
from kase_fix.rulebook.operational_day import CLOSES
from kase_fix.rulebook.refusals import MEMBER_SUSPENDED, UNKNOWN_NAME
from kase_fix.rulebook.refusals_of_methods import DECLARED_FAILED, SPECIALISED_RUNS, WRONG_TERMS
from kase_fix.values.enums import OrderKind
from kase_fix.values.numbers import format_price

CLAUSE = specialised.CLAUSE
WHOLE = 10_000


def open_trading(turn: Turn, command: OpenSpecialised) -> Refusal | dict[str, str]:
    """Open a specialised trading on its initiator's terms, in a window of its own (art. 4 p. 1)."""
    state, terms = turn.state, command.terms
    trading = state.trading.get(trading_key(terms.symbol, terms.board))
    refusal = rules.entitled(command.by, rules.OFFICES, CLAUSE)
    if refusal is not None or trading is None or trading.board.method != specialised.METHOD:
        return refusal or Refusal(UNKNOWN_NAME, CLAUSE, ("specialised trading of", f"{terms.symbol} on {terms.board}"))
    refusal = (
        _runs_already(state, trading)
        or _initiator_wrong(state, trading, terms)
        or method_enabled(trading.instrument, trading.board, trading.group)
        or quantity_positive(terms.volume, trading.group)
        or quantity_in_lots(terms.volume, trading.group)
        or _window_wrong(state, terms, turn.time)
        or _subject_wrong(trading, terms)
    )
    if refusal is not None:
        return refusal
    _tell(turn, texts.opened(terms), command.by)
    specialised.begin(turn, trading, terms)
    return {
        "symbol": terms.symbol,
        "board": terms.board,
        "initiator": terms.initiator,
        "kind": terms.kind,
        "volume": str(terms.volume),
        "subject": terms.subject,
        "opens": wall(terms.opens).isoformat(),
        "closes": wall(terms.closes).isoformat(),
    }


def set_cut_off(turn: Turn, command: SetCutOff) -> Refusal | dict[str, str]:
    """Set the cut-off price by an order of the initiator's, or declare the trading failed for him."""
    state, price = turn.state, command.price
    trading = state.trading.get(trading_key(command.symbol, command.board))
    auction = state.specialised.get(trading_key(command.symbol, command.board))
    refusal = rules.entitled(command.by, rules.OFFICES, CLAUSE)
    if refusal is not None or trading is None or auction is None or state.market is None:
        return refusal or Refusal(UNKNOWN_NAME, CLAUSE, ("specialised trading in", command.symbol))
    if price is None:
        _tell(turn, texts.failed(auction.terms), command.by)
        specialised.fail(turn, trading, DECLARED_FAILED)
        return {"symbol": command.symbol, "board": command.board, "cut_off": "failed"}
    terms = auction.terms
    name = f"{trading.group.order_prefix}_{turn.number}"
    quantity = terms.volume if command.quantity is None else command.quantity
    asked = NewOrder(
        terms.initiator, name, terms.account, terms.symbol, terms.side, OrderKind.LIMIT, quantity, price,
        board=terms.board,
    )  # fmt: skip
    refusal = admission.refuse(Candidate(state, state.market, asked, turn.time))
    if refusal is not None:
        return refusal
    order = Order(name, asked, state.market.users[terms.initiator].firm, terms.board, turn.time)
    order.priority = turn.number
    outcome = outcome_of(state, trading, price, quantity)
    decimals = trading.group.price_decimals
    _tell(turn, texts.result(terms, price, outcome.results, decimals), command.by)
    state.orders[name] = order
    state.cover(order)
    state.names.use(terms.initiator, name, name)
    turn.events.append(OrderAccepted(order.state()))
    specialised.carry_out(turn, trading, order, outcome)
    return {
        "symbol": command.symbol,
        "board": command.board,
        "cut_off": format_price(price, decimals),
        "executed": str(outcome.results.satisfied.volume),
    }


def confirm_order(turn: Turn, command: ConfirmOrder) -> Refusal | dict[str, str]:
    """Take a confirmation, or its refusal, that reached the operator otherwise (art. 38 p. 1-1; art. 42).

    Of an order, a deal, or one's readiness to close a repo: what it names says which.
    """
    refusal = rules.entitled(command.by, rules.OFFICES, confirmation.CLAUSE)
    if refusal is not None or turn.state.market is None:
        return refusal or Refusal(UNKNOWN_NAME, confirmation.CLAUSE, ("order", command.order_id))
    if command.user not in turn.state.market.users:
        return Refusal(UNKNOWN_NAME, confirmation.CLAUSE, ("user", command.user))
    said = Confirm(command.user, command.order_id, command.agreed)
    refusal = confirmation.taken(turn, turn.state.market, said)
    return refusal or {"order": command.order_id, "user": command.user, "agreed": str(command.agreed)}


def _tell(turn: Turn, told: Announced, by: Decision) -> None:
    tell(turn, told.english, told.russian, by, symbol=told.symbol)


def _runs_already(state: State, trading: Trading) -> Refusal | None:
    return Refusal(SPECIALISED_RUNS, CLAUSE, (trading.symbol,)) if trading.key in state.specialised else None


def _initiator_wrong(state: State, trading: Trading, terms: AuctionTerms) -> Refusal | None:
    """Refuse an initiator who is no member of this market, suspended, or has no such account (art. 1 p. 2)."""
    market = state.market
    user = market.users.get(terms.initiator) if market is not None else None
    if market is None or user is None:
        return Refusal(UNKNOWN_NAME, CLAUSE, ("initiator", terms.initiator))
    if user.firm in state.terms.firms_suspended:
        return Refusal(MEMBER_SUSPENDED, "art. 7 p. 2", (user.firm,))
    return (
        member_admitted(user, trading.group)
        or account_usable(terms.account, market.owners.get(terms.account), user)
        or account_of_market(terms.account, trading.group)
    )


def _window_wrong(state: State, terms: AuctionTerms, now: int) -> Refusal | None:
    """Refuse an acceptance that is none or past, that lasts days without being a subscription's, or that ends too late.

    Confirmation ends within the operational day of its date: at its end a trading without a cut-off has failed.
    """
    last = date_of(terms.closes)
    closes = state.terms.changes.day_closes if last == state.date else None
    day_ends = instant(last, closes or CLOSES)
    one_day = terms.kind is not AuctionKind.SUBSCRIPTION
    for wrong, why in (
        (terms.opens >= terms.closes, "acceptance ends before it begins"),
        (terms.closes <= now, "it is past"),
        (one_day and date_of(terms.opens) != last, "only a subscription takes orders for several days"),
        (confirmation_ends(terms) >= day_ends, f"the day ends at {wall(day_ends):%H:%M}, confirmation before it"),
    ):
        if wrong:
            return Refusal(WRONG_TERMS, CLAUSE, (f"{wall(terms.closes):%Y-%m-%d %H:%M:%S}", why))
    return None


def _subject_wrong(trading: Trading, terms: AuctionTerms) -> Refusal | None:
    """Refuse a kind of price the instrument does not trade in (annex 2), a yield without a price, an odd share."""
    instrument = trading.instrument
    no_yield = instrument.bond is None or instrument.price_kind != "clean" or not has_yield(instrument.bond)
    for wrong, what, why in (
        (
            terms.subject in (Subject.CLEAN, Subject.DIRTY) and terms.subject != instrument.price_kind,
            terms.subject,
            f"{terms.symbol} trades in {instrument.price_kind or 'money'} prices",
        ),
        (terms.subject is Subject.YIELD and no_yield, terms.subject, f"{terms.symbol} has no yield"),
        (not 0 <= terms.market_share <= WHOLE, "market share", "it lies between 0 and 100 %"),
    ):
        if wrong:
            return Refusal(WRONG_TERMS, CLAUSE, (str(what), why))
    return None
