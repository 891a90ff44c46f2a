"""The keys that networks ask for: from the environment, or from files beside the configuration; never in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from corrillo.errors import SourceRefused
from corrillo.registry import SourceConfig, SourceContext


def variable(source: str, name: str = "token") -> str:
    """The environment variable of a source's key: ``CORRILLO_TOKEN_MY_SOURCE``."""
    return f"CORRILLO_{name}_{source}".replace("-", "_").replace(".", "_").upper()


def key(config: SourceConfig, context: SourceContext, name: str = "token") -> str:
    """The key ``name`` of this source alone: from its variable, or the file that ``<name>_file`` says; '' if neither.

    Raises SourceRefused for a file that cannot be read.
    """
    ours = variable(config.name, name)
    found = context.environment.get(ours, "").strip()
    file_name = str(getattr(config, f"{name}_file", ""))
    if found or not file_name:
        return found
    file = Path(context.folder) / file_name
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        remedy = f"write the {name} there, or remove {name}_file and set {ours}"
        raise SourceRefused(f"source {config.name!r}: {file} cannot be read: {reason}", remedy) from None


def required(config: SourceConfig, context: SourceContext, *names: str) -> Mapping[str, str]:
    """All keys of these names. Raises SourceRefused that names each missing one and how to give it."""
    found = {name: key(config, context, name) for name in names or ("token",)}
    missing = [name for name, value in found.items() if not value]
    if missing:
        ways = "; ".join(f"{name}: set {variable(config.name, name)}, or {name}_file = …" for name in missing)
        raise SourceRefused(
            f"source {config.name!r}: {config.kind} cannot be read without {', '.join(missing)}",
            f"{ways} (how to get it: corrillo sources networks {config.kind})",
        )
    return found
