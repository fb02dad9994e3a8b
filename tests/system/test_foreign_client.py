"""asyncfix with its own notion of an order's life and of a book: it agrees with ours, and sees nothing wrong."""

import pytest
from asyncfix import FIXMessage, FMsg, FTag
from asyncfix.protocol import FOrdSide, FOrdStatus

from tests.system.floor import BUY, SELL, TRADE, new_name
from tests.system.foreigners import AsyncMember, published_schema


@pytest.fixture(scope="module")
def schema():
    return published_schema()


@pytest.fixture
async def asyncfix_members(venue, schema):
    """FIRMA and FIRMB, both on asyncfix."""
    members = [AsyncMember(user, venue.api, schema) for user in ("FIRMA", "FIRMB")]
    for each in members:
        await each.logs_on()
    yield members
    for each in members:
        await each.leaves()


async def send(member, order):
    await member.send_msg(order.new_req())
    await member.until(lambda: order.status != FOrdStatus.PENDING_NEW)


async def test_two_asyncfix_clients_trade_cancel_and_replace(asyncfix_members):
    """FIX 4.4 D, 8, F, G and 9 through a foreign order state machine (art. 7 p. 1: the earlier price is taken)."""
    firma, firmb = asyncfix_members
    bid = firma.new_order(new_name(), "EURKZT_TOM", FOrdSide.BUY, 450.10, 2000)
    await send(firma, bid)
    assert bid.status == FOrdStatus.NEW

    hit = firmb.new_order(new_name(), "EURKZT_TOM", FOrdSide.SELL, 450.00, 1000)
    await send(firmb, hit)
    await firmb.until(hit.is_finished)
    await firma.until(lambda: bid.status == FOrdStatus.PARTIALLY_FILLED)
    assert (bid.cum_qty, bid.leaves_qty, bid.avg_px) == (1000, 1000, 450.10)
    assert (hit.status, hit.cum_qty, hit.leaves_qty, hit.avg_px) == (FOrdStatus.FILLED, 1000, 0, 450.10)
    bought = await firma.hears(FMsg.EXECUTIONREPORT, t150=TRADE)
    sold = await firmb.hears(FMsg.EXECUTIONREPORT, t150=TRADE)
    assert bought["880"] == sold["880"]
    assert bought[FTag.ExecID] != sold[FTag.ExecID]
    assert bought[FTag.SettlDate] == sold[FTag.SettlDate] == "20200528"

    await firma.send_msg(bid.replace_req(price=450.20, qty=3000))
    await firma.until(lambda: bid.price == 450.20)
    assert (bid.qty, bid.leaves_qty, bid.status) == (3000, 2000, FOrdStatus.PARTIALLY_FILLED)

    await firma.send_msg(bid.cancel_req())
    await firma.until(bid.is_finished)
    assert (bid.status, bid.leaves_qty, bid.cum_qty) == (FOrdStatus.CANCELED, 0, 1000)

    await firma.send_msg(FIXMessage(FMsg.ORDERSTATUSREQUEST, {37: bid.order_id, 55: "EURKZT_TOM", 54: BUY}))
    status = await firma.hears(FMsg.EXECUTIONREPORT, t150="I", t37=bid.order_id)
    assert (status[FTag.OrdStatus], status[FTag.CumQty]) == ("4", "1000")

    late = {11: new_name(), 37: bid.order_id, 41: bid.clord_id, 55: "EURKZT_TOM", 54: BUY, 60: bid.current_datetime()}
    await firma.send_msg(FIXMessage(FMsg.ORDERCANCELREQUEST, late))
    refused = await firma.hears(FMsg.ORDERCANCELREJECT, t11=late[11])
    assert refused[FTag.CxlRejResponseTo] == "1"

    for each in asyncfix_members:
        await each.until(lambda each=each: each._test_req_id is None)  # its own, where it heard nothing for a second
        await each.send_test_req()
        await each.until(lambda each=each: each._test_req_id is None)
        await each.until(lambda each=each: each.crossed["< 0"] >= 2)  # the venue's own heartbeat too
        assert each.invalid == []
        assert each.crossed["< 3"] == each.crossed["> 3"] == each.crossed["< j"] == each.crossed["> j"] == 0
        assert each.crossed["< 2"] == each.crossed["> 2"] == 0
    assert {kind for kind in firma.crossed if firma.crossed[kind]} >= {"> A", "< A", "> D", "> F", "> G", "> H", "< 8"}
    assert (firma.crossed["< 8"], firma.crossed["< 9"], firmb.crossed["< 8"]) == (5, 1, 2)


async def test_an_asyncfix_vendor_gets_the_book_and_then_the_deals(venue, schema, member):
    """FIX-MD: V is answered by W, and every change that follows comes as X."""
    vendor = AsyncMember("VENDOR1", venue.md, schema, target="KASEMD")
    await vendor.logs_on()
    firma, firmb = member("FIRMA"), member("FIRMB")
    firma.rests("RUBKZT_TOD", BUY, 100_000, "5.7500")
    request = FIXMessage(FMsg.MARKETDATAREQUEST)
    request[262], request[263], request[264], request[265] = "md1", "1", "0", "1"
    request.set_group(267, [{269: kind} for kind in "012"])
    request.set_group(146, [{55: "RUBKZT_TOD"}])
    await vendor.send_msg(request)
    book = await vendor.hears(FMsg.MARKETDATASNAPSHOTFULLREFRESH, t262="md1", t55="RUBKZT_TOD")
    [level] = book.get_group_list(268)
    assert (level[269], level[270], level[271]) == ("0", "5.7500", "100000")

    firmb.orders("RUBKZT_TOD", SELL, 50_000, "5.7500")
    change = await vendor.hears(FMsg.MARKETDATAINCREMENTALREFRESH, t262="md1")
    entries = {entry[269]: entry for entry in change.get_group_list(268)}
    assert (entries["0"][279], entries["0"][271]) == ("1", "50000")
    assert (entries["2"][279], entries["2"][270], entries["2"][271]) == ("0", "5.7500", "50000")
    assert (book[83], [entry[83] for entry in change.get_group_list(268)]) == ("0", ["1", "2"])
    firmb.orders("RUBKZT_TOD", SELL, 50_000, "5.7500")
    change = await vendor.hears(FMsg.MARKETDATAINCREMENTALREFRESH, t262="md1")
    assert [(one[279], one[269]) for one in change.get_group_list(268)] == [("2", "0"), ("0", "2")]
    assert vendor.invalid == []
    assert vendor.crossed["< 3"] == vendor.crossed["< j"] == vendor.crossed["< Y"] == 0
    await vendor.leaves()
