"""Whom the doorman knows and which services he stands before: the venue's last `DoorSettings`, by name."""

from kase_fix.messages.link import DoorService, DoorSettings, DoorUser


class Register:
    """Users and services of one `DoorSettings`; the next one takes its place as a whole."""

    def __init__(self, settings: DoorSettings) -> None:
        self.first_message_seconds = settings.first_message_seconds
        self.greatest_message = settings.greatest_message
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
