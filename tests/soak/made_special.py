"""Beside the books of two members: a stop order, a quote, an order of two sides, a deal taken back, a vendor."""

from scripts.soak.wire import encode
from tests.soak.made import FIRMA, FIRMB, MadeBooks, report

BANK, VENDOR = "00100", "VENDOR1"
SYMBOL = "USDKZT_TOM"
FED = (
    ("W", "410.00", "1", 100, 1),
    ("X", "409.00", "1", 150, 2),
    ("X", "411.00", "2", 150, 3),
)
"""MsgType, price, side, quantity and 83 of what the vendor was told."""


def _rests(fields, price, kind="2"):
    return [*fields, (40, kind), (44, price)]


def _order(user, delivery, order, name, side, *more):
    fields = report(user, delivery, order, name, "0", "0" if delivery else "I", 0, more[0], *more[1:])
    return [(54, side) if tag == 54 else (tag, value) for tag, value in fields]


class MadeSpecial(MadeBooks):
    """FIRMA's stop order is triggered, FIRMB quotes, 00100 buys and sells in one message, the second deal is undone."""

    def __init__(self, directory):
        super().__init__(directory)
        self.fed = [list(one) for one in FED]
        self.operator = ["12_0 200", "11_0 409", "9_9 lost"]
        self._undo()
        self._stop()
        self._quote()
        self._two_sides()
        for user in self.lines:
            self.renumber(user)

    def _undo(self):
        self.journal.append([14, 0, ["bust_deal", None, "12_0"]])
        for user, side, order, name in ((FIRMA, "B", "NF_9", "a1"), (FIRMB, "S", "NF_10", "b1")):
            more = (31, "410.00"), (32, "200"), (880, "12_0")
            told = report(user, f"14-0-{side}", order, name, "4", "H", 300, 0, *more)
            self.lines[user].insert(-1, told)
            self.lines[user][-1] = report(user, "", order, name, "4", "I", 300, 0, (584, "999999"), (912, "Y"))

    def _stop(self):
        self.journal.append([15, 0, ["new_order", FIRMA, "s1"]])
        self.journal.append([16, 0, ["venue_opened", 1, 1]])
        words = 99, "409.90"
        first = _rests(_order(FIRMA, "15-0-0", "NF_15", "s1", "1", 100, words), "410.00", "4")
        second = _rests(_order(FIRMA, "16-1-0", "NF_15", "s1", "1", 100, words), "410.00", "4")
        second = [(150, "L") if tag == 150 else (tag, value) for tag, value in second]
        last = _rests(_order(FIRMA, "", "NF_15", "s1", "1", 100, words), "410.00", "4")
        self.lines[FIRMA][-1:-1] = [first, [*second, (58, "Triggered by a deal at 410.00")], last]

    def _quote(self):
        self.journal.append([17, 0, ["mass_quote", FIRMB, "q1"]])
        answer = [(35, "b"), (49, "KASE"), (56, FIRMB), (34, "0"), (117, "q1"), (297, "0"), (527, "17-2-0")]
        rest = [
            _rests(_order(FIRMB, "", order, "q1", side, 100, (117, "q1")), price)
            for order, side, price in (("NF_17", "1", "409.00"), ("NF_17.2", "2", "411.00"))
        ]
        self.lines[FIRMB][-1:-1] = [answer, *rest]

    def _two_sides(self):
        self.dialects[BANK] = "NEXT"
        self.journal.append([18, 0, ["new_order", BANK, "d1"]])
        sides = ("NF_18", "1", "409.00"), ("NF_18.2", "2", "411.00")
        sent = [(35, "D"), (49, BANK), (56, "KASE"), (34, "0"), (11, "d1"), (5146, "Y"), (218, "2.00")]
        told = [
            _rests(_order(BANK, f"18-{place}-0", order, "d1", side, 50), price)
            for place, (order, side, price) in enumerate(sides)
        ]
        asked = [(35, "H"), (49, BANK), (56, "KASE"), (34, "0"), (371, "999999")]
        last = [_rests(_order(BANK, "", order, "d1", side, 50), price) for order, side, price in sides]
        end = report(BANK, "", "NONE", "none", "8", "I", 0, 0, (790, "999999"))
        self.lines[BANK] = [
            [(35, "A"), (49, "KASE"), (56, BANK), (34, "0"), (141, "Y")],
            sent,
            *told,
            asked,
            *last,
            end,
        ]

    def renumber(self, user):
        """Give what was received the numbers 1, 2, 3, ..."""
        number = 0
        for fields in self.lines[user]:
            if (49, "KASE") in fields:
                number += 1
                self._set(fields, 34, str(number))

    def write(self, rest=b""):
        """Write what the vendor and the operator have, too."""
        feed = self.directory / "feed"
        feed.mkdir(exist_ok=True)
        lines = [b"0 0 E open", *(b"%d 0 R %s" % (place, self._fed(*one)) for place, one in enumerate(self.fed, 1))]
        (feed / f"{VENDOR}.FIX44.log").write_bytes(b"\n".join(lines) + b"\n")
        (self.directory / "operator.log").write_text("\n".join(self.operator) + "\n", encoding="ascii")
        return super().write(rest)

    @staticmethod
    def _fed(kind, price, side, quantity, number):
        head = [(35, kind), (49, "KASEMD"), (56, VENDOR), (34, "1"), (262, "r1")]
        level = [(269, "0" if side == "1" else "1"), (270, price), (271, str(quantity))]
        if kind == "W":
            return encode("FIX.4.4", [*head, (55, SYMBOL), (83, str(number)), (268, "1"), *level])
        return encode("FIX.4.4", [*head, (268, "1"), (279, "0"), *level, (55, SYMBOL), (83, str(number))])
