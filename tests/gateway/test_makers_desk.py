"""Who hears of a market maker's liabilities, and for how long."""

from kase_fix.gateway.dialect.questions import MakerLiabilities, MakerStatistics
from kase_fix.gateway.makers import MakersDesk
from kase_fix.messages.configuration import User
from kase_fix.messages.making import MakerRelieved
from kase_fix.values.enums import Side
from tests.marketdata.test_makers import BEGIN, EUR, OPENS, SECOND, Day, accepted, shown

USERS = {name: User(name, firm) for name, firm in (("A1", "FIRMA"), ("A2", "FIRMA"), ("B", "FIRMB"))}


class Heard:
    def __init__(self):
        self.told = []
        self.now = 0
        self.desk = MakersDesk(USERS, lambda user, body: self.told.append((user, body)), lambda: self.now)
        self.day = Day()
        for one in self.day.published:
            self.desk.take(one)

    def at(self, second, *events):
        self.desk.take(self.day.at(second, *events).published[-1])
        return self.take()

    def ask(self, question):
        self.desk.answer(question)
        return self.take()

    def take(self):
        told, self.told = self.told, []
        return [(user, body.split("\x01")[0], body) for user, body in told]


def kinds(told):
    return [(user, kind) for user, kind, _ in told]


def test_a_subscription_is_one_for_each_instrument_however_often_it_is_asked_for():
    heard = Heard()
    for number in range(1000):
        heard.ask(MakerStatistics("A1", f"r{number}", 1, EUR))
        heard.ask(MakerStatistics("A1", f"p{number}", 1, place=2))
    assert kinds(heard.at(0, OPENS)) == [("A1", "35=MS")]
    heard.ask(MakerStatistics("A1", "all", 1))
    assert kinds(heard.at(1, accepted("b"), shown("b", Side.BUY, "450", 2000))) == [("A1", "35=MS")] * 2
    heard.ask(MakerStatistics("A1", "all", 2))
    assert kinds(heard.at(2, shown("b", Side.BUY, "450", 1000))) == [("A1", "35=MS")]
    heard.desk.forget("A1")
    assert heard.at(3, shown("b", Side.BUY, "450", 2000)) == []


def test_another_members_liabilities_are_nobodys_business():
    heard = Heard()
    assert kinds(heard.ask(MakerStatistics("B", "r", 1, EUR))) == [("B", "35=j")]
    assert "5129=" not in heard.ask(MakerLiabilities("B", "r", 1))[0][2]
    assert heard.at(0, OPENS) == []
    assert kinds(heard.ask(MakerStatistics("A2", "r"))) == [("A2", "35=MS")]


def test_relief_changes_the_list_and_the_standing():
    heard = Heard()
    heard.at(0, OPENS)
    heard.ask(MakerLiabilities("A1", "l", 1))
    heard.ask(MakerStatistics("A2", "s", 1))
    told = heard.at(5, MakerRelieved("FIRMA", EUR, True))
    assert kinds(told) == [("A1", "35=ML"), ("A2", "35=MS")]
    assert "5129=" not in told[0][2]
    assert "5144=Y" in told[1][2]
    heard.ask(MakerLiabilities("A1", "l", 2))
    assert kinds(heard.at(6, MakerRelieved("FIRMA", EUR, False))) == [("A2", "35=MS")]


def test_a_breach_is_measured_up_to_the_question():
    heard = Heard()
    heard.at(0, OPENS)
    heard.now = BEGIN + 90 * SECOND
    ((_, _, body),) = heard.ask(MakerStatistics("A1", "r"))
    assert "5142=20200527-04:30:00.000\x015144=N" in body
