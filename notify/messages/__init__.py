"""What a message says: written once, at the moment of sending, for all channels."""

from __future__ import annotations

from notify.messages.compose import compose
from notify.messages.scene import Scene

__all__ = ["Scene", "compose"]
