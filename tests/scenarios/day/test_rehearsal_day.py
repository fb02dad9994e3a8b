"""The story of the whole day is what its script writes, and leaves no board of the schedule out."""

import runpy
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
SCRIPT = runpy.run_path(str(HERE / "make_rehearsal_day.py"))
BOARDS = tomllib.loads((HERE.parents[2] / "cfg" / "boards.toml").read_text(encoding="utf-8"))


def test_the_story_is_what_the_script_writes():
    assert (HERE / "rehearsal_day.fix").read_text(encoding="utf-8") == SCRIPT["story"]()


def test_every_board_has_its_edges_in_the_story():
    told = {window.board for window in SCRIPT["WINDOWS"]} | {other.board for other in SCRIPT["OTHERS"]}
    assert told == set(BOARDS)
