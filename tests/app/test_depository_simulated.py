"""The simulated depository of a rehearsal: by the venue's clock, with faults to order, over restarts (art. 5 p. 4)."""

import pytest

from kase_fix.app.depository.orders import Orders, WrongOrder, changed, read, write
from kase_fix.app.depository.simulated import MONEY, PIECES, Simulated, ample, limited, sums
from kase_fix.clearing.depository import Request, disagreement
from kase_fix.engine.state import State
from kase_fix.messages.day_events import DayClosed, DayOpened
from kase_fix.messages.depository import BALANCES, CLOSE, BalancesLoaded, DepositoryAnswered
from kase_fix.messages.events import Published
from kase_fix.rulebook.files import load_market
from kase_fix.rulebook.market import Market
from tests.app.conftest import CALENDARS, CFG, at, start


@pytest.fixture
def state():
    made = State()
    made.market = Market.of(load_market(CFG))
    return made


def asks(state, what, time, name="r"):
    state.depository = state.depository.asked(Request(name, what, at(time)))


def simulated_for(core, keeps=None):
    engine = core.sequencer._engine
    return Simulated(lambda: engine.state, keeps)


def events(core, kind):
    return [
        (item.time, event)
        for item in core.told()
        if isinstance(item, Published)
        for event in item.events
        if isinstance(event, kind)
    ]


def test_usual_answers_come_after_five_minutes_and_at_once(state):
    """Contract: 08:50 request, 08:55 answer, 19:15 close at once."""
    depository = Simulated(lambda: state)
    assert depository.next_due_time() is None
    with pytest.raises(LookupError):
        depository.take()
    asks(state, BALANCES, "08:50", "b")
    asks(state, CLOSE, "19:15", "c")
    assert depository.next_due_time() == at("08:55")
    answer = depository.take()
    assert (answer.request, answer.ok) == ("b", True)
    assert disagreement(answer.balances, answer.totals) is None
    assert depository.next_due_time() == at("19:15")
    assert depository.take() == DepositoryAnswered("c", CLOSE, True)
    assert depository.next_due_time() is None  # though the engine has taken none of them in
    assert depository.totals() == {"depository_answers": 2}


def test_everyone_has_enough_of_everything(state):
    """Every account of the register: money, on securities accounts every security too; the sums can be journalled."""
    configuration = state.market.configuration
    balances = ample(configuration)
    assert {account for account, _, _ in balances} == {a for user in configuration.users for a in user.accounts}
    found = {(account, asset): amount for account, asset, amount in balances}
    assert found["F_FIRMA_0000", "KZT"] == found["S_FIRMA_0000", "CNY"] == MONEY
    assert found["S_FIRMA_0000", "BRKLb1"] == PIECES
    assert ("F_FIRMA_0000", "BRKLb1") not in found
    assert all(total < 2**63 for _, total in sums(balances))
    assert disagreement(balances, sums(balances, wrong=True))[0] == "KZT"


@pytest.mark.parametrize(
    ("ordered", "due"),
    [
        ({"balances": "09:20"}, "09:20"),
        ({"balances": "08:00"}, "08:50"),
        ({"balances": "refuse"}, "08:55"),
        ({"close": "20:00"}, "08:55"),
        ({"silent": "yes"}, None),
    ],
)
def test_orders_move_its_answers(state, ordered, due):
    depository = Simulated(lambda: state)
    asks(state, BALANCES, "08:50")
    depository.order(ordered, at("08:46"))
    assert depository.next_due_time() == (None if due is None else at(due))


def test_what_is_overdue_is_answered_as_of_now(state):
    """A silence that ends at 12:00 brings no answer as of 08:55."""
    depository = Simulated(lambda: state)
    asks(state, BALANCES, "08:50")
    depository.order({"silent": True}, at("08:46"))
    depository.order({"silent": "no"}, at("12:00"))
    assert depository.next_due_time() == at("12:00")


def test_refusal_has_a_reason(state):
    depository = Simulated(lambda: state)
    asks(state, CLOSE, "19:15")
    depository.order({"close": "refuse"}, 0)
    assert depository.take() == DepositoryAnswered("r", CLOSE, False, "settlement is not complete")
    asks(state, BALANCES, "19:15", "b")
    depository.order({"balances": "refuse", "reason": "why"}, 0)
    assert depository.take() == DepositoryAnswered("b", BALANCES, False, "why")


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"balances": "soon"},
        {"close": "19"},
        {"close": "19:00+06:00"},
        {"totals": "odd"},
        {"silent": "perhaps"},
        {"reason": "x" * 201},
        {"reason": "a\nb"},
        {"holds": "S_FIRMA_0000 KZT"},
        {"holds": "S_FIRMA_0000 KZT 1.234"},
        {"holds": "S_FIRMA_0000 BRKLb1 1.5"},
        {"speed": "1"},
    ],
)
def test_order_that_cannot_be_followed_changes_nothing(words):
    with pytest.raises(WrongOrder):
        changed(Orders(), words, 5)


def test_what_an_account_holds_is_ordered():
    """In place of plenty, one account and asset at a time; money with decimals, securities in pieces."""
    orders = changed(Orders(), {"holds": "S_FIRMA_0000 KZT 10000.5"}, 5)
    orders = changed(orders, {"holds": "S_FIRMA_0000 BRKLb1 100"}, 6)
    orders = changed(orders, {"holds": "S_FIRMA_0000 KZT 2"}, 7)
    assert orders.holds == (("S_FIRMA_0000", "BRKLb1", 100), ("S_FIRMA_0000", "KZT", 200))
    plenty = (("S_FIRMA_0000", "KZT", 9), ("S_FIRMB_0000", "KZT", 9))
    assert limited(plenty, orders.holds) == (("S_FIRMA_0000", "KZT", 200), ("S_FIRMB_0000", "KZT", 9))
    assert changed(orders, {"holds": "usual"}, 8).holds == ()


def test_orders_outlive_the_process(tmp_path, state):
    """They are the simulation's, in a file of its own; one that is torn counts for none."""
    path = tmp_path / "depository" / "orders.json"
    Simulated(lambda: state, path).order({"close": "refuse", "reason": "x"}, 7)
    assert Simulated(lambda: state, path).view() == {
        "balances": "usual",
        "close": "refuse",
        "holds": [],
        "totals": "right",
        "silent": False,
        "reason": "x",
    }
    assert read(path).since == 7
    path.write_bytes(path.read_bytes()[:9])
    assert read(path) == Orders()
    write(path, Orders(silent=True))
    assert read(path).silent


def test_sequencer_takes_its_answers_at_their_moments(tmp_path):
    """Contract, `--rehearsal`: everything up to its moment is applied, the depository's answers too."""
    core = start(tmp_path, at("07:00:00"), begin=False)

    core.sequencer.begin(CALENDARS, at("00:00:00"), simulated_for(core))
    core.sequencer.move_clock(at("2020-05-28T12:00:00")).result(20)
    told = events(core, BalancesLoaded | DayClosed | DayOpened)
    assert [(type(event), moment) for moment, event in told] == [
        (DayOpened, at("08:45")),
        (BalancesLoaded, at("08:55")),
        (DayClosed, at("19:15")),
        (DayOpened, at("2020-05-28T08:45")),
        (BalancesLoaded, at("2020-05-28T08:55")),
    ]
    core.close()


def test_request_that_waits_is_answered_after_a_restart_once(tmp_path):
    """Nothing is lost and nothing comes twice: what waits is in the engine's state."""

    core = start(tmp_path, at("08:52:00"), begin=False)
    core.sequencer.begin(CALENDARS, at("00:00:00"), simulated_for(core))
    core.close()
    again = start(tmp_path, at("08:54:00"), begin=False)
    again.sequencer.begin(CALENDARS, at("08:50:00"), simulated_for(again))
    again.sequencer.move_clock(at("09:30:00")).result(20)
    assert [moment for moment, _ in events(again, BalancesLoaded)] == [at("08:55")]
    again.close()
    third = start(tmp_path, at("09:30:00"), begin=False)
    third.sequencer.begin(CALENDARS, at("08:55:00"), simulated_for(third))
    third.sequencer.move_clock(at("18:00:00")).result(20)
    assert events(third, BalancesLoaded) == []
    third.close()
