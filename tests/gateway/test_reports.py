"""One report that fails costs nobody else anything, and the one it was for hears that there was one."""

import datetime as dt
import threading
from collections import Counter
from queue import SimpleQueue

import msgspec
import pytest

from kase_fix.gateway import wording as module
from kase_fix.gateway.acceptor import StoreUnwritable
from kase_fix.gateway.catching_up import GIVEN
from kase_fix.gateway.cursor import Cursor
from kase_fix.gateway.dialect.delivery import BUYER, SELLER
from kase_fix.gateway.dialect.questions import OrderStatus as Question
from kase_fix.gateway.gate import Admission
from kase_fix.gateway.reports import Asked, Came, Passed, Reports
from kase_fix.journal.log import EventLog
from kase_fix.messages.codec import encode_published
from kase_fix.messages.configuration import User
from kase_fix.messages.day_events import Announced
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Published
from kase_fix.messages.order_events import OrderAccepted, OrderCancelled
from kase_fix.messages.order_state import OrderState
from kase_fix.values.enums import OrderKind, OrderStatus, Side, TimeInForce

BUY = OrderState(
    "NS_1", "FIRMA", "FIRMA", "a1", "S", "MUM180_0014", "GOV", Side.BUY, OrderKind.LIMIT, TimeInForce.DAY,
    100, 100, 0, OrderStatus.NEW, 10**10, 0, None, None, "", "", 1,
)  # fmt: skip
SELL = msgspec.structs.replace(BUY, order_id="NS_2", user="FIRMB", firm="FIRMB", cl_ord_id="b1", side=Side.SELL)
DEAL = Deal("1_1", BUY.symbol, "GOV", 10**10, 100, dt.date(2020, 5, 28), Side.SELL, "continuous", BUY, SELL)
USERS = [User(name, name, ("gov",), ("S",)) for name in ("FIRMA", "FIRMB")]


class Line:
    """Acceptor and gate in one. A message of a type in `broken` cannot be sent to that user."""

    comp_id = "KASE"

    def __init__(self):
        self.online = {user.name for user in USERS}
        self.counts = Counter()
        self.sent, self.applied, self.broken = [], [], set()
        self.unwritable = self.full = False

    def dialect_of(self, _):
        return "FIX44"

    def tells(self, user):
        return user in self.online

    def came(self, _):
        pass

    def apply(self, event):
        self.applied.append(event)
        raise RuntimeError("gate")

    def send(self, user, body, **_):
        kind = body[3 : body.index("\x01")]
        if self.full:
            self.unwritable = True
            raise StoreUnwritable
        if (user, kind) in self.broken:
            raise RuntimeError("send")
        self.sent.append((user, kind))
        return True


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def log():
    return EventLog()


def started(directory, line, log):
    reports = Reports(line, line, str, USERS, directory, log, SimpleQueue())
    for published in log.history():
        reports.take(published)
    return reports


@pytest.fixture
def reports(tmp_path, line, log):
    return started(tmp_path, line, log)


@pytest.fixture
def happens(reports, log):
    """Events come as the sequencer brings them: kept, then told."""

    def happen(number, *events):
        published = Published(number, number, events)
        log.keep(published, encode_published(published))
        reports._deal_with(published)

    return happen


def test_a_report_that_cannot_be_sent_costs_nobody_else_anything(reports, line, happens):
    line.broken = {("FIRMA", "8")}
    happens(1, DEAL, Announced("A text", "Text", "NOBODY"), OrderAccepted(SELL))
    assert line.sent == [("FIRMA", "j"), ("FIRMB", "8"), ("FIRMB", "8")]
    assert len(line.applied) == 1
    line.broken = set()
    happens(2, OrderAccepted(BUY))
    assert line.sent[3:] == [("FIRMA", "8")]
    assert reports.counts["failures"] == 1 + 1  # the gate's is the other


def test_a_report_that_cannot_be_made_is_told_of(reports, line, monkeypatch, happens):
    made = module.fix44.report
    monkeypatch.setattr(
        module.fix44,
        "report",
        lambda event, side, *rest, **more: 1 / 0 if side == BUYER else made(event, side, *rest, **more),
    )
    line.online.discard("FIRMA")
    happens(1, DEAL)
    assert line.sent == [("FIRMB", "8")]
    line.online.add("FIRMA")
    reports._deal_with(Came("FIRMA"))
    assert line.sent[1:] == [("FIRMA", "j")]
    assert "379=a1\x01" in module.instead(DEAL, (1, 0, BUYER))
    assert "379=b1\x01" in module.instead(DEAL, (1, 0, SELLER))


def test_the_cursor_goes_past_what_cannot_be_told_at_all(tmp_path, line, happens, log):
    line.broken = {("FIRMA", "8"), ("FIRMA", "j")}
    happens(1, DEAL)
    line.broken, line.sent = set(), []
    again = started(tmp_path, line, log)
    again._deal_with(Came("FIRMA"))
    assert line.sent == []


def test_what_the_store_does_not_take_is_given_by_the_next_start(tmp_path, reports, line, happens, log):
    line.full = True
    happens(1, DEAL, OrderAccepted(BUY))
    assert line.sent == []
    line.full = False
    reports._deal_with(Came("FIRMA"))
    assert line.sent == []  # a store that failed once is not trusted again
    line.unwritable = False
    started(tmp_path, line, log)
    assert line.sent == [("FIRMA", "8"), ("FIRMB", "8"), ("FIRMA", "8")]


def test_a_cursor_that_cannot_be_written_halts_the_venue(line, monkeypatch, happens):
    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Cursor, "advance", fail)
    happens(1, OrderAccepted(BUY))
    assert line.unwritable


def test_nobody_is_let_in_whose_store_may_be_all_that_knows_what_he_was_told(reports, line):
    """A Logon with 141=Y empties the store: after a cursor that was not written the report would be told twice."""
    line.unwritable = True
    answers = []
    reports._deal_with(Admission(7, "FIRMA", answers.append))
    assert [(answer.id, answer.ok) for answer in answers] == [(7, False)]


def test_an_announcement_that_fails_for_one_reaches_the_others(line, happens):
    line.broken = {("FIRMA", "B")}
    happens(1, Announced("A text", "Text"), OrderAccepted(BUY))
    assert line.sent == [("FIRMB", "B"), ("FIRMA", "8")]
    assert line.counts["failures"] == 1


def test_one_who_comes_back_to_many_reports_shares_the_thread_with_the_others(reports, line, happens):
    """They come in slices; what was asked or happened meanwhile comes behind them, and others have theirs between."""
    line.online = {"FIRMB"}
    count = 2 * GIVEN + 50
    for number in range(1, count + 1):
        happens(number, OrderAccepted(BUY))
    line.online.add("FIRMA")
    mark = threading.Event()
    line.sent.clear()
    reports._deal_with(Came("FIRMA"))
    given = [sent for sent in line.sent if sent == ("FIRMA", "8")]
    assert len(given) == GIVEN
    reports._deal_with(Asked(Question("FIRMA", reference="", cl_ord_id="nobody's")))
    reports._deal_with(Passed(mark))
    happens(count + 1, OrderAccepted(SELL))
    assert line.sent[-1] == ("FIRMB", "8")
    happens(count + 2, OrderCancelled(BUY, "requested"))
    while not reports.reader.empty():
        assert not mark.is_set()
        reports._deal_with(reports.reader.get())
    assert mark.is_set()
    assert len([sent for sent in line.sent if sent == ("FIRMA", "8")]) == count + 1 + 1
    assert reports.counts["failures"] == 0


def test_who_leaves_before_all_was_given_gets_the_rest_when_he_comes_again(reports, line, happens):
    line.online = set()
    for number in range(1, 3 * GIVEN + 1):
        happens(number, OrderAccepted(BUY))
    line.online = {"FIRMA"}
    reports._deal_with(Came("FIRMA"))
    line.online = set()
    reports._deal_with(reports.reader.get())
    assert line.sent.count(("FIRMA", "8")) == GIVEN
    line.online = {"FIRMA"}
    reports._deal_with(Came("FIRMA"))
    while not reports.reader.empty():
        reports._deal_with(reports.reader.get())
    assert line.sent.count(("FIRMA", "8")) == 3 * GIVEN
