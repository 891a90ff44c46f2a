"""What can go wrong with a service."""


class ServiceError(Exception):
    """A service cannot be had; the message says why and what to do about it."""
