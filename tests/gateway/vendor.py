"""A vendor that rebuilds books from W and X by itself, strictly: whatever does not fit is a failure. Its own code."""

from collections import Counter

SOH = "\x01"
SIDES = {"0": "bids", "1": "asks"}
FACTS = ("4", "7", "8")
"""Opening, highest and lowest price."""


def entries_of(body):
    """Return the fields before the group, and those of each entry."""
    head, entries = {}, []
    begins = "279" if body.startswith("35=X") else "269"
    for part in body.split(SOH)[:-1]:
        tag, _, value = part.partition("=")
        if tag == begins:
            entries.append({})
        (entries[-1] if entries else head)[tag] = value
    assert int(head["268"]) == len(entries)
    return head, entries


class Vendor:
    """One subscription to one instrument."""

    def __init__(self, user, depth, by_order=False, whole=False):
        self.user, self.depth, self.by_order, self.whole = user, depth, by_order, whole
        self.number = None
        self.book = {"bids": [], "asks": []}
        """Of levels (price, quantity, orders), best first; or of orders (id, price, quantity), in any order."""
        self.deals = []
        self.tape = {}
        """Every deal told of that stands: its price and quantity, by its number."""
        self.facts = {}
        """Opening, highest and lowest price, by 269."""
        self.counts = Counter()

    def hears(self, body):
        head, entries = entries_of(body)
        self.counts[head["35"]] += 1
        if head["35"] == "W":
            self._begins(head, entries)
            return
        assert self.number is not None, "an increment before the snapshot"
        for entry in entries:
            assert int(entry["83"]) == self.number + 1, "something is missing"
            self.number += 1
            if entry.get("269") in SIDES:
                (self._order if self.by_order else self._level)(entry, self.book[SIDES[entry["269"]]])
            elif entry.get("269") == "2":
                self._deal(entry)
            elif entry.get("269") in FACTS and "286" not in entry:
                self._fact(entry)

    def _begins(self, head, entries):
        numbers = {entry["83"] for entry in entries if "83" in entry} | {head["83"]} if "83" in head else None
        numbers = numbers or {entry["83"] for entry in entries}
        assert len(numbers) == 1
        number = int(numbers.pop())
        assert self.number is None or (self.whole and number == self.number + 1), "something is missing"
        self.number = number
        self.facts = {one["269"]: one["270"] for one in entries if one["269"] in FACTS and "286" not in one}
        self.tape |= {one["278"]: (one["270"], int(one["271"])) for one in entries if one["269"] == "2"}
        self.book = {"bids": [], "asks": []}
        for entry in entries:
            if entry["269"] in SIDES:
                rows = self.book[SIDES[entry["269"]]]
                rows.append(self._row(entry))
                assert self.by_order or int(entry["290"]) == len(rows)

    def _deal(self, entry):
        name = entry["278"]
        if entry["279"] == "0":
            assert name not in self.tape, "a deal twice"
            self.deals.append(name)
        if entry["279"] == "2":
            self.tape.pop(name, None)  # it may have been done before he came
        else:
            self.tape[name] = entry["270"], int(entry["271"])

    def _fact(self, entry):
        assert (entry["269"] in self.facts) == (entry["279"] != "0"), "a fact twice, or one that is not there"
        if entry["279"] == "2":
            del self.facts[entry["269"]]
        else:
            self.facts[entry["269"]] = entry["270"]

    def _row(self, entry):
        if self.by_order:
            return entry["278"], entry["270"], int(entry["271"])
        return entry["270"], int(entry["271"]), int(entry["346"])

    def _level(self, entry, rows):
        place = int(entry["290"]) - 1
        if entry["279"] == "0":
            assert entry["270"] not in [row[0] for row in rows]
            rows.insert(place, self._row(entry))
        else:
            assert rows[place][0] == entry["270"], "290 and 270 name two levels"
            rows[place : place + 1] = [] if entry["279"] == "2" else [self._row(entry)]
        assert not self.depth or len(rows) <= self.depth

    def _order(self, entry, rows):
        places = [place for place, row in enumerate(rows) if row[:2] == (entry["278"], entry["270"])]
        assert len(places) == (entry["279"] != "0"), "an order twice, or one that is not there"
        if entry["279"] == "0":
            rows.append(self._row(entry))
        else:
            rows[places[0] : places[0] + 1] = [] if entry["279"] == "2" else [self._row(entry)]

    def seen(self):
        """Return both sides as they are compared."""
        return {side: sorted(rows) if self.by_order else rows for side, rows in self.book.items()}
