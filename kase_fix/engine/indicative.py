"""Indicative quotes: one for each member and instrument, until it is withdrawn or the operational day ends (R-164)."""

from collections.abc import Callable

from kase_fix.engine import admission
from kase_fix.engine.candidate import Candidate
from kase_fix.engine.turn import Turn
from kase_fix.messages.commands import NewOrder
from kase_fix.messages.indicative import (
    Indicate,
    IndicativeGone,
    IndicativeQuote,
    IndicativeRefused,
    IndicativeSet,
    WithdrawIndicative,
)
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import lots
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.refusals import REQUESTED, UNKNOWN_INSTRUMENT
from kase_fix.rulebook.refusals_of_quotes import (
    ANOTHERS_INDICATIVE,
    COMMENT_TOO_LONG,
    NOTHING_INDICATED,
    QUOTE_CROSSED,
    UNKNOWN_INDICATIVE,
)
from kase_fix.values.enums import OrderKind, Side
from kase_fix.values.numbers import Price, Quantity, format_price

GREATEST_COMMENT = 200
"""Characters."""
RULES: tuple[admission.Rule, ...] = (
    admission.instrument_listed,
    admission.trading_in_system,
    admission.member_admitted,
    admission.member_not_suspended,
    admission.not_suspended,
    admission.price_right,
)
"""What is asked of a price that binds nobody: no account, no session, no limit."""


def indicate(turn: Turn, market: Market, command: Indicate) -> None:
    """Put the member's quote in an instrument, in place of its former one."""
    state = turn.state
    firm = market.users[command.user].firm
    key = firm, command.symbol
    former = state.indicative.get(key)
    quote = IndicativeQuote(
        turn.number if former is None else former.quote_id,
        command.user,
        firm,
        command.symbol,
        command.buy,
        command.sell,
        command.buy_volume,
        command.sell_volume,
        command.comment,
        turn.time,
    )
    refusal = _refuse(turn, market, command)
    if refusal is not None:
        turn.events.append(IndicativeRefused(command.user, command.reference, refusal, quote))
        return
    state.indicative[key] = quote
    turn.events.append(IndicativeSet(quote, command.reference))


def withdraw(turn: Turn, market: Market, command: WithdrawIndicative) -> None:
    """Take a quote of the member's back."""
    found = next((one for one in turn.state.indicative.values() if one.quote_id == command.quote_id), None)
    refusal = None
    if found is None:
        refusal = Refusal(UNKNOWN_INDICATIVE, RULES_OF_THE_EXCHANGE, (str(command.quote_id),))
    elif found.firm != market.users[command.user].firm:
        refusal = Refusal(ANOTHERS_INDICATIVE, RULES_OF_THE_EXCHANGE, (str(command.quote_id),))
    if refusal is not None or found is None:
        assert refusal is not None
        turn.events.append(IndicativeRefused(command.user, command.reference, refusal, quote_id=command.quote_id))
        return
    del turn.state.indicative[found.firm, found.symbol]
    turn.events.append(IndicativeGone(found, command.user, REQUESTED, command.reference))


def withdraw_those(turn: Turn, meant: Callable[[IndicativeQuote], bool], reason: str) -> None:
    """Take quotes back that others' doing ends, first put first: a mass cancel, an absence, a decision."""
    if not turn.state.indicative:
        return
    for quote in sorted(filter(meant, turn.state.indicative.values()), key=lambda one: one.quote_id):
        del turn.state.indicative[quote.firm, quote.symbol]
        turn.events.append(IndicativeGone(quote, quote.user, reason))


def keep_listed(turn: Turn, market: Market) -> None:
    """Take those back that nobody could put any more: the instrument or the user is gone."""
    gone = UNKNOWN_INSTRUMENT
    withdraw_those(turn, lambda quote: quote.symbol not in market.instruments or quote.user not in market.users, gone)


def _refuse(turn: Turn, market: Market, command: Indicate) -> Refusal | None:
    if command.buy is None and command.sell is None:
        return _sides(turn, market, command, ((Side.BUY, None, None),)) or Refusal(
            NOTHING_INDICATED, RULES_OF_THE_EXCHANGE, (command.symbol,)
        )
    sides = (Side.BUY, command.buy, command.buy_volume), (Side.SELL, command.sell, command.sell_volume)
    refusal = _sides(turn, market, command, sides)
    if refusal is not None:
        return refusal
    if len(command.comment) > GREATEST_COMMENT:
        return Refusal(COMMENT_TOO_LONG, RULES_OF_THE_EXCHANGE, (str(GREATEST_COMMENT),))
    if command.buy is not None and command.sell is not None and command.buy >= command.sell:
        decimals = market.group_of(command.symbol).price_decimals
        found = format_price(command.buy, decimals), format_price(command.sell, decimals)
        return Refusal(QUOTE_CROSSED, RULES_OF_THE_EXCHANGE, found)
    return None


def _sides(
    turn: Turn, market: Market, command: Indicate, sides: tuple[tuple[Side, Price | None, Quantity | None], ...]
) -> Refusal | None:
    """Judge each side by the rules of an order that hold for it; one without a price by those of its sender."""
    for side, price, volume in sides:
        kind = OrderKind.LIMIT if price is not None else OrderKind.MARKET
        asked = NewOrder(command.user, "", "", command.symbol, side, kind, volume or 0, price)
        candidate = Candidate(turn.state, market, asked, turn.time)
        for rule in RULES:
            refusal = rule(candidate)
            if refusal is not None:
                return refusal
        if volume is not None:
            group = candidate.listed.group
            refusal = lots.quantity_positive(volume, group) or lots.quantity_within_maximum(volume, group)
            if refusal is not None:
                return refusal
    return None
