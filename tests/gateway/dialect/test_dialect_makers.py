"""What market makers ask and are told in NEXT, as text; quickfix is the judge."""

import msgspec
import pytest
from dialect_market import flat, text, validated

from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.makers_text import WARNINGS, liability_list, statistics
from kase_fix.gateway.dialect.problems import BusinessReason, SessionReason
from kase_fix.gateway.dialect.questions import MakerLiabilities, MakerStatistics
from kase_fix.marketdata.quoting import Breach, Quoting
from kase_fix.messages.configuration import Clauses, Group, Instrument
from kase_fix.messages.making import Liability
from kase_fix.rulebook.making import Quote
from kase_fix.values.numbers import parse_price
from tests.marketdata.test_makers import BEGIN, BOARD, EUR, SECOND, TODAY

GROUP = Group("eur", "EUR", "fx", "NF", 1000, 2, Clauses("art. 12 p. 2", "art. 12 p. 5", "art. 12 p. 6"))
INSTRUMENT = Instrument(EUR, "eur", BOARD, "EUR", "KZT", "TOM")
LIABILITY = Liability(7, "00100", EUR, BOARD, parse_price("1.5"), 50, 2000, 100_000_00, 250)
NOTHING = Liability(8, "00100", "BRKLb1", "CORP")


def a_quoting(buy="450.00", sell="451.25", breaches=()):
    quoting = Quoting(LIABILITY, TODAY, BEGIN, None)
    quoting.buy = None if buy is None else Quote(parse_price(buy), 2000)
    quoting.sell = None if sell is None else Quote(parse_price(sell), 3000)
    quoting.breaches = list(breaches)
    return quoting


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        (("35=MR", "5128=1"), MakerLiabilities("00100", "1")),
        (("35=MR", "5128=1", "263=1"), MakerLiabilities("00100", "1", 1)),
        (("35=MT", "5128=2"), MakerStatistics("00100", "2")),
        (("35=MT", "5128=2", "55=EURKZT_TOM", "263=2"), MakerStatistics("00100", "2", 2, EUR)),
        (("35=MT", "5128=2", "5122=12"), MakerStatistics("00100", "2", place=12)),
    ],
)
def test_what_is_asked(parts, read):
    asked = text(*parts)
    validated("NEXT", asked, "00100", "KASE")
    assert next_.read(asked, "00100") == read
    assert fix44.read(asked, "FIRMB").reason is BusinessReason.UNSUPPORTED


@pytest.mark.parametrize(
    ("parts", "tag", "reason"),
    [
        (("35=MR",), 5128, SessionReason.TAG_MISSING),
        (("35=MR", "5128=1", "263=3"), 263, SessionReason.OUT_OF_RANGE),
        (("35=MT", "5128=1", "5122=-1"), 5122, SessionReason.WRONG_FORMAT),
        (("35=MT", "5128=1", "5122=9999999999"), 5122, SessionReason.WRONG_FORMAT),
    ],
)
def test_what_is_asked_wrongly(parts, tag, reason):
    problem = next_.read(text(*parts), "00100")
    assert (problem.tag, problem.reason) == (tag, reason)


def test_liabilities_say_only_what_is_asked_for():
    body = liability_list("r1", "00100", [(LIABILITY, 2), (NOTHING, 4)])
    assert flat(body) == [
        "35=ML", "5128=r1", "5183=00100", "5129=2",
        "55=EURKZT_TOM", "5123=1.50", "5124=0.5", "5125=2000", "5126=100000.00", "5127=2.5",
        "55=BRKLb1",
    ]  # fmt: skip
    validated("NEXT", body)
    validated("NEXT", liability_list("r1", "00100", []))


def test_statistics_say_only_what_there_is():
    breaches = (Breach(("NO_BUY", "QTY"), BEGIN, BEGIN + SECOND), Breach(("SPREAD",), BEGIN + 2 * SECOND, None))
    body = statistics("r2", a_quoting(breaches=breaches), INSTRUMENT, GROUP)
    assert flat(body) == [
        "35=MS", "5128=r2", "55=EURKZT_TOM", "5132=450.00", "5133=2000", "5134=900000.00",
        "5135=451.25", "5136=3000", "5137=1353750.00", "5138=1.25", "5139=0.28", "5140=2",
        "55=EURKZT_TOM", "5141=NO_BUY QTY", "5142=20200527-04:30:00.000", "5143=20200527-04:30:01.000", "5144=Y",
        "55=EURKZT_TOM", "5141=SPREAD", "5142=20200527-04:30:02.000", "5144=N",
    ]  # fmt: skip
    validated("NEXT", body)
    alone = statistics("r2", a_quoting(sell=None), INSTRUMENT, GROUP)
    assert flat(alone)[3:] == ["5132=450.00", "5133=2000", "5134=900000.00"]
    assert flat(statistics("r2", a_quoting(None, None), INSTRUMENT, GROUP)) == ["35=MS", "5128=r2", "55=EURKZT_TOM"]


def test_a_yield_has_neither_volume_nor_per_cent():
    yields = msgspec.structs.replace(GROUP, price_kind="yield", price_decimals=4)
    body = statistics("r2", a_quoting("-0.5", "1.5"), INSTRUMENT, yields)
    assert flat(body)[3:] == ["5132=-0.5000", "5133=2000", "5135=1.5000", "5136=3000", "5138=2.0000"]
    validated("NEXT", body)


def test_of_many_breaches_the_last_are_told():
    breaches = [Breach(("QTY",), BEGIN + at * SECOND, BEGIN + at * SECOND + 1) for at in range(WARNINGS + 5)]
    told = flat(statistics("r2", a_quoting(breaches=breaches), INSTRUMENT, GROUP))
    assert f"5140={WARNINGS}" in told
    assert sum(part.startswith("5141=") for part in told) == WARNINGS
    assert "5142=20200527-04:30:04.000" not in told
