"""A venue whose depository answers by signed files, killed in between; what its console shows (art. 5 p. 4)."""

import msgspec
import pytest

from kase_fix.app.depository.letters import opened, sealed
from kase_fix.scenario.console import ConsoleRefused
from tests.system.floor import READY_PATIENCE, VenueProcess, until

KEY = b"a secret of both sides, 32 bytes or more"


@pytest.fixture
def venue(tmp_path):
    key = tmp_path / "key"
    key.write_bytes(KEY + b"\n")
    settings = ("depository.mode=files", f"depository.key={key}", "depository.poll_seconds=0.05")
    running = VenueProcess(tmp_path, *settings)
    yield running
    running.end()


def seen(venue):
    return venue.addresses.console.get("/api/depository")


def comes(venue, name, **body):
    inbox = venue.data / "depository" / "inbox"
    new = inbox / f"{name}.part"
    new.write_bytes(sealed(msgspec.json.encode({"kind": "answer", **body}), KEY))
    new.rename(inbox / f"{name}.kdm")


def test_day_opens_and_closes_by_files_over_a_crash(venue):
    assert not seen(venue)["stock_market_open"]
    (pending,) = seen(venue)["pending"]
    letter = venue.data / "depository" / "outbox" / f"{pending['request']}.kdm"
    assert until(letter.exists)
    asked = msgspec.json.decode(opened(letter.read_bytes(), KEY))
    assert asked["what"] == "balances"
    venue.kill_and_restart()
    assert seen(venue)["pending"] == [pending]
    comes(
        venue,
        "1",
        request=asked["request"],
        what="balances",
        ok=True,
        balances=[["S_FIRMA_0000", "KZT", 5]],
        totals=[["KZT", 5]],
    )
    assert until(lambda: seen(venue)["stock_market_open"])
    assert until((venue.data / "depository" / "inbox" / "done" / "1.kdm").exists)
    shown = seen(venue)
    assert (shown["mode"], shown["pending"], shown["accounts"], shown["balances"]) == ("files", [], 1, 1)
    assert [(one["what"], one["outcome"]) for one in shown["answers"]] == [("balances", "loaded")]
    venue.kill_and_restart()
    comes(venue, "again", request=asked["request"], what="balances", ok=True)
    assert until((venue.data / "depository" / "inbox" / "done" / "again.kdm").exists, READY_PATIENCE)
    assert seen(venue)["balances"] == 1

    console = venue.addresses.console
    console.post("/api/clock", {"to": "2020-05-27T19:15:00"})
    (pending,) = seen(venue)["pending"]
    assert seen(venue)["day_open"]
    comes(venue, "2", request=pending["request"], what="close", ok=True)
    assert until(lambda: not seen(venue)["day_open"])
    with pytest.raises(ConsoleRefused, match="only the simulated depository"):
        console.post("/api/operator", {"command": "depository", "silent": "yes"})
    forged = venue.data / "depository" / "inbox" / "forged.kdm"
    forged.write_bytes(b"KASE-DEPOSITORY 1 HMAC-SHA256 00\n{}")
    assert until((forged.parent / "rejected" / "forged.kdm").exists, patience=15.0)
    assert seen(venue)["adapter"]["depository_rejected"] == 1


def test_orders_of_a_rehearsal_are_shown_and_checked(tmp_path):
    venue = VenueProcess(tmp_path)
    try:
        console = venue.addresses.console
        assert seen(venue)["stock_market_open"]
        answered = console.post("/api/operator", {"command": "depository", "close": "refuse", "silent": False})
        assert answered["ordered"] == seen(venue)["adapter"]
        assert answered["ordered"]["close"] == "refuse"
        with pytest.raises(ConsoleRefused, match="an Almaty time like 09:20"):
            console.post("/api/operator", {"command": "depository", "close": "later"})
        plan = console.get("/api/schedule")
        assert [(one["what"], one["time"][11:16], one["clause"]) for one in plan["depository"]] == [
            ("balances", "08:50", "art. 5 p. 4 sp. 1"),
            ("close", "19:15", "art. 5 p. 4 sp. 2"),
        ]
        assert plan["day"]["closes"][11:16] == "19:15"
    finally:
        venue.end()
