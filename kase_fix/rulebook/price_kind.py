"""Clean or dirty: what a debt security's price means, as annex 2 classifies it and the Board member decides (R-20).

Clean is per cent of par; dirty is money of the quotation currency for one security. The classifier answers clean,
dirty or undetermined, criterion by criterion; what trades is the decision where there is one.
"""

import calendar
import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from kase_fix.messages.configuration import BondTerms, Instrument, PriceDecision

CLEAN = "clean"
DIRTY = "dirty"
UNDETERMINED = "undetermined"
KNOWN_BEFORE = 2
"""A floating coupon is known so many working days of the RK before its period (annex 2 p. 1 sp. 7)."""
DAY_COUNTS_OF_CLEAN = ("30/360", "actual/actual")
MONTHS_A_YEAR = 12


class Criterion(NamedTuple):
    """One criterion of annex 2, whether the security meets it, and why."""

    clause: str
    met: bool
    why: str


class Classification(NamedTuple):
    """What annex 2 makes of a security: the kind of price, and every criterion looked at."""

    kind: str
    criteria: tuple[Criterion, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """One line for each criterion, as people read it."""
        return tuple(f"{one.clause}: {'met' if one.met else 'not met'}, {one.why}" for one in self.criteria)


def classify(terms: BondTerms) -> Classification:
    """Classify a debt security and say why, criterion by criterion (annex 2 p. 1, 2; R-20)."""
    met = _clean_criteria(terms)
    reasons = _clean_reasons(terms)
    clean = [Criterion(f"annex 2 p. 1 sp. {number}", met[number], reasons[number]) for number in met]
    failed = sum(not one.met for one in clean)
    dirty = (
        Criterion("annex 2 p. 2 sp. 1", not terms.discount, f"it {_is(terms.discount, 'a discount security')}"),
        Criterion("annex 2 p. 2 sp. 2", terms.indexed, f"its par {_is(terms.indexed, 'indexed')}"),
        Criterion("annex 2 p. 2 sp. 3", failed > 0, f"{failed} of the criteria of p. 1 not met"),
    )
    return Classification(kind_of(terms), (*clean, *dirty))


def kind_of(terms: BondTerms) -> str:
    """Return what annex 2 makes of a debt security (art. 19, 20, 24, 25, 32, 33, each p. 2).

    A discount security, or one that meets all of p. 1, is clean; one that is neither and whose par is indexed is
    dirty; what is left is undetermined: the Regulation names no kind for it.
    """
    if terms.discount or all(_clean_criteria(terms).values()):
        return CLEAN
    return DIRTY if terms.indexed else UNDETERMINED


def traded_kind(terms: BondTerms, decision: PriceDecision | None) -> str:
    """Return what a bond trades in: as decided, else as classified, else dirty (art. 24 p. 2; R-20)."""
    if decision is not None:
        return decision.kind
    kind = kind_of(terms)
    return DIRTY if kind == UNDETERMINED else kind


def warnings(instruments: Iterable[Instrument]) -> list[str]:
    """Return a line for each bond whose decision contradicts annex 2 (R-20): the decision holds all the same."""
    found = []
    for instrument in instruments:
        terms, decision = instrument.bond, instrument.price_decision
        if terms is None or decision is None:
            continue
        kind = kind_of(terms)
        if kind not in (UNDETERMINED, decision.kind):
            found.append(
                f"{instrument.symbol} trades {decision.kind} by decision {decision.document} of {decision.date}, "
                f"but annex 2 makes it {kind}"
            )
    return found


def whole_periods(terms: BondTerms) -> bool:
    """Tell whether the time to maturity is a multiple of every coupon period (annex 2 p. 1 sp. 3)."""
    if terms.matures is None:
        return False
    if terms.coupon_kind == "none":
        return True
    first, last = terms.issued, terms.matures
    months = (last.year - first.year) * MONTHS_A_YEAR + last.month - first.month
    period = MONTHS_A_YEAR // terms.coupons_a_year
    return months > 0 and months % period == 0 and later(first, months) == last


def later(date: dt.date, months: int) -> dt.date:
    """Return the same day so many months later, or the last of that month where it is shorter."""
    count = date.month - 1 + months
    year, month = date.year + count // MONTHS_A_YEAR, count % MONTHS_A_YEAR + 1
    return dt.date(year, month, min(date.day, calendar.monthrange(year, month)[1]))


def _clean_criteria(terms: BondTerms) -> dict[int, bool]:
    """Return whether each sub-paragraph of annex 2 p. 1 is met; sp. 2 is repealed."""
    return {
        1: not terms.indexed,
        3: whole_periods(terms),
        4: terms.matures is not None,
        5: terms.same_dates,
        6: terms.day_count in DAY_COUNTS_OF_CLEAN,
        7: _coupon_known(terms),
        8: not terms.amortised,
        9: not terms.capitalised,
        10: not terms.other_payments,
    }


def _clean_reasons(terms: BondTerms) -> dict[int, str]:
    return {
        1: f"its par {_is(terms.indexed, 'indexed')}",
        3: _whole(terms),
        4: f"matures {terms.matures or 'on no fixed date'}",
        5: f"its coupon dates {'are' if terms.same_dates else 'are not'} the same every year",
        6: f"its day count is {terms.day_count}",
        7: _coupon(terms),
        8: f"it {_is(terms.amortised, 'amortised')}",
        9: f"its coupon {_is(terms.capitalised, 'capitalised')}",
        10: f"it pays {'other sums too' if terms.other_payments else 'coupons and par alone'}",
    }


def _coupon_known(terms: BondTerms) -> bool:
    """Annex 2 p. 1 sp. 7: fixed, or floating and known two working days before its period."""
    if terms.coupon_kind == "fixed":
        return True
    known = terms.coupon_known_days
    return terms.coupon_kind == "floating" and known is not None and known >= KNOWN_BEFORE


def _coupon(terms: BondTerms) -> str:
    if terms.coupon_kind != "floating":
        return "it has no coupon" if terms.coupon_kind == "none" else "its coupon is fixed"
    known = terms.coupon_known_days
    return "its coupon floats, known " + ("later" if known is None else f"{known} working days before its period")


def _whole(terms: BondTerms) -> str:
    if terms.matures is None:
        return "it has no term"
    if terms.coupon_kind == "none":
        return "it has no coupon periods"
    period = MONTHS_A_YEAR // terms.coupons_a_year
    multiple = "a" if whole_periods(terms) else "no"
    return f"{terms.issued} to {terms.matures} is {multiple} multiple of {period} months"


def _is(true: bool, what: str) -> str:
    return f"is {what}" if true else f"is not {what}"
