"""The name of a message, which follows from whom it is for and what it tells."""

from __future__ import annotations

import hashlib


def identity(subscriber: str, *what: str) -> str:
    """Deterministic id: 32 hexadecimal digits (BLAKE2b); the order of ``what`` counts."""
    key = "\x1f".join((subscriber, *what))
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
