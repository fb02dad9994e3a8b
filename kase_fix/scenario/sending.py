"""From the fields of a line to the pairs of a message, groups spread out behind their counters."""

from kase_fix.scenario.dictionary import Layout
from kase_fix.scenario.story import Absent, Capture, Entries, Fields, Literal
from kase_fix.scenario.wire import Pairs

NO_LAYOUT = Layout((), {})


def body_of(fields: Fields, layout: Layout, known: dict[str, str]) -> Pairs:
    """Return what goes on the wire. Fields keep the order of the line; within a group the dictionary's order rules,
    since an entry must begin with the field that marks it."""
    pairs: Pairs = []
    for tag, value in fields:
        if isinstance(value, Entries):
            inner = layout.groups.get(tag, NO_LAYOUT)
            pairs.append((tag, str(len(value.entries))))
            for entry in value.entries:
                pairs += body_of(_in_order(entry, inner), inner, known)
        elif isinstance(value, Capture):
            pairs.append((tag, known[value.name]))
        elif isinstance(value, Literal):
            pairs.append((tag, value.text))
    return pairs


def left_out(fields: Fields) -> frozenset[int]:
    """Return the fields the line takes out of the message (`field=-`)."""
    return frozenset(tag for tag, value in fields if isinstance(value, Absent))


def _in_order(entry: Fields, layout: Layout) -> Fields:
    places = {tag: place for place, tag in enumerate(layout.order)}
    return tuple(sorted(entry, key=lambda field: places.get(field[0], len(places))))
