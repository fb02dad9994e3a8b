"""Quotes: a buy and a sell order of one user in one instrument on one board, replaced by his next quote (R-161, R-162).

An entry is carried out whole or not at all; what is refused leaves the quote as it was. A side keeps its place in the
queue when its price stays and its size does not grow, as an order does; else its order ends and another enters.
"""

from kase_fix.engine import admission
from kase_fix.engine.admission_fixing import withdrawal_allowed
from kase_fix.engine.admission_quotes import crossed, is_bound, may_quote, quotable
from kase_fix.engine.admission_specialised import may_withdraw
from kase_fix.engine.candidate import Candidate
from kase_fix.engine.orders import shrink
from kase_fix.engine.placing import order_id_of, place
from kase_fix.engine.state import Trading
from kase_fix.engine.turn import Turn
from kase_fix.engine.withdrawal import withdraw_all, withdraw_what_may_go
from kase_fix.matching.order import Order, order_number
from kase_fix.messages.commands import NewOrder
from kase_fix.messages.order_events import OrderReplaced
from kase_fix.messages.order_state import Refusal
from kase_fix.messages.quotes import (
    CancelQuotes,
    MassQuote,
    MassQuoteAnswered,
    QuoteEntry,
    QuoteResult,
    QuotesCancelled,
    QuoteScope,
)
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE, instrument_on_board
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.refusals import DUPLICATE_ORDER, UNKNOWN_INSTRUMENT
from kase_fix.rulebook.refusals_of_quotes import QUOTE_WITHDRAWN, TOO_MANY_ENTRIES
from kase_fix.values.enums import OrderKind, Side
from kase_fix.values.numbers import Price, Quantity

PREFIX = "MQ_"
"""In front of the number of a mass quote, under which its QuoteID(117) is known."""


def mass_quote(turn: Turn, market: Market, command: MassQuote) -> None:
    """Carry out the entries one by one, or refuse all of them; the QuoteID is used up where they were carried out."""
    names = turn.state.names
    known = names.used(command.user, command.cl_ord_id)
    if known is not None and command.poss_resend and known.startswith(PREFIX):
        turn.events.append(_answer(command, repeated=True))
        return
    refusal = _refuse(market, command, known)
    if refusal is not None:
        turn.events.append(_answer(command, refusal=refusal))
        return
    names.use(command.user, command.cl_ord_id, f"{PREFIX}{turn.number}", is_order=False)
    entered = 0
    results = []
    for entry in command.entries:
        quoting = Quoting(turn, market, command, entry)
        refusal = quoting.refuse()
        if refusal is None:
            entered = quoting.carry_out(entered)
        board = entry.board if quoting.trading is None else quoting.trading.board.code
        results.append(QuoteResult(entry.set_id, entry.entry_id, entry.symbol, board, refusal))
    turn.events.append(_answer(command, tuple(results)))


def cancel_quotes(turn: Turn, command: CancelQuotes) -> None:
    """Withdraw the user's quotes that are meant, as far as their trading lets them go (Z)."""
    state = turn.state
    unknown = next((symbol for symbol in command.symbols if symbol not in state.listings), None)
    if command.scope is QuoteScope.INSTRUMENTS and unknown is not None:
        refusal = Refusal(UNKNOWN_INSTRUMENT, "art. 1 p. 1 sp. 3", (unknown,))
        turn.events.append(_withdrawn(command, 0, 0, refusal))
        return
    meant = [
        order
        for (user, _), sides in state.quotes.items()
        for order in sides.values()
        if user == command.user
        and (command.scope is QuoteScope.ALL or order.symbol in command.symbols)
        and command.board in ("", order.board)
        and command.account in ("", order.account)
    ]
    meant.sort(key=lambda order: order_number(order.order_id))
    gone, left = withdraw_what_may_go(turn, meant, QUOTE_WITHDRAWN, command.cl_ord_id)
    turn.events.append(_withdrawn(command, len(gone), left))


class Quoting:
    """One entry of a mass quote, against the quote that stands: which sides stay in place, go, and come."""

    def __init__(self, turn: Turn, market: Market, command: MassQuote, entry: QuoteEntry) -> None:
        self._turn, self._market, self._command, self._entry = turn, market, command, entry
        state = turn.state
        self._user = market.users[command.user]
        self.trading: Trading | None = state.meant(entry.symbol, entry.board)
        """Where it trades; None: it is not listed."""
        sides = {} if self.trading is None else state.quotes.get((command.user, self.trading.key), {})
        wanted = {Side.BUY: (entry.bid, entry.bid_size), Side.SELL: (entry.offer, entry.offer_size)}
        present = [sides[side] for side in (Side.BUY, Side.SELL) if side in sides]
        self._stays = [
            order for order in present if _keeps_its_place(order, *wanted[order.side], account=command.account)
        ]
        self._goes = tuple(order for order in present if order not in self._stays)
        kept = [order.side for order in self._stays]
        self._comes = [self._order(side, *terms) for side, terms in wanted.items() if terms[1] and side not in kept]
        self._sizes = {side: size for side, (_, size) in wanted.items()}

    def refuse(self) -> Refusal | None:
        """Return why the entry is not carried out, or None. To withdraw is always allowed where trading lets it."""
        turn, entry, trading = self._turn, self._entry, self.trading
        if trading is None:
            return Refusal(UNKNOWN_INSTRUMENT, "art. 1 p. 1 sp. 3", (entry.symbol,))
        elsewhere = instrument_on_board(trading.instrument, entry.board, trading.board)
        if elsewhere is not None:
            return elsewhere
        for order in self._goes:
            held = withdrawal_allowed(turn.state, trading, order, None) or may_withdraw(turn.state, trading)
            if held is not None:
                return held
        if not (self._comes or self._stays):
            return None
        refusal = (
            may_quote(self._user, self._market, trading)
            or quotable(turn.state, trading)
            or (crossed(entry, trading) if entry.bid_size and entry.offer_size else None)
        )
        if refusal is not None:
            return refusal
        return self._refused_by_admission()

    def _refused_by_admission(self) -> Refusal | None:
        state, now = self._turn.state, self._turn.time
        for order in self._stays:
            size = self._sizes[order.side]
            if size < order.leaves:
                terms = Candidate.of(state, self._market, order, order.price, order.filled + size, None, now)
                if (refusal := admission.refuse(terms)) is not None:
                    return refusal
        for count, asked in enumerate(self._comes):
            new = Candidate(state, self._market, asked, now)
            new.instead_of, new.beside = self._goes, tuple(self._comes[:count])
            if (refusal := admission.refuse(new)) is not None:
                return refusal
        return None

    def carry_out(self, entered: int) -> int:
        """Lessen what stays, withdraw what goes, enter what comes; return how many orders were entered so far."""
        turn, trading, command = self._turn, self.trading, self._command
        assert trading is not None
        for order in self._stays:
            before, order.cl_ord_id = order.cl_ord_id, command.cl_ord_id
            order.quote_id, order.quote_entry = command.cl_ord_id, self._entry.entry_id
            if self._sizes[order.side] < order.leaves:
                shrink(turn, trading, order, self._sizes[order.side], before)
            else:
                turn.events.append(OrderReplaced(order.state(), before, order.cl_ord_id))
        withdraw_all(turn, self._goes, QUOTE_WITHDRAWN, command.cl_ord_id)
        for asked in self._comes:
            entered += 1
            order = Order(order_id_of(turn, trading, entered), asked, self._user.firm, trading.board.code, turn.time)
            order.quote_id, order.quote_entry = command.cl_ord_id, self._entry.entry_id
            place(turn, trading, order)
        return entered

    def _order(self, side: Side, price: Price | None, size: Quantity) -> NewOrder:
        return NewOrder(
            self._command.user,
            self._command.cl_ord_id,
            self._command.account,
            self._entry.symbol,
            side,
            OrderKind.LIMIT,
            size,
            price,
            board=self._entry.board,
            market_maker=self.trading is not None and is_bound(self._user, self._market, self.trading),
        )


def _keeps_its_place(order: Order, price: Price | None, size: Quantity, account: str) -> bool:
    """Tell whether a side stays where it is in the queue; one beside the book has no place there."""
    return order.level is not None and price == order.price and 0 < size <= order.leaves and account == order.account


def _refuse(market: Market, command: MassQuote, known: str | None) -> Refusal | None:
    if known is not None:
        return Refusal(DUPLICATE_ORDER, "", (command.cl_ord_id,))
    greatest = market.configuration.greatest_quote_entries
    if len(command.entries) > greatest:
        return Refusal(TOO_MANY_ENTRIES, RULES_OF_THE_EXCHANGE, (str(len(command.entries)), str(greatest)))
    return None


def _answer(
    command: MassQuote,
    entries: tuple[QuoteResult, ...] = (),
    refusal: Refusal | None = None,
    repeated: bool = False,
) -> MassQuoteAnswered:
    return MassQuoteAnswered(
        command.user,
        command.cl_ord_id,
        command.account,
        command.level,
        command.single,
        entries or tuple(QuoteResult(one.set_id, one.entry_id, one.symbol, one.board) for one in command.entries[:1]),
        refusal,
        repeated,
    )


def _withdrawn(command: CancelQuotes, count: int, left: int, refusal: Refusal | None = None) -> QuotesCancelled:
    return QuotesCancelled(
        command.user, command.cl_ord_id, command.account, command.level, command.scope, count, left, refusal
    )
