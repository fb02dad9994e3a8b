"""The robots trade, come back after the venue's death with their numbers, and leave in order."""

import json
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal

import pytest
from fake_venue import LISTINGS, Acceptor, console_of

from kase_fix.scenario.client import Client
from kase_fix.scenario.robots import Robot, open_listings
from kase_fix.scenario.trader import Trader


def until(condition, patience: float = 30.0) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "patience ended"
        time.sleep(0.02)


@pytest.fixture
def acceptor():
    acceptor = Acceptor()
    yield acceptor
    acceptor.shutdown()
    acceptor.server_close()


def test_a_company_of_robots(acceptor, tmp_path):
    console, counts = console_of(acceptor), tmp_path / "counts.json"
    (host, port), (_, web) = acceptor.server_address, console.server_address
    command = [sys.executable, "-m", "kase_fix.scenario.robots", "--api", f"{host}:{port}", "--md", f"{host}:{port}"]
    command += ["--console", f"http://{host}:{web}", "--seed", "7", "--rate", "100", "--counts", str(counts)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        until(lambda: len({fields[49] for fields in acceptor.seen if fields[35] == "D"}) == 6)
        until(lambda: any(fields[35] == "V" for fields in acceptor.seen))
        until(lambda: any(fields.get(55) == "RUBKZT_TOM" for fields in acceptor.seen if fields[35] == "D"))
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert output == b""
    orders = [fields for fields in acceptor.seen if fields[35] == "D"]
    assert {fields[8] for fields in orders} == {"FIX.4.4", "FIXT.1.1"}
    assert {fields[55] for fields in orders} == {"USDKZT_TOM", "RUBKZT_TOM"}
    # A deal is done at a price somebody quoted, and quotes follow the last deal: each is close to one before it.
    possible = {"USDKZT_TOM": [Decimal(410)], "RUBKZT_TOM": [Decimal("5.75")]}
    for fields in orders:
        price, lasts = Decimal(fields[44]), possible[fields[55]]
        assert min(abs(price / last - 1) for last in lasts) * 100 <= Decimal("0.105")
        lasts.append(price)
        assert int(fields[38]) % {"USDKZT_TOM": 1000, "RUBKZT_TOM": 50000}[fields[55]] == 0
    assert {fields[49] for fields in acceptor.seen if fields[35] == "5"} >= {"ROB01", "ROB06", "ROBMD"}
    told = json.loads(counts.read_text())
    assert sum(robot.get("sent", 0) for robot in told.values()) >= len(orders)
    assert told["ROB01"]["logons"] >= 1


def test_a_robot_comes_back_with_its_numbers(acceptor):
    client = Client("ROB02", "NEXT")
    robot = Robot(client, acceptor.server_address)
    trader = Trader(client, random.Random(1), "t")
    until(robot.attend)
    for _ in range(20):
        trader.act(open_listings(LISTINGS))
    acceptor.lines["ROB02"].request.close()
    client.drop()
    until(robot.attend)
    logons = [fields for fields in acceptor.seen if fields[35] == "A"]
    assert [fields.get(141) for fields in logons] == ["Y", None]
    assert int(logons[1][34]) > 20
    until(lambda: trader.listen() or trader.counts["sent"] == 20)
    client.drop()


def test_only_what_is_open_is_traded():
    assert [listing.symbol for listing in open_listings(LISTINGS)] == ["USDKZT_TOM", "RUBKZT_TOM"]
