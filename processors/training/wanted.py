"""Packages that only training needs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from corrillo.errors import MissingExtra


def training_packages(*names: str) -> list[Any]:
    """What is called so (``package.module.name``). Raises MissingExtra where it is not installed."""
    found = []
    for name in names:
        module, _, thing = name.rpartition(".")
        try:
            found.append(getattr(import_module(module), thing))
        except ImportError as error:
            raise MissingExtra(
                f"Training needs the package {error.name}", "install it: pip install 'corrillo[train]'"
            ) from None
    return found
