"""`kase-fix report day` (contract, command line): the results of a small day, in each form."""

import csv
import datetime as dt
import io
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kase_fix.app.main import main
from kase_fix.app.report.text import grouped
from kase_fix.engine.engine import Engine
from kase_fix.journal.proving import Prover
from kase_fix.journal.writing import JournalWriter
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.decisions import FailDeal
from kase_fix.values.enums import Side
from tests.engine.market import one
from tests.engine.products import agree, desk, trade
from tests.journal.written import apply

GOLDEN = Path(__file__).parent / "golden"


def day():
    """A day with one of each, and the morning after it."""
    here = desk(to="11:45")
    trade(here, "USDKZT_TOM", "410.00", 1_000_000)
    trade(here, "USDKZT_TOM", "410.40", 3_000_000, buyer="00100")
    trade(here, "EURKZT_SPT", "449.75", 20_000)
    trade(here, "USDKZT_0_001", "7.5000", 50_000, seller="NBRK")
    trade(here, "R_GS_001", "9.0000", 2)
    trade(here, "R_GS_001", "9.5000", 6, buyer="00100")
    trade(here, "R_GS_028", "10.0000", 1)
    trade(here, "RN_MUM180_0014_001", "8.2500", 100)
    agree(here, "KZTO", "15000", 100, closes=dt.date(2020, 6, 3), closing_price="15030")
    agree(here, "BRKLb1", "98.50", 10)
    failed = one(agree(here, "BRKLb1", "98.55", 5), Deal)
    here.decide(FailDeal, failed.deal_id)
    here.sell("FIRMB", 100, "98.75", "BRKLb1", account="S_FIRMB_0000")
    here.buy("FIRMA", 120, "98.75", "BRKLb1", account="S_FIRMA_0000")
    for side, price in ((Side.BUY, "450.00"), (Side.SELL, "451.00")):
        here.order("FIRMB", side, 2000, price, "EURKZT_TOM", market_maker=True)
    here.to("2020-05-28T09:30")
    return here


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """The journal of that day."""
    directory = tmp_path_factory.mktemp("data")
    here = day()
    writer, engine, prover = JournalWriter(directory, None), Engine(), Prover()
    for sequenced in here.commands:
        writer.append(sequenced.number, [sequenced], prover.proof())
        writer.begin_sync()
        apply(engine, prover, sequenced)
        writer.wait()
    writer.append(len(here.commands) + 1, (), prover.proof())
    writer.close()
    assert engine.hash() == here.engine.hash()
    return directory


@pytest.fixture
def run(directory, capsys):
    """Ask for the report; return the exit code and what was printed."""

    def run(*more):
        code = main(["report", "day", "--data", str(directory), *more])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_the_report_of_a_small_day(run):
    """Results of the day (issue 5 item 8): the text as it was looked at and found right."""
    code, out, err = run("--date", "2020-05-27")
    assert (code, err) == (0, "")
    assert out == (GOLDEN / "results_2020-05-27.txt").read_text(encoding="utf-8")


def test_without_a_date_it_is_the_last_day_which_goes_on(run):
    """What is not settled stands on the next morning: the swap's second leg, repo, what settles tomorrow."""
    code, out, _ = run()
    assert code == 0
    assert out.startswith("Results of 2020-05-28\n")
    assert "The operational day is not over: as of 09:" in out
    assert "0 deals; 0.00 KZT" in out
    assert "F_FIRMA_0000  2020-05-28" in out
    assert "R_GS_028" in out


def test_as_csv_with_plain_numbers(run, tmp_path):
    file = tmp_path / "day.csv"
    assert run("--date", "2020-05-27", "--out", str(file))[:2] == (0, "")
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert rows[0] == ["date", "2020-05-27", "closed"]
    start = rows.index(["# instruments"])
    assert rows[start + 1][:4] == ["symbol", "currency", "first", "high"]
    dollar = dict(zip(rows[start + 1], rows[start + 2], strict=True))
    assert dollar["symbol"] == "USDKZT_TOM"
    # (410.00 x 1 + 410.40 x 3) / 4 millions
    assert (dollar["average"], dollar["turnover"]) == ("410.30", "1641200000.00")
    assert {row[0] for row in rows if row and row[0].startswith("# ")} == {
        "# instruments",
        "# kinds",
        "# auctions",
        "# repo",
        "# open_repo",
        "# obligations",
        "# availability",
        "# taken_back",
        "# makers",
        "# maker_breaches",
    }


def test_market_makers_from_the_opening_to_the_end(run, tmp_path):
    """R-155: FIRMB quoted from 11:45 to 17:00 of 10:15 to 17:00, 80 % were asked for; 00100 quoted nothing."""
    file = tmp_path / "day.csv"
    run("--date", "2020-05-27", "--out", str(file))
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
    start = rows.index(["# makers"])
    first, second, bond = (dict(zip(rows[start + 1], rows[start + place], strict=True)) for place in (2, 3, 4))
    assert [first[name] for name in ("member", "due", "kept", "percent", "asked", "lapses", "first", "last")] == [
        *("FIRMB", "6:45:00", "5:15:00", "77.77", "80.00", "1", "11:45:00", "17:00:00"),
    ]
    assert (first["now"], first["outcome"]) == ("closed", "not kept")
    assert (second["due"], second["kept"], second["percent"], second["first"]) == ("4:30:00", "0:00:00", "0.00", "")
    assert (bond["symbol"], bond["due"], bond["lapses"]) == ("BRKLb1", "5:20:00", "2")  # without a standby
    start = rows.index(["# maker_breaches"])
    breaches = [dict(zip(rows[start + 1], row, strict=True)) for row in rows[start + 2 :] if row]
    assert breaches[0] == {
        "number": "1",
        "member": "FIRMB",
        "symbol": "EURKZT_TOM",
        "begins": "10:15:00",
        "ends": "11:45:00",
        "length": "1:30:00",
        "kinds": "NO_BUY NO_SELL",
    }
    assert breaches[1]["ends"] == "15:00:00"  # its hours, 10:30 to 15:00


def test_as_a_page_that_needs_nothing_else(run, tmp_path):
    file = tmp_path / "day.html"
    assert run("--date", "2020-05-27", "--out", str(file))[:2] == (0, "")
    text = file.read_text(encoding="utf-8")
    tags = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append((tag, dict(attrs)))

    Reader().feed(text)
    assert not [tag for tag, attrs in tags if tag in ("script", "link", "img") or "http" in str(attrs)]
    assert [attrs["id"] for tag, attrs in tags if tag == "section"][:2] == ["instruments", "kinds"]
    assert "410.30" in text
    assert "@media print" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--date", "27.05.2020"], "--date: D: found 27.05.2020, expected a date like 2020-05-27"),
        (["--date", "2020-06-30"], "expected an operational day of this journal, 2020-05-27 to 2020-05-28"),
        (["--date", "2020-05-23"], "expected an operational day of this journal, 2020-05-27 to 2020-05-28"),
        (["--out", "day.pdf"], "--out: FILE: found day.pdf, expected a name that ends in .txt, .csv or .html"),
        (["--out", "/nowhere/day.txt"], "--out: FILE: found /nowhere/day.txt, expected a file that can be written"),
    ],
)
def test_what_cannot_be_asked_is_answered_with_a_sentence_and_two(run, arguments, sentence):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("kase-fix: ")
    assert sentence in err
    assert err.count("\n") == 1


def test_a_directory_without_a_journal(tmp_path, capsys):
    assert main(["report", "day", "--data", str(tmp_path)]) == 2
    assert "expected a directory with a journal" in capsys.readouterr().err


def test_thousands_stand_apart():
    assert [grouped(text) for text in ("1234567.89", "-1234", "999", "10:00:00", "")] == [
        "1 234 567.89",
        "-1 234",
        "999",
        "10:00:00",
        "",
    ]
