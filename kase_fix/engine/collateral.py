"""Collateral of orders where a board's deals are settled against it at once: money and securities (art. 7 p. 2).

An account has what the depository said this morning, and what today's deals bring and take. Of it every living order
blocks what it may cost: released as it is cancelled, expires, or is filled. What is blocked is counted from the living
orders themselves, so nothing stays blocked when none lives.
"""

from collections.abc import Collection
from typing import NamedTuple

from kase_fix.clearing.bond_amounts import bond_amount
from kase_fix.clearing.obligations import Key
from kase_fix.engine.candidate import Candidate
from kase_fix.engine.settling import REPO_DIRECT
from kase_fix.engine.specialised_result import real_price
from kase_fix.engine.state import State, Trading
from kase_fix.matching.fixing import Round
from kase_fix.matching.order import Order
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.refusals_of_methods import NOT_ENOUGH_MONEY, NOT_ENOUGH_SECURITIES
from kase_fix.values.enums import Side
from kase_fix.values.numbers import Price, Quantity, format_decimal, money_of

CLAUSE = "art. 7 p. 2"
AT_ONCE = "T+0"
"""Settlement scheme that asks for the whole at once (R-21)."""


class Need(NamedTuple):
    """What an order needs on its account."""

    asset: str
    amount: int
    """Minor units of a currency, or pieces of a security."""
    is_money: bool


def checked(trading: Trading) -> bool:
    """Tell whether orders in the instrument on this board are covered before they are taken."""
    return trading.board.collateral and (trading.instrument.scheme or trading.group.settlement) == AT_ONCE


def collateral_enough(order: Candidate) -> Refusal | None:
    """Refuse an order that the account does not cover (art. 7 p. 2): 20 for money, 21 for securities."""
    trading, state = order.listed, order.state
    if not checked(trading) or _places(order):
        return None
    filled = order.changes.filled if order.changes is not None else 0
    need = need_of(state, trading, order.side, _price(order), order.quantity - filled)
    if need is None:
        return None
    fixing = state.fixings.get(trading.key)
    place = None if fixing is None else (trading.key, fixing.present.number)
    without = order.instead_of if order.changes is None else (order.changes, *order.instead_of)
    with_it = blocked(state, order.account, need.asset, without, (place, need.amount))
    free = _held(state, order.account, need.asset) - with_it + need.amount
    if need.amount <= free:
        return None
    if need.is_money:
        found = (order.account, format_decimal(free, 2, 2), need.asset, format_decimal(need.amount, 2, 2))
        return Refusal(NOT_ENOUGH_MONEY, CLAUSE, found)
    return Refusal(NOT_ENOUGH_SECURITIES, CLAUSE, (order.account, str(free), need.asset, str(need.amount)))


def _price(order: Candidate) -> Price | None:
    """Return what an order may cost for one: its price, its stop price, the called one of a fixing, else the last."""
    fixing = order.state.fixings.get(order.listed.key)
    if order.price is not None:
        return real_price(order.state, order.listed, order.price)
    if order.stop_price is not None:
        return order.stop_price
    return order.listed.last_deal if fixing is None else fixing.present.price


def _places(order: Candidate) -> bool:
    """Tell whether it is an initiator's who sells what is only coming into being: a placement."""
    auction = order.state.specialised.get(order.listed.key)
    return auction is not None and auction.terms.initiator == order.user.name and order.side is Side.SELL


def free_of(state: State, account: str, asset: str) -> int:
    """Return what of an asset an account may still use today."""
    return _held(state, account, asset) - blocked(state, account, asset)


def _held(state: State, account: str, asset: str) -> int:
    """Return what the account had this morning with what today's deals bring and take."""
    held = state.balances.get(account, {}).get(asset, 0)
    if state.date is not None:
        held += state.ledger.amounts.get(Key(account, asset, state.date), 0)
    return held


def blocked(
    state: State,
    account: str,
    asset: str,
    without: Collection[Order] = (),
    more: tuple[tuple[str, int] | None, int] = (None, 0),
) -> int:
    """Return what of an asset the account's living orders block.

    `without` are orders that are being changed or leave, `more` what another would need, with the round it is sent
    for. Of the rounds of a fixing one alone is executed: the one that needs most counts (R-17).
    """
    place, amount = more
    total = amount if place is None else 0
    in_rounds: dict[tuple[str, int], int] = {} if place is None else {place: amount}
    for order in state.covered.get(account, {}).values():
        if order in without or not (order.level is not None or order.apart or order.waiting):
            continue  # an order of several days blocks from the morning on that forms it
        trading = state.on(order)
        called = _round_of(state, trading, order.order_id)
        price = _living_price(state, trading, order)
        need = _need_of_order(state, trading, order, called.price if called is not None else price)
        if need is None or need.asset != asset:
            continue
        if called is None:
            total += need.amount
        else:
            sent_for = trading.key, called.number
            in_rounds[sent_for] = in_rounds.get(sent_for, 0) + need.amount
    most: dict[str, int] = {}
    for (key, _), of_round in in_rounds.items():
        most[key] = max(most.get(key, 0), of_round)
    return total + sum(most.values())


def _living_price(state: State, trading: Trading, order: Order) -> Price | None:
    """Return what a living order may cost for one: its price, that of a stop order its stop price, else the last."""
    if order.price is not None:
        return real_price(state, trading, order.price)
    return order.stop_price if order.waits_for_price else trading.last_deal


def _need_of_order(state: State, trading: Trading, order: Order, price: Price | None) -> Need | None:
    """Return what a living order needs; it is computed anew only when what it rests on has changed."""
    settlement = state.settlement.get(order.symbol)
    rests_on = (price, order.leaves, settlement, trading.instrument)
    if order.cover is None or order.cover[0] != rests_on:
        order.cover = rests_on, need_of(state, trading, order.side, price, order.leaves)
    return order.cover[1]


def _round_of(state: State, trading: Trading, order_id: str) -> Round | None:
    """Return the round of a fixing an order was sent for; None: it is in none."""
    fixing = state.fixings.get(trading.key)
    return None if fixing is None else fixing.round_of(order_id)


def need_of(state: State, trading: Trading, side: Side, price: Price | None, quantity: Quantity) -> Need | None:
    """Return what an order of this size may cost: its money with accrued interest, or its securities.

    In direct repo who sells gives money, who buys gives the securities. None where nothing can be said: a market order
    in what was never dealt in.
    """
    instrument = trading.instrument
    repo = trading.board.method == REPO_DIRECT
    if (side is Side.SELL) is not repo:
        return Need(instrument.symbol, quantity, False)
    if price is None:
        return None
    if repo:
        currency = instrument.bond.currency if instrument.bond is not None else instrument.quote
        return Need(currency, money_of(price, quantity), True)
    if instrument.bond is None:
        return Need(instrument.quote, money_of(price, quantity), True)
    settlement = state.settlement.get(instrument.symbol)
    if settlement is None:
        return None
    amount = bond_amount(instrument.price_kind, instrument.bond, price, quantity, settlement)
    return None if amount is None else Need(instrument.bond.currency, amount.amount, True)
