"""What a refused decision says in Russian holds no English words of ours."""

import ast
import re
from pathlib import Path

import pytest

from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import refusals
from kase_fix.rulebook.decisions import OFFICES
from kase_fix.rulebook.russian_words import WORDS, in_russian_words

DECISIONS = Path(refusals.__file__).parent.parent / "engine" / "decisions"
WORD_OF_OURS = re.compile(r"[a-z]{3,}")


def filled(node: ast.expr) -> list[str]:
    """The texts an expression may be, with what stands in it at run time as a sample."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        sample = "clean" if "prices" in ast.unparse(node) else "10:00"
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else sample for part in node.values)]
    if isinstance(node, ast.BoolOp | ast.Tuple):
        return [text for value in getattr(node, "values", getattr(node, "elts", ())) for text in filled(value)]
    return []


def texts_in_decisions() -> list[tuple[str, str]]:
    found = []
    for path in [*DECISIONS.glob("*.py"), Path(refusals.__file__).parent / "decisions.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal" and len(node.args) == 3:
                found += [(path.name, text) for text in filled(node.args[2])]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "why":
                found += [(path.name, text) for text in filled(node.value)]
            elif isinstance(node, ast.For) and "why" in ast.unparse(node.target):
                found += [(path.name, text) for text in filled(node.iter)]
    return [(name, text) for name, text in found if WORD_OF_OURS.search(text)]


@pytest.mark.parametrize(("where", "text"), texts_in_decisions())
def test_every_text_a_decision_is_refused_with_has_its_russian_one(where, text):
    assert not WORD_OF_OURS.search(in_russian_words(text)), where


@pytest.mark.parametrize("office", OFFICES)
def test_offices_are_named_in_russian_with_the_person_behind(office):
    said = refusals.russian(Refusal(refusals.NOT_ENTITLED, "art. 4 p. 3", (f"{office} A. B.",)))
    assert said == f"{WORDS[office]} A. B. не вправе принять это решение (ст. 4 п. 3)"


def test_names_and_numbers_stay():
    refusal = Refusal(refusals.UNKNOWN_NAME, "art. 8 p. 3", ("instrument", "USDKZT_TOM"))
    assert refusals.russian(refusal) == "Не найдено: инструмент USDKZT_TOM (ст. 8 п. 3)"
    assert refusals.english(refusal) == "There is no instrument USDKZT_TOM (art. 8 p. 3)"
    assert in_russian_words("450.10") == "450.10"
