"""`kase-fix verify` and `replay` (contract, command line): what they print and how they exit."""

import pytest

from kase_fix.app.main import main
from kase_fix.journal.record import GROUP_HEADER
from kase_fix.messages.commands import VenueOpened
from kase_fix.rulebook import prices
from kase_fix.values.enums import Side
from tests.journal.written import closing, opening, order, trading, write


@pytest.fixture
def day(tmp_path):
    orders = trading()
    return write(tmp_path, [opening(), *(orders[i : i + 3] for i in range(0, len(orders), 3)), closing()])


@pytest.fixture
def run(capsys):
    """Run a command on a directory; return its exit code and what it printed."""

    def run(command, directory, *more):
        code = main([command, "--data", str(directory), *more])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_verify_agrees(day, run):
    state = day.hashes[-1].hex()
    assert run("verify", day.directory) == (
        0,
        f"agrees: 16 commands, proven up to 16, 0 state hashes compared, state {state}\n",
        "",
    )


def test_verify_tells_of_a_torn_end_and_cuts_nothing(day, run):
    with day.path.open("r+b") as file:
        file.truncate(day.ends[-1] - 20)
    size = day.path.stat().st_size
    code, out, _ = run("verify", day.directory)
    assert code == 0
    assert "agrees: 16 commands, proven up to 14," in out
    assert f"a torn group of {size - day.ends[-2]} bytes follows; the next start cuts it off" in out
    assert day.path.stat().st_size == size


def test_verify_names_the_first_command_that_differs(tmp_path, run, monkeypatch):
    """Law 7."""
    write(tmp_path, [opening(), [order("a", "ONE", Side.BUY, 1000, 440.001)], trading()])
    monkeypatch.setattr(prices, "price_on_grid", lambda *_: None)
    code, out, err = run("verify", tmp_path)
    assert (code, err) == (1, "")
    assert out == "differs at command 5: command 5 brings about other events than it did live\n"
    assert run("replay", tmp_path)[0] == 1


def test_damage_and_other_rules_are_told(day, run, tmp_path):
    data = bytearray(day.bytes())
    data[day.ends[2] + GROUP_HEADER.size] ^= 1
    day.path.write_bytes(data)
    code, out, _ = run("verify", day.directory)
    assert code == 1
    assert out.startswith(f"cannot be read: {day.path}: damaged at byte {day.ends[2]}, after command 7;")
    code, out, err = run("replay", day.directory)
    assert (code, out) == (1, "")
    assert "'kase-fix replay --until 7'" in err
    code, out, _ = run("replay", day.directory, "--until", "7")  # the way out that it names is one
    assert code == 0
    assert f"state {day.hashes[2].hex()}" in out
    other = tmp_path / "other"
    other.mkdir()
    write(other, [[VenueOpened(1, 999)]])
    code, out, _ = run("verify", other)
    assert code == 1
    assert "rules version 999" in out


@pytest.mark.parametrize("command", ["verify", "replay"])
def test_directory_without_a_journal(command, run, tmp_path):
    code, out, err = run(command, tmp_path)
    assert (code, out) == (2, "")
    assert err == f"kase-fix: --data: found {tmp_path}, expected a directory with a journal\n"
    (tmp_path / "journal").touch()
    assert run(command, tmp_path)[0] == 1


def test_replay_shows_where_it_came_to(day, run):
    code, out, _ = run("replay", day.directory)
    assert code == 0
    assert out == f"16 commands until 2020-05-27T12:00:00+06:00; 0 living orders; state {day.hashes[-1].hex()}\n"


@pytest.mark.parametrize("index", range(6))
def test_replay_until_a_number(day, run, index):
    number = day.numbers[index]
    code, out, _ = run("replay", day.directory, "--until", str(number))
    assert code == 0
    assert out.startswith(f"{number} commands until ")
    assert out.endswith(f"state {day.hashes[index].hex()}\n")


def test_replay_until_beyond_the_end(day, run):
    assert run("replay", day.directory, "--until", "999")[1].startswith("16 commands")
    assert run("replay", day.directory, "--until", "0")[1].startswith("0 commands until nothing; 0 living orders")


def test_replay_until_a_time(day, run):
    """A time is inclusive: what happened at that moment has happened."""
    assert run("replay", day.directory, "--until", "2020-05-27T11:59:59")[1].startswith("0 commands")
    assert run("replay", day.directory, "--until", "2020-05-27T12:00:00")[1].startswith("1 commands")
    assert run("replay", day.directory, "--until", "2020-05-27T06:00:01+00:00")[1].startswith("16 commands")


@pytest.mark.parametrize("text", ["yesterday", "-1", "2020-05-27", "²", "1e3"])
def test_replay_until_nonsense(day, run, text):
    code, out, err = run("replay", day.directory, f"--until={text}")
    assert (code, out) == (2, "")
    assert err.startswith(f"kase-fix: --until: SEQ|TIME: found {text}, expected a number or a time")
    assert err.count("\n") == 1


def test_replay_shows_a_book(day, run):
    code, out, _ = run("replay", day.directory, "--until", "14", "--book", "EURKZT_TOM")
    assert code == 0
    rows = [[cell.strip() for cell in line.split("|")] for line in out.splitlines()]
    assert rows == [["", "451.00", "1000           1 orders"], ["1000", "449.00", "1 orders"]]
    code, out, err = run("replay", day.directory, "--book", "NOTHING")
    assert (code, out) == (2, "")
    assert err == "kase-fix: --book: found NOTHING, expected a listed instrument\n"


def test_replay_prints_events(day, run):
    code, out, _ = run("replay", day.directory, "--events")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].startswith("2-0 2020-05-27T12:00:00+06:00 ConfigurationApplied market=1 instruments")
    assert sum(" Deal " in line for line in lines) >= 2
    assert lines[-2].startswith("16-0 ")
    assert lines[-1].startswith("16 commands until")
