"""The settings of the FIX services and of the door in front of them: `gateway` of venue.toml."""

from collections.abc import Mapping
from ipaddress import ip_network

import msgspec

from kase_fix.messages.limits import ThrottleLimits
from kase_fix.messages.link import DoorLimits, DoorTls
from kase_fix.rulebook.files import ConfigurationError

TLS_PORTS = {"api": 9980, "md": 9981, "dropcopy": 9982}
"""Where TLS listens unless set (contract, Services)."""
LEAST = {
    "greatest_message": 1024,
    "unsent_bytes": 65536,
    "unsent_seconds": 1,
    "connections_at_once": 1,
    "connections_per_second": 0.1,
    "strangers": 1,
    "strangers_of_address": 1,
    "lockout_first_seconds": 0,
    "lockout_greatest_seconds": 0,
}
"""What a limit of the door must be at the least."""


GREATEST_DAYS = 3650
"""For which a password may hold, at the most."""
LEAST_OF_THROTTLE = {"messages_per_second": 0.1, "burst": 1, "refused": 1, "refused_seconds": 0.1}
"""The same of what one session may send."""


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a FIX service listens; port 0 picks a free one."""

    host: str = "127.0.0.1"
    port: int = 0
    tls_port: int | None = None
    """Unless set: the service's own, or 0 where the plain port is 0."""


class Passwords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a password holds: `gateway.passwords` of venue.toml."""

    days: int = 0
    """Of the venue's calendar, behind the day on which it was set; 0: for ever."""


class Gateway(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The FIX services, and the door in front of them."""

    api: Service = Service(port=9880)
    md: Service = Service(port=9881)
    dropcopy: Service = Service(port=9882)
    door: DoorLimits = DoorLimits()
    throttle: ThrottleLimits = ThrottleLimits()
    tls: DoorTls = DoorTls()
    passwords: Passwords = Passwords()
    addresses: Mapping[str, str | tuple[str, ...]] = msgspec.field(default_factory=dict)
    """By user the networks he may come from; as text they are parted by commas."""

    def listen(self, tls: bool) -> dict[str, tuple[str, int, int | None]]:
        """Return host, port, and TLS port or None, by service."""
        found: dict[str, tuple[str, int, int | None]] = {}
        for name, usual in TLS_PORTS.items():
            service: Service = getattr(self, name)
            port = service.tls_port if service.tls_port is not None else usual if service.port else 0
            found[name] = service.host, service.port, port if tls else None
        return found

    def networks_of(self, user: str) -> tuple[str, ...]:
        """Return the networks a user may come from; none: from anywhere. Raises `ValueError` where one is none."""
        given = self.addresses.get(user, ())
        texts = given.split(",") if isinstance(given, str) else given
        return tuple(str(ip_network(text.strip())) for text in texts)


def check(gateway: Gateway, file: str) -> None:
    """Refuse values that are of the right kind, but make no sense. Raises `ConfigurationError`."""
    for name, least in LEAST.items():
        value = getattr(gateway.door, name)
        if not value >= least:  # nor is it what TOML calls nan
            raise ConfigurationError(file, f"gateway.door.{name}", str(value), f"{least} or more")
    for name, least in LEAST_OF_THROTTLE.items():
        value = getattr(gateway.throttle, name)
        if not value >= least:
            raise ConfigurationError(file, f"gateway.throttle.{name}", str(value), f"{least} or more")
    if not 0 <= gateway.passwords.days <= GREATEST_DAYS:
        raise ConfigurationError(file, "gateway.passwords.days", str(gateway.passwords.days), f"0 to {GREATEST_DAYS}")
    seconds = gateway.door.first_message_seconds
    if not seconds > 0:
        raise ConfigurationError(file, "gateway.door.first_message_seconds", str(seconds), "more than 0")
    first, greatest = gateway.door.lockout_first_seconds, gateway.door.lockout_greatest_seconds
    if greatest < first:
        expected = f"lockout_first_seconds ({first}) or more"
        raise ConfigurationError(file, "gateway.door.lockout_greatest_seconds", str(greatest), expected)
    for name in TLS_PORTS:
        service: Service = getattr(gateway, name)
        for key, port in (("port", service.port), ("tls_port", service.tls_port or 0)):
            if not 0 <= port <= 65535:
                raise ConfigurationError(file, f"gateway.{name}.{key}", str(port), "0 to 65535")
    for user in gateway.addresses:
        _check_addresses(gateway, user, file)


def _check_addresses(gateway: Gateway, user: str, file: str) -> None:
    key, expected = f"gateway.addresses.{user}", 'networks like "10.1.2.0/24"'
    try:
        networks = gateway.networks_of(user)
    except ValueError as error:
        raise ConfigurationError(file, key, str(error), expected) from error
    if not networks:
        raise ConfigurationError(file, key, "none", f"{expected}, or no such line")
