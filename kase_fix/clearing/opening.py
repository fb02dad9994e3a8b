"""The repo that a deal opens."""

from kase_fix.clearing.obligations import PROLONGED
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.deal_terms import RepoTerms
from kase_fix.messages.repo import OpenRepo, Party


def repo_of(deal: Deal) -> OpenRepo | None:
    """Return the repo a deal opens; None: it opens none, one that prolongs a repo neither."""
    if not isinstance(deal.terms, RepoTerms) or deal.method == PROLONGED:
        return None
    of_buyer, of_seller = deal.controllers or ("", "")
    buyer = Party(deal.buy.user, deal.buy.firm, deal.buy.account, controller=of_buyer)
    seller = Party(deal.sell.user, deal.sell.firm, deal.sell.account, controller=of_seller)
    return OpenRepo(deal.deal_id, deal.symbol, deal.board, deal.price, deal.quantity, deal.terms, buyer, seller)
