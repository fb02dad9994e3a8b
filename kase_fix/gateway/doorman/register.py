"""Whom the doorman knows and which services he stands before: the venue's last `DoorSettings`, by name."""

from ipaddress import IPv6Address, ip_address, ip_network

from kase_fix.messages.link import DoorService, DoorSettings, DoorUser


class Register:
    """Users and services of one `DoorSettings`; the next one takes its place as a whole."""

    def __init__(self, settings: DoorSettings) -> None:
        self.limits = settings.limits
        self.users = {user.name: user for user in settings.users}
        self.services = {service.name: service for service in settings.services}

    def user(self, name: bytes, service: str) -> DoorUser | None:
        """Return the user with this SenderCompID(49) where he may use the service."""
        try:
            user = self.users.get(name.decode())
        except UnicodeDecodeError:
            return None
        return user if user is not None and service in user.services else None

    def service(self, name: str) -> DoorService | None:
        """Return the service, None where the venue has taken it away."""
        return self.services.get(name)


def comes_from(user: DoorUser, address: str) -> bool:
    """Tell whether the user may come from an address; one without a list may come from anywhere."""
    if not user.addresses:
        return True
    try:
        here = ip_address(address)
    except ValueError:
        return False
    if isinstance(here, IPv6Address) and here.ipv4_mapped is not None:
        here = here.ipv4_mapped
    return any(here in ip_network(network) for network in user.addresses)
