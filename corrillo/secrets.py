"""Secrets: from the environment, else from a file; never from the configuration itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from corrillo.errors import SecretMissing


def secret(environment: Mapping[str, str], variable: str, file: Path | None, what: str) -> str:
    """The secret in ``environment[variable]``, else in ``file``. Raises SecretMissing."""
    if environment.get(variable):
        return environment[variable].strip()
    if file is None:
        raise SecretMissing(f"{what}: {variable} is not set", f"set {variable}, or name a file for it in corrillo.toml")
    try:
        value = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SecretMissing(
            f"{what}: {file} cannot be read: {error.strerror}", f"write it there, or set {variable}"
        ) from None
    if not value:
        raise SecretMissing(f"{what}: {file} is empty", f"write it there, or set {variable}")
    return value
