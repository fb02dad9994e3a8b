"""The table of rooms in the architecture stays true: who may import whom."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "kase_fix"
ORDER = [
    ["values"],
    ["messages"],
    ["rulebook", "calendar"],
    ["schedule"],
    ["matching", "clearing"],
    ["engine"],
    ["marketdata"],
    ["journal"],
    ["gateway", "console", "scenario"],
    ["app"],
]
NEVER = {"gateway": {"matching", "engine"}, "console": {"matching", "engine"}}
IMPURE = {"time", "random", "threading", "socket", "logging", "structlog", "asyncio", "os", "uuid", "secrets"}
PURE_ROOMS = {"values", "rulebook", "matching", "clearing", "engine"}
FILE_READERS = {"rulebook/files.py"}  # configuration files are read here, before the engine sees their content


def rank_of(room: str) -> int:
    return next(rank for rank, rooms in enumerate(ORDER) if room in rooms)


def imports_of(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def modules() -> list[tuple[str, str, set[str]]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE).as_posix()
        if "/" in relative:
            found.append((relative.split("/")[0], relative, imports_of(path)))
    return found


def test_every_folder_is_a_room():
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert folders == {room for rooms in ORDER for room in rooms}


def test_rooms_import_only_from_their_left():
    wrong = []
    for room, path, names in modules():
        for name in names:
            if not name.startswith("kase_fix."):
                continue
            other = name.split(".")[1]
            if other != room and (rank_of(other) >= rank_of(room) or other in NEVER.get(room, set())):
                wrong.append(f"{path} imports {name}")
    assert wrong == []


def test_only_the_gateway_imports_quickfix():
    assert [path for room, path, names in modules() if "quickfix" in names and room != "gateway"] == []


def test_pure_rooms_have_no_clock_chance_or_sockets():
    wrong = [
        f"{path} imports {name}"
        for room, path, names in modules()
        if room in PURE_ROOMS and path not in FILE_READERS
        for name in names
        if name.split(".")[0] in IMPURE
    ]
    assert wrong == []
