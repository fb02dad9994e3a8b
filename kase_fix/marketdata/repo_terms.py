"""The day's repo by kind, term and currency: a fold over its deals (R-101, R-183)."""

from kase_fix.marketdata.day_lines import NO_VOLUME, RepoLine, RepoTerm
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import RepoTerms


class RepoByTerm:
    """Opening deals as they stand; a prolongation stands for one that is counted already."""

    def __init__(self) -> None:
        self.lines: dict[RepoTerm, RepoLine] = {}

    def put(self, deal: Deal) -> None:
        """Take in a deal; what is no repo is left alone."""
        terms = deal.terms
        if not isinstance(terms, RepoTerms) or deal.method in NO_VOLUME:
            return
        opening, closing = terms.opening, terms.closing
        term = RepoTerm(terms.kind, (closing.settlement - opening.settlement).days, opening.currency)
        self.lines.setdefault(term, RepoLine()).put(deal.deal_id, opening.amount, terms.rate)

    def bust(self, deal: Deal) -> None:
        """Count a deal no more, of whatever term it is by now."""
        for line in self.lines.values():
            line.bust(deal.deal_id)

    def correct(self, deal: Deal) -> None:
        """Let a deal have been done so."""
        self.bust(deal)
        self.put(deal)
