"""A table of text, as the report, the page and the console show it alike."""

from typing import NamedTuple


class Column(NamedTuple):
    """A column; what is a number stands to the right."""

    name: str
    title: str
    number: bool = False


class Table(NamedTuple):
    """One table of the results."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
