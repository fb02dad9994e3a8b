"""Every report of a firm's users is copied once, in order, in the copy's own dialect, and to nobody else."""

import datetime as dt
from collections import Counter
from queue import SimpleQueue

import msgspec
import pytest

from kase_fix.gateway.dialect import fix44, questions
from kase_fix.gateway.drop_copy import DropCopy, copied
from kase_fix.gateway.gate import Admission
from kase_fix.gateway.reports import Asked, Came, Reports
from kase_fix.journal.log import EventLog
from kase_fix.messages.codec import encode_published
from kase_fix.messages.configuration import User
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Published
from kase_fix.messages.order_events import OrderAccepted
from kase_fix.messages.order_state import OrderState
from kase_fix.rulebook.operational_day import DROP_COPY
from kase_fix.values.enums import OrderKind, OrderStatus, Side, TimeInForce

BUY = OrderState(
    "NS_1", "A1", "A", "a1", "S", "MUM180_0014", "GOV", Side.BUY, OrderKind.LIMIT, TimeInForce.DAY,
    100, 100, 0, OrderStatus.NEW, 10**10, 0, None, None, "", "", 1,
)  # fmt: skip
SELL = msgspec.structs.replace(BUY, order_id="NS_2", user="A2", cl_ord_id="a2", side=Side.SELL)
OTHERS = msgspec.structs.replace(BUY, order_id="NS_3", user="B1", firm="B", cl_ord_id="b1")
DEAL = Deal("1_1", BUY.symbol, "GOV", 10**10, 100, dt.date(2020, 5, 28), Side.SELL, "continuous", BUY, SELL)
DIALECTS = {"A1": "FIX44", "A2": "NEXT", "B1": "FIX44", "DROP": "FIX44", "NEXTDROP": "NEXT"}
FIRMS = {"A1": "A", "A2": "A", "B1": "B"}


class Line:
    """Acceptor and gate in one."""

    def __init__(self, comp_id, online):
        self.comp_id = comp_id
        self.online = set(online)
        self.counts = Counter()
        self.sent, self.asked = [], []
        self.unwritable = False

    def dialect_of(self, user):
        return DIALECTS[user]

    def tells(self, user):
        return user in self.online

    def came(self, user):
        self.online.add(user)

    def apply(self, event):
        pass

    def ask(self, admission):
        self.asked.append(admission)

    def send(self, user, body, **_):
        self.sent.append((user, dict(field.split("=", 1) for field in body.split("\x01") if field)))


def user(name, firm, service):
    return User(name, firm, ("gov",), ("S",), DIALECTS[name], (service,))


@pytest.fixture
def line():
    return Line("KASEDC", ["DROP"])


def reports_of(line, directory, log=None):
    """Reports that take in what is in a log, or in one of their own."""
    members = [user(name, firm, "api") for name, firm in FIRMS.items()]
    listeners = [user("DROP", "A", DROP_COPY), user("NEXTDROP", "B", DROP_COPY)]
    copies = DropCopy(line, line, listeners, members, directory / DROP_COPY)
    api = Line("KASE", FIRMS)
    return Kept(api, api, str, members, directory, log or EventLog(), SimpleQueue(), copies=copies)


class Kept(Reports):
    """What it takes in is in the log, as the sequencer brings it."""

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.log = arguments[5]

    def take(self, published):
        if self.log.at(published.number) is None:
            self.log.keep(published, encode_published(published))
        super().take(published)


def test_both_sides_of_a_deal_within_the_firm_in_order_and_with_their_users(line, tmp_path):
    reports = reports_of(line, tmp_path)
    reports.take(Published(1, 1, (OrderAccepted(BUY), OrderAccepted(OTHERS), DEAL)))
    told = [(name, fields["527"], fields["553"], fields["797"]) for name, fields in line.sent]
    assert told == [("DROP", "1-0-0", "A1", "Y"), ("DROP", "1-2-B", "A1", "Y"), ("DROP", "1-2-S", "A2", "Y")]


def test_a_copy_says_in_its_own_dialect_what_the_member_heard_in_his(line, tmp_path):
    reports_of(line, tmp_path).take(Published(1, 1, (DEAL,)))
    seller = line.sent[1][1]
    assert (seller["150"], seller["17"], seller["880"], seller["64"]) == ("F", "1-0-S", "1_1", "20200528")
    as_told = fix44.report(DEAL, "S", 1, 0, 1, {}, user="A2")
    assert seller == dict(f.split("=", 1) for f in copied(as_told, "A2").split("\x01") if f)


def test_who_is_away_gets_it_when_he_comes_and_a_restart_gives_nothing_twice(line, tmp_path):
    line.online.clear()
    reports = reports_of(line, tmp_path)
    published = Published(1, 1, (OrderAccepted(BUY), OrderAccepted(OTHERS)))
    reports.take(published)
    assert line.sent == []
    reports._deal_with(Came("DROP", DROP_COPY))
    reports._deal_with(Came("NEXTDROP", DROP_COPY))
    assert [(name, fields["553"]) for name, fields in line.sent] == [("DROP", "A1"), ("NEXTDROP", "B1")]
    line.sent.clear()
    again = reports_of(line, tmp_path, reports.log)
    again.take(published)
    assert line.sent == []
    again.take(Published(2, 2, (OrderAccepted(SELL),)))
    assert [fields["527"] for _, fields in line.sent] == ["2-0-0"]


def test_a_back_office_of_next_asks_for_all_orders_and_deals_of_its_firm(line, tmp_path):
    line.online.add("NEXTDROP")
    reports = reports_of(line, tmp_path)
    deal = msgspec.structs.replace(DEAL, buy=OTHERS)
    reports.take(Published(1, 1, (OrderAccepted(BUY), OrderAccepted(OTHERS), OrderAccepted(SELL), deal)))
    line.sent.clear()
    reports._deal_with(Asked(questions.MassStatus("NEXTDROP", "r1"), DROP_COPY))
    told = [(fields["37"], fields["150"], fields["553"], fields["797"]) for _, fields in line.sent]
    assert told == [("NS_3", "I", "B1", "Y"), ("NS_3", "F", "B1", "Y")]
    line.sent.clear()
    reports._deal_with(Asked(questions.Deals("NEXTDROP", "t1", "0"), DROP_COPY))
    assert [(fields["35"], fields["37"], fields["553"]) for _, fields in line.sent] == [("AE", "NS_3", "B1")]
    line.sent.clear()
    reports._deal_with(Asked(questions.OrderStatus("NEXTDROP", order_id="NS_1"), DROP_COPY))
    assert [(fields["39"], fields["103"], fields.get("797")) for _, fields in line.sent] == [("8", "99", None)]


def test_a_name_that_two_users_of_the_firm_gave_is_not_enough(line, tmp_path):
    reports = reports_of(line, tmp_path)
    namesake = msgspec.structs.replace(SELL, cl_ord_id="a1")
    reports.take(Published(1, 1, (OrderAccepted(BUY), OrderAccepted(namesake))))
    line.sent.clear()
    reports._deal_with(Asked(questions.OrderStatus("DROP", cl_ord_id="a1"), DROP_COPY))
    reports._deal_with(Asked(questions.OrderStatus("DROP", order_id="NS_2"), DROP_COPY))
    assert [(fields["35"], fields.get("379"), fields.get("553")) for _, fields in line.sent] == [
        ("j", "a1", None),
        ("8", None, "A2"),
    ]
    line.online.clear()
    reports._deal_with(Asked(questions.OrderStatus("DROP", order_id="NS_2"), DROP_COPY))
    assert len(line.sent) == 2


def test_a_listener_is_let_in_by_his_own_gate(line, tmp_path):
    wish = Admission(1, "DROP", print, service=DROP_COPY)
    reports_of(line, tmp_path)._deal_with(wish)
    assert line.asked == [wish]


def test_the_copy_names_the_member_where_next_names_the_counterparty():
    assert copied("35=8\x01553=OTHER\x0155=X\x01", "A1") == "35=8\x0155=X\x01797=Y\x01553=A1\x01"
