"""A new user of a member that is known (`kase-fix member add`): what he may be, and when he is one.

The register is configuration and the acceptors' sessions are fixed when they are built, so he is kept in
`DIR/members.json` and comes in with the venue's next start, when the register with him enters the journal.
"""

from collections.abc import Iterable, Mapping

import msgspec

from kase_fix.messages.configuration import MarketConfiguration, User
from kase_fix.rulebook.files import ConfigurationError
from kase_fix.rulebook.sections import DIALECTS, SERVICES
from kase_fix.rulebook.table import listed

WORDS = ("user", "firm", "dialect", "services", "accounts", "title")
API = "api"
GREATEST_TITLE = 100
COMP_ID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
GREATEST_NAME = 32


def new_user(words: Mapping[str, str], register: Mapping[str, User]) -> User:
    """Return the user these words ask for; his firm's markets and roles are his. Raises `ValueError`."""
    name, firm, dialect = words.get("user", ""), words.get("firm", ""), words.get("dialect", "")
    services, accounts = _names(words.get("services", "")), _names(words.get("accounts", ""))
    title = words.get("title", "")
    if not (0 < len(name) <= GREATEST_NAME and set(name) <= COMP_ID):
        raise ValueError(f"a user's name has 1 to {GREATEST_NAME} letters, digits and _, not {name!r}")
    if name in register:
        raise ValueError(f"there is a user {name} already")
    of_firm = [user for user in register.values() if user.firm == firm]
    if not of_firm:
        raise ValueError(f"there is no member {firm}: a new member enters by the files of the configuration")
    if dialect not in DIALECTS:
        raise ValueError(f"the dialect is {listed(DIALECTS)}, not {dialect!r}")
    if not services or not set(services) <= set(SERVICES):
        raise ValueError(f"services are a list, each {listed(SERVICES)}, not {','.join(services)!r}")
    if len(title) > GREATEST_TITLE or not title.isprintable():
        raise ValueError(f"a title has at most {GREATEST_TITLE} printable characters")
    trades = API in services
    _check_accounts(accounts, trades, register.values())
    trading = next((user for user in of_firm if user.markets), None) if trades else None
    if trades and trading is None:
        raise ValueError(f"the member {firm} trades nowhere: its users cannot either")
    markets, roles = (trading.markets, trading.roles) if trading is not None else ((), ())
    return User(name, firm, markets, accounts, dialect, services, title, roles)


def with_added(market: MarketConfiguration, added: Mapping[str, User]) -> MarketConfiguration:
    """Return the market with the users that were added since its files were written; the files go before.

    Raises `ConfigurationError` where an account is the files' as well.
    """
    known = {user.name for user in market.users}
    owners = {account: user.name for user in market.users for account in user.accounts}
    new = [user for user in added.values() if user.name not in known]
    for user in new:
        for account in user.accounts:
            if account in owners:
                expected = f"accounts of no other user ({account} is {owners[account]}'s)"
                raise ConfigurationError("members.json", user.name, account, expected)
    return msgspec.structs.replace(market, users=(*market.users, *new)) if new else market


def _check_accounts(accounts: tuple[str, ...], trades: bool, register: Iterable[User]) -> None:
    if trades and not accounts:
        raise ValueError("a user who trades has accounts of his own")
    if accounts and not trades:
        raise ValueError("accounts are of users who trade, on FIX-API")
    for account in accounts:
        if not (len(account) <= GREATEST_NAME and set(account) <= COMP_ID):
            raise ValueError(f"an account has 1 to {GREATEST_NAME} letters, digits and _, not {account!r}")
        for user in register:
            if account in user.accounts:
                raise ValueError(f"the account {account} is {user.name}'s")


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
