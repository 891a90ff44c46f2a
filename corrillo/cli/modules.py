"""Which module each command is in. A module is imported when a command of it is asked for, and then only that one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

MODULES: Mapping[str, str] = {
    "init": "init", "setup": "setup", "doctor": "doctor", "listen": "listen", "ingest": "ingest", "work": "work",
    "notify": "notify", "page": "page", "people": "people",
    "subscribe": "subscribe", "deliveries": "deliveries", "drill": "drill",
    "dashboards": "dashboards", "demo": "demo", "replay": "replay", "tag": "tag",
    "train": "train", "evaluate": "evaluate", "corrections": "corrections",
    "model-card": "model_card", "find": "find", "export": "export",
    "report": "report", "incidents": "incidents", "rehearse": "rehearse", "sources": "sources",
    "quarantine": "quarantine", "erase": "keep", "purge": "keep", "backup": "backup", "restore": "backup",
    "schema": "schema",
}  # fmt: skip
"""Command → its module here, in the order of the help."""


class Commands(TyperGroup):
    """The commands, each made when it is asked for; all of them for the help, and to guess what somebody meant."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return list(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """That command, None when there is none of that name."""
        for module in [MODULES[cmd_name]] if cmd_name in MODULES else dict.fromkeys(MODULES.values()):
            self.commands.update(of_module(module))
        return self.commands.get(cmd_name)


@cache
def of_module(name: str) -> Mapping[str, Any]:
    """The commands of a module, by name."""
    some = typer.Typer(rich_markup_mode="markdown", pretty_exceptions_enable=False)
    import_module(f"corrillo.cli.{name}").add_to(some)
    return typer.main.get_group(some).commands
