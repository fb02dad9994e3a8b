"""Positions and deals on request as text; quickfix is the judge."""

import datetime as dt

import msgspec
import pytest
from dialect_market import DAY, LISTING, TIME, a_deal, flat, validated

from kase_fix.clearing.obligations import Key
from kase_fix.gateway.dialect import fix44, next_, questions, trades_text
from kase_fix.gateway.dialect.positions_text import answers_of_fix44, answers_of_next, position_report
from kase_fix.gateway.dialect.questions import Deals, Positions
from kase_fix.values.enums import Side


def test_positions():
    account = "F_00100_0000"
    held = {Key(account, "KZT", dt.date(2020, 5, 28)): -5, Key(account, "KZTO", dt.date(2020, 6, 3)): 100}
    body = position_report("p1", "7", account, DAY, held)
    sent = validated("NEXT", body)
    assert flat(body)[7:] == [
        "5025=2", "5026=1", "5027=KZT/20200528", "5024=0", "5028=1", "5029=1", "5030=-0.05", "5066=-0.05",
        "5026=2", "5027=KZTO/20200603", "5024=0", "5028=1", "5029=1", "5030=100",
    ]  # fmt: skip
    assert "5028=1\x015029=1\x015030=-0.05" in sent
    empty = position_report("p2", "", account, DAY, {})
    assert flat(empty) == ["35=AP", "721=p2", "727=0", "728=0", "715=20200527", "1=F_00100_0000"]
    validated("NEXT", empty)


def test_positions_in_fix44_one_by_one():
    """AN -> AP: what is got and what is owed; AO where there is nothing, or nothing that may be told."""
    account, date = "F_FIRMA_0000", dt.date(2020, 5, 28)
    held = {Key(account, "EUR", date): 1000_00, Key(account, "KZTO", date): -7}
    question = Positions("FIRMA", "q1")
    euro, share = answers_of_fix44(question, "A1", DAY, (account,), held)
    assert flat(euro) == [
        "35=AP", "721=A1-1", "710=q1", "724=0", "727=2", "728=0", "715=20200527", "1=F_FIRMA_0000", "15=EUR",
        "702=1", "703=DLV", "704=1000.00", "705=0.00", "743=20200528",
    ]  # fmt: skip
    assert flat(share)[8:] == ["55=KZTO", "702=1", "703=DLV", "704=0", "705=7", "743=20200528"]
    validated("FIX44", euro)
    validated("FIX44", share)
    for changes, result, status in (
        ({"asset": "USD"}, 2, 0),
        ({"account": "F_FIRMB_0000"}, 3, 2),
        ({"kind": "2"}, 4, 2),
    ):
        (ack,) = answers_of_fix44(msgspec.structs.replace(question, **changes), "A2", DAY, (account,), held)
        assert flat(ack)[4:6] == [f"728={result}", f"729={status}"]
        validated("FIX44", ack)


def test_positions_of_the_day_in_next():
    """AN with 724=4 -> DP; an account of others is answered by j: from AP a client takes its accounts."""
    account, date = "F_00100_0000", dt.date(2020, 5, 28)
    question = Positions("00100", "q1", kind="4")
    (body,) = answers_of_next(question, "A1", DAY, (account,), {Key(account, "EUR", date): -1000_00})
    assert flat(body) == [
        "35=DP", "1=F_00100_0000", "5158=EUR", "5155=20200528", "5148=0.00", "5149=1000.00", "5150=-1000.00",
        "5151=0", "5152=0", "5174=1",
    ]  # fmt: skip
    validated("NEXT", body)
    (j,) = answers_of_next(msgspec.structs.replace(question, account="X"), "A1", DAY, (account,), {})
    assert flat(j)[0] == "35=j"
    assert "379=q1" in flat(j)


@pytest.mark.parametrize("dialect", ["FIX44", "NEXT"])
def test_deals_on_request(dialect):
    """AD -> AE for each own side, the last one marked; AQ where there is none, and why where it is refused."""
    deal = a_deal()
    question = Deals(deal.buy.user, "t1", "1", symbol=deal.symbol)
    told = [(18, 1, TIME, deal)]
    (body,) = trades_text.answers(question, (deal.buy.account,), told, (), LISTING, DAY)
    assert {"35=AE", "568=t1", "150=F", "748=1", "912=Y", f"880={deal.deal_id}", "552=1", "54=1"} <= set(flat(body))
    assert deal.sell.account not in body
    validated(dialect, body)
    (body,) = trades_text.answers(question, (deal.buy.account,), told, {deal.deal_id}, LISTING, DAY)
    assert "150=H" in flat(body)
    for changes, result in (
        ({"side": Side.SELL}, 0),
        ({"symbol": "XXX"}, 1),
        ({"kind": "2"}, 8),
        ({"account": "other"}, 9),
        ({"date": dt.date(2020, 5, 26)}, 99),
        ({"subscription": "1"}, 99),
    ):
        asked = msgspec.structs.replace(question, **changes)
        (ack,) = trades_text.answers(asked, (deal.buy.account,), told, (), LISTING, DAY)
        assert {"35=AQ", f"749={result}", f"750={2 if result else 1}"} <= set(flat(ack))
        validated(dialect, ack)


def test_reading():
    """AN narrows down by account and asset, AD by what it names; N/A stands for all."""
    asked = "35=AN\x01710=q\x01724=0\x011=N/A\x0115=EUR\x01715=20200527\x01"
    assert fix44.read(asked, "FIRMA") == questions.Positions("FIRMA", "q", "", "EUR", DAY, "0")
    assert next_.read(asked.replace("15=EUR", "55=KZTO"), "00100").asset == "KZTO"
    asked = "35=AD\x01568=t\x01569=1\x0155=KZTO\x0154=2\x011=S\x0175=20200527\x01880=5-1\x01"
    for dialect in (fix44, next_):
        assert dialect.read(asked, "FIRMA") == questions.Deals(
            "FIRMA", "t", "1", "0", "KZTO", Side.SELL, "S", DAY, deal_id="5-1"
        )
    assert fix44.read("35=AD\x01569=1\x01", "FIRMA").tag == 568
