"""Stories are played, and tell what went wrong."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from kase_fix.scenario.failure import StoryFailure
from kase_fix.scenario.language import parse
from kase_fix.scenario.player import play
from kase_fix.scenario.run import run
from kase_fix.scenario.venue import Starter

OPEN = "# A title   art. 7 p. 1\nvenue 2020-05-27 10:20:00\nFIRMA logon\n00100 logon\n"
BUY = "FIRMA > NewOrderSingle ClOrdID=a1 Symbol=EURKZT_TOM Side=Buy OrderQty=2000 OrdType=Limit Price=450.10\n"
SELL = "00100 > D 11=b1 55=EURKZT_TOM 54=2 38=1000 40=2 44=450.00\n"


@pytest.fixture
def starter():
    starter = Starter()
    yield starter
    starter.end()


@pytest.fixture
def story(tmp_path):
    def write(text: str):
        path = tmp_path / "story.fix"
        path.write_text(text, encoding="utf-8")
        return parse(path)

    return write


def failure_of(story, starter) -> str:
    with pytest.raises(StoryFailure) as failure:
        play(story, starter)
    return str(failure.value)


def test_a_trade(story, starter):
    play(
        story(
            OPEN
            + BUY
            + "FIRMA < ExecutionReport ClOrdID=a1 ExecType=New OrderID=?resting LeavesQty=2000\n"
            + SELL
            + "00100 < ExecutionReport ClOrdID=b1 OrdStatus=Filled LastPx=450.1\n"
            + "FIRMA < ExecutionReport OrderID=?resting ExecType=Trade LeavesQty=1000\n"
            + "FIRMA < nothing within 300ms\n"
            + "book EURKZT_TOM\n  1000 | 450.10 |\ndeals EURKZT_TOM\n  450.10 | 1000\n"
            + "deals EURKZT_TOM\n  450.10 | 1000 | x\n"
            + 'operator forbidden whom=?resting refused "for N_a1"\n'
            + "at 17:00:00\nFIRMA < 8 OrderID=?resting ExecType=Expired 151=0 39=C exactly\nbook EURKZT_TOM\n"
            + 'operator anything a=b\noperator forbidden refused\noperator forbidden refused "for you"\nFIRMA logout\n'
        ),
        starter,
    )


def test_the_order_of_lines_is_the_order_of_arrival(story, starter):
    """Two actors speak in turn without waiting for answers; the venue hears them in the story's order."""
    play(story(OPEN + BUY + SELL + "00100 < 8 ExecType=Trade\nbook EURKZT_TOM\n  1000 | 450.10 |\n"), starter)


def test_numbers_survive_a_kill(story, starter):
    play(
        story(
            OPEN
            + BUY
            + "FIRMA < 8 ExecType=New\nkill\nFIRMA logon ResetSeqNumFlag=-\nbook EURKZT_TOM\n  2000 | 450.10 |\n"
            + "restart\nFIRMA logon ResetSeqNumFlag=-\n00100 logon ResetSeqNumFlag=-\n"
            + SELL
            + "00100 < 8 ExecType=Trade MsgSeqNum=*\nFIRMA < 8 ExecType=Trade\n"
        ),
        starter,
    )


def test_a_refused_logon(story, starter):
    text = "venue 2020-05-27 10:20:00\nFIRMA logon Password=x\nFIRMA < Logout Text=?text\nFIRMA < closed\n"
    play(story(text + 'FIRMA logon 554="y" 141=-\nFIRMA < closed\n'), starter)
    words = failure_of(story("venue 2020-05-27 10:20:00\nFIRMA logon Password=x\n"), starter)
    assert "FIRMA was not let in" in words
    assert "Wrong password" in words


def test_a_failure_shows_line_expected_received_and_clause(story, starter):
    words = failure_of(story(OPEN + BUY + "FIRMA < 8 ClOrdID=a1 ExecType=Rejected Text=* 151=2000\n"), starter)
    lines = words.splitlines()
    assert lines[0].endswith("story.fix:6: FIRMA < 8 ClOrdID=a1 ExecType=Rejected Text=* 151=2000")
    assert lines[1] == "  clause: art. 7 p. 1"
    assert "2 fields other than expected" in words
    table = [" ".join(line.split()) for line in lines]
    assert "> ExecType(150) 8 REJECTED 0 NEW" in table
    assert "> Text(58) any (absent)" in table
    assert "LeavesQty(151) 2000 2000" in table


def test_silence_broken(story, starter):
    assert "ExecType(150)=0 NEW" in failure_of(story(OPEN + BUY + "FIRMA < nothing within 1s\n"), starter)


def test_a_wrong_book(story, starter):
    words = failure_of(story(OPEN + BUY + "book EURKZT_TOM\n  1000 | 450.10 |\n"), starter)
    assert "1000 | 450.10 |" in words
    assert "2000 | 450.10 |" in words


def test_another_refusal_than_was_told(story, starter):
    text = failure_of(story(OPEN + 'operator forbidden refused "too late"\n'), starter)
    assert "the refusal was to say 'too late', it says: 403: not for you" in text


def test_a_deal_by_another_method(story, starter):
    sold = OPEN + BUY + SELL + "00100 < 8 ExecType=Trade\n"
    assert "450.10 | 1000 | x" in failure_of(story(sold + "deals EURKZT_TOM\n  450.10 | 1000 | direct\n"), starter)


def test_a_captured_name_within_a_text(story, starter):
    told = BUY + "FIRMA < 8 ClOrdID=a1 OrderID=?x\n" + SELL + 'FIRMA < 8 ExecType=Trade OrderID="{?x}"\n'
    play(story(OPEN + told), starter)
    wrong = told.replace("{?x}", "N_{?x}")
    assert '"N_N_a1"' in failure_of(story(OPEN + wrong), starter)


def test_a_name_that_has_captured_nothing(story, starter):
    assert "?deal has captured nothing" in failure_of(story(OPEN + "operator fail_deal deal=?deal\n"), starter)


def test_too_strict(story, starter):
    words = failure_of(story(OPEN + BUY + "FIRMA < 8 ClOrdID=a1 exactly\n"), starter)
    assert "OrderID(37)" in words


def test_a_venue_that_does_not_start(story, starter):
    assert "expected no" in failure_of(story("venue 2020-05-27 10:20 fail=yes\n"), starter)


def test_run_and_its_reports(tmp_path, capsys):
    good, bad = tmp_path / "good.fix", tmp_path / "bad.fix"
    good.write_text(OPEN + "FIRMA < nothing within 1s\n")
    assert run([good]) == 0
    bad.write_text(OPEN + "FIRMA < 8 11=x within 10ms\n")
    page, junit = tmp_path / "report.html", tmp_path / "junit.xml"
    assert run([tmp_path], report=page, junit=junit) == 1
    assert "1 passed, 1 failed" in capsys.readouterr().out
    suite = ElementTree.parse(junit).getroot().find("testsuite")
    assert suite.attrib["failures"] == "1"
    assert "bad.fix" in page.read_text()
    bad.write_text("FIRMA sings\n")
    assert run([tmp_path]) == 2
    assert f"{bad}:1: " in capsys.readouterr().out


def pytest_run(path: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "TMPDIR": str(path)}
    return subprocess.run([sys.executable, "-m", "pytest", str(path)], capture_output=True, text=True, env=environment)


def test_stories_are_pytest_items(tmp_path):
    """The plug-in is at work in a pytest of its own, since this one must not collect what it writes."""
    small = [sys.executable, str(Path(__file__).parent / "fake_venue.py")]
    (tmp_path / "conftest.py").write_text(f"from kase_fix.scenario import venue\nvenue.SERVE = {small}\n")
    (tmp_path / "good.fix").write_text(OPEN)
    (tmp_path / "poor.fix").write_text(OPEN + "FIRMA < 8 11=x within 10ms\n")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert "1 failed, 1 passed" in result.stdout
    assert "poor.fix:5: FIRMA < 8 11=x within 10ms" in result.stdout
    assert "no ExecutionReport(8) came" in result.stdout
    assert "Traceback" not in result.stdout
    (tmp_path / "poor.fix").write_text("FIRMA sings\n")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert "poor.fix:1: FIRMA cannot 'sings'" in result.stdout
    assert result.returncode == 2
