"""Text of members to commands and questions, in both dialects."""

import datetime as dt

import pytest
from dialect_market import text
from hypothesis import given
from hypothesis import strategies as st

from kase_fix.gateway.dialect import fix44, next_, questions
from kase_fix.gateway.dialect.fix_text import Fields, frame
from kase_fix.gateway.dialect.problems import BusinessReason, Problem, SessionReason
from kase_fix.messages.commands import CancelOrder, NewOrder, ReplaceOrder
from kase_fix.values.enums import OrderKind, Side, TimeInForce

BOTH = pytest.mark.parametrize("dialect", [fix44, next_])
ORDER = {35: "D", 34: "7", 11: "a1", 1: "F_FIRMA_0000", 55: "EURKZT_TOM", 54: "1", 38: "2000", 40: "2", 44: "450.10",
         60: "20200527-05:30:00"}  # fmt: skip


def said(base: dict[int, str], changed: dict[int, str | None] | None = None) -> str:
    fields = {**base, **(changed or {})}
    return frame("FIX.4.4", text(*(f"{tag}={value}" for tag, value in fields.items() if value is not None)))


def problem(read: object) -> tuple[object, int]:
    assert isinstance(read, Problem)
    return read.reason, read.tag


@BOTH
def test_new_order(dialect):
    assert dialect.read(said(ORDER), "FIRMA") == NewOrder(
        user="FIRMA", cl_ord_id="a1", account="F_FIRMA_0000", symbol="EURKZT_TOM", side=Side.BUY, kind=OrderKind.LIMIT,
        quantity=2000, price=45_010_000_000, transact_time="20200527-05:30:00",
    )  # fmt: skip


@BOTH
def test_new_order_with_everything(dialect):
    more = {59: "6", 432: "20200601", 111: "500", 386: "1", 336: "CETS", 58: "заметка", 97: "Y", 529: "5"}
    order = dialect.read(said(ORDER, more), "FIRMA")
    assert isinstance(order, NewOrder)
    assert (order.tif, order.expire_date) == (TimeInForce.GTD, dt.date(2020, 6, 1))
    assert (order.display, order.board, order.text) == (500, "CETS", "заметка")
    assert order.poss_resend
    assert order.market_maker


@BOTH
@pytest.mark.parametrize(
    ("tag", "written", "again"), [(97, "Y", True), (43, "Y", True), (97, "N", False), (43, "N", False)]
)
def test_a_message_that_may_have_come_before_says_so(dialect, tag, written, again):
    """After a crash QuickFIX asks with PossDupFlag=Y for a message that was journalled but not yet counted."""
    assert dialect.read(said(ORDER, {tag: written}), "FIRMA").poss_resend is again


@BOTH
@pytest.mark.parametrize(
    ("written", "tif"),
    [("0", TimeInForce.DAY), ("1", TimeInForce.GTC), ("2", TimeInForce.AT_OPENING), ("3", TimeInForce.IOC),
     ("4", TimeInForce.FOK), ("5", TimeInForce.GTX), ("6", TimeInForce.GTD), ("7", TimeInForce.DAY)],
)  # fmt: skip
def test_time_in_force(dialect, written, tif):
    assert dialect.read(said(ORDER, {59: written}), "FIRMA").tif is tif


@BOTH
@pytest.mark.parametrize(
    ("written", "kind"),
    [("1", OrderKind.MARKET), ("2", OrderKind.LIMIT), ("3", OrderKind.STOP), ("4", OrderKind.STOP_LIMIT),
     ("G", OrderKind.SWAP), ("R", OrderKind.DIRECT_REPO), ("A", OrderKind.AUTOMATIC_REPO), ("K", OrderKind.OTHER)],
)  # fmt: skip
def test_kinds(dialect, written, kind):
    assert dialect.read(said(ORDER, {40: written}), "FIRMA").kind is kind


@BOTH
@pytest.mark.parametrize(("written", "price"), [(None, None), ("0", None), ("0.00", None), ("5", 500_000_000)])
def test_a_market_order_has_no_price(dialect, written, price):
    assert dialect.read(said(ORDER, {40: "1", 44: written}), "FIRMA").price == price


@pytest.mark.parametrize(("written", "wanted"), [("Y", True), ("N", False), (None, False)])
def test_a_change_says_whether_it_takes_the_order_off_where_it_is_refused(written, wanted):
    change = {35: "G", 34: "7", 11: "a2", 41: "a1", 55: "EURKZT_TOM", 54: "1", 38: "2000", 40: "2", 44: "450.10"}
    assert fix44.read(said(change, {9619: written}), "FIRMA").cancel_on_reject is wanted


@BOTH
def test_what_the_engine_refuses_is_still_a_command(dialect):
    order = dialect.read(said(ORDER, {38: "-5", 44: "450.123", 55: "NOPE"}), "FIRMA")
    assert (order.quantity, order.price, order.symbol) == (-5, 45_012_300_000, "NOPE")
    assert dialect.read(said(ORDER, {44: "0"}), "FIRMA").price == 0
    assert dialect.read(said(ORDER, {44: None}), "FIRMA").price is None


@BOTH
@pytest.mark.parametrize("tag", [11, 1, 55, 54, 38, 40])
def test_required_fields_of_an_order(dialect, tag):
    assert problem(dialect.read(said(ORDER, {tag: None}), "FIRMA")) == (SessionReason.TAG_MISSING, tag)


@BOTH
@pytest.mark.parametrize(
    ("tag", "written", "reason"),
    [
        (44, "4.5e2", SessionReason.WRONG_FORMAT),
        (44, "1.123456789", SessionReason.WRONG_FORMAT),
        (44, "١٢", SessionReason.WRONG_FORMAT),
        (44, "", SessionReason.WRONG_FORMAT),
        (38, "1000.5", SessionReason.WRONG_FORMAT),
        (38, "9" * 30, SessionReason.OUT_OF_RANGE),
        (44, "99999999999.00", SessionReason.OUT_OF_RANGE),
        (44, "9" * 60, SessionReason.OUT_OF_RANGE),
        (111, "x", SessionReason.WRONG_FORMAT),
        (432, "20200230", SessionReason.WRONG_FORMAT),
        (54, "5", SessionReason.OUT_OF_RANGE),
        (59, "9", SessionReason.OUT_OF_RANGE),
        (1, "", SessionReason.TAG_WITHOUT_VALUE),
        (58, "\udcd0", SessionReason.WRONG_FORMAT),
    ],
)
def test_wrong_values_of_an_order(dialect, tag, written, reason):
    found = dialect.read(said(ORDER, {tag: written}), "FIRMA")
    assert problem(found) == (reason, tag)
    assert found.body().startswith(f"35=3\x0145=7\x01371={tag}\x01372=D\x01373={reason.value}\x0158=")


@BOTH
@pytest.mark.parametrize(
    ("tag", "written", "greatest"), [(44, "99999999999.00", "90000000000"), (38, "9" * 30, "9000000000000000000")]
)
def test_what_is_too_large_is_told_so(dialect, tag, written, greatest):
    found = dialect.read(said(ORDER, {tag: written}), "FIRMA")
    assert found.text == f"Tag {tag} is too large: the greatest is {greatest}"


@BOTH
def test_a_time_of_expiry_is_not_looked_at(dialect):
    order = dialect.read(said(ORDER, {59: "6", 432: "20200601", 126: "20200527-11:00:00"}), "FIRMA")
    assert (order.tif, order.expire_date) == (TimeInForce.GTD, dt.date(2020, 6, 1))


@BOTH
def test_replace(dialect):
    request = {35: "G", 11: "a2", 37: "NF_17", 41: "a1", 44: "450.2", 38: "3000"}
    assert dialect.read(said(request), "FIRMA") == ReplaceOrder(
        user="FIRMA", cl_ord_id="a2", order_id="NF_17", orig_cl_ord_id="a1", quantity=3000, price=45_020_000_000
    )
    whole = dialect.read(said({**ORDER, 35: "G", 41: "a0", 59: "0", 111: "100"}), "FIRMA")
    assert (whole.side, whole.kind, whole.tif, whole.display) == (Side.BUY, OrderKind.LIMIT, TimeInForce.DAY, 100)
    assert (whole.symbol, whole.account) == ("EURKZT_TOM", "F_FIRMA_0000")


@BOTH
@pytest.mark.parametrize("kind", ["F", "G", "H"])
def test_an_order_must_be_named(dialect, kind):
    if (dialect, kind) == (next_, "H"):
        return  # asks for all orders
    found = dialect.read(said({35: kind, 34: "9", **({} if kind == "H" else {11: "a2"})}), "FIRMA")
    assert problem(found) == (BusinessReason.FIELD_MISSING, 0)
    assert "380=5" in found.body()


def test_cancel_takes_all_in_fix44_and_a_part_in_next():
    request = said({35: "F", 11: "c1", 41: "a1", 38: "1000"})
    whole = CancelOrder(user="FIRMA", cl_ord_id="c1", orig_cl_ord_id="a1")
    assert fix44.read(request, "FIRMA") == whole
    assert next_.read(request, "FIRMA") == CancelOrder(user="FIRMA", cl_ord_id="c1", orig_cl_ord_id="a1", quantity=1000)


def test_cancel_by_order_id_alone():
    request = said({35: "F", 37: "NF_17"})
    assert next_.read(request, "00100") == CancelOrder(user="00100", cl_ord_id="", order_id="NF_17")
    assert problem(fix44.read(request, "FIRMA")) == (SessionReason.TAG_MISSING, 11)


@BOTH
def test_status_of_one_order(dialect):
    request = said({35: "H", 11: "a1", 37: "NF_17", 790: "q", 55: "X", 54: "1"})
    assert dialect.read(request, "FIRMA") == questions.OrderStatus("FIRMA", "a1", "NF_17", "q", "X", "1")


def test_status_of_all_orders():
    assert next_.read(said({35: "H", 371: "5"}), "00100") == questions.MassStatus("00100", "5")
    archive = next_.read(said({35: "H", 371: "5", 5175: "20200501", 5176: "20200526"}), "00100")
    assert (archive.date_from, archive.date_to) == (dt.date(2020, 5, 1), dt.date(2020, 5, 26))
    assert fix44.read(said({35: "AF", 584: "m", 585: "7"}), "FIRMA") == questions.MassStatus("FIRMA", "m")


@BOTH
def test_instruments(dialect):
    assert dialect.read(said({35: "x", 320: "1", 559: "4"}), "FIRMA") == questions.SecurityList("FIRMA", "1", "4")
    one = said({35: "x", 320: "1", 559: "0", 55: "EURKZT_TOM"})
    assert dialect.read(one, "FIRMA") == questions.SecurityList("FIRMA", "1", "0", "EURKZT_TOM")
    changes = dialect.read(said({35: "x", 320: "1", 559: "4", 263: "1"}), "FIRMA")
    assert changes == questions.SecurityList("FIRMA", "1", "4", subscription=1)


@BOTH
def test_market_data(dialect):
    parts = ("35=V", "262=m", "263=1", "264=5", "265=0", "267=2", "269=0", "269=1", "146=2", "55=A", "55=B")
    asked = dialect.read(frame("FIX.4.4", text(*parts)), "FIRMA")
    assert asked == questions.MarketData("FIRMA", "m", 1, 5, 0, 0, ("0", "1"), ("A", "B"), False)
    everything = dialect.read(said({35: "V", 262: "m", 263: "0", 146: "1", 55: "ALL"}), "FIRMA")
    assert everything == questions.MarketData("FIRMA", "m", 0, 0, 1, 0, (), (), True)
    by_order = dialect.read(said({35: "V", 262: "m", 263: "1", 55: "A", 266: "N", 5250: "500"}), "FIRMA")
    assert (by_order.aggregated, by_order.interval) == (False, 500)
    assert dialect.read(said({35: "V", 262: "m", 263: "2"}), "FIRMA").kind == 2
    assert problem(dialect.read(said({35: "V", 262: "m", 263: "1"}), "FIRMA")) == (SessionReason.TAG_MISSING, 55)
    assert problem(dialect.read(said({35: "V", 262: "m", 263: "3", 55: "A"}), "FIRMA")) == (
        SessionReason.OUT_OF_RANGE,
        263,
    )


def test_positions():
    request = {35: "AL", 1: "N/A", 55: "N/A", 709: "1", 710: "7", 712: "1", 715: "20200527"}
    assert next_.read(said(request), "00100") == questions.Positions("00100", "7", date=dt.date(2020, 5, 27))
    assert next_.read(said({35: "AN", 710: "7", 1: "F_00100_0000"}), "00100").account == "F_00100_0000"


@BOTH
def test_a_message_we_do_not_take(dialect):
    found = dialect.read(said({35: "BE", 34: "3", 923: "1"}), "FIRMA")
    assert problem(found) == (BusinessReason.UNSUPPORTED, 0)
    assert found.body() == "35=j\x0145=3\x01372=BE\x01380=3\x0158=Messages of type BE are not supported\x01"


def test_the_first_occurrence_counts_and_every_one_can_be_had():
    fields = Fields("35=V\x0155=A\x0155=B\x0155=A=C\x01x\x01=2\x01y=1\x01")
    assert fields == {35: "V", 55: "A"}
    assert fields.every(55) == ["A", "B", "A=C"]


@given(st.integers(-(10**17), 10**17), st.integers(0, 8))
def test_every_decimal_is_read_exactly(value, decimals):
    digits = str(abs(value)).rjust(decimals + 1, "0")
    whole, fraction = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    written = ("-" if value < 0 else "") + whole + ("." + fraction if fraction else "")
    found = fix44.read(said(ORDER, {44: written}), "FIRMA")
    if abs(value) * 10 ** (8 - decimals) <= 9 * 10**18:
        assert found.price == value * 10 ** (8 - decimals)
    else:
        assert problem(found) == (SessionReason.OUT_OF_RANGE, 44)


@given(st.sampled_from(["D", "F", "G", "H", "V", "x", "AL", "AF"]), st.dictionaries(
    st.sampled_from([11, 37, 41, 1, 54, 40, 59, 38, 44, 111, 262, 263, 264, 320, 432, 584, 715]),
    st.text(st.characters(blacklist_characters="\x01"), max_size=12),
))  # fmt: skip
def test_reading_never_raises(kind, fields):
    for dialect in (fix44, next_):
        dialect.read(text(f"35={kind}", *(f"{tag}={value}" for tag, value in fields.items())), "FIRMA")


@BOTH
def test_market_data_of_a_board(dialect):
    asked = {35: "V", 262: "m", 263: "1", 146: "1", 55: "R_GS_001", 386: "1", 336: "A"}
    assert dialect.read(said(asked), "FIRMA").board == "A"
