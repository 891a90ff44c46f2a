"""The bare core of Elasticsearch with a security index: roles and accounts are made by its real API.

The core lacks the module analysis-common, of which the security index asks for three parts by name. A fake of
those, compiled here against the core's own libraries, is all that it takes; what answers is Elasticsearch.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Self

from deploy.services import Elasticsearch, java
from deploy.services.maven import HOME, distribution

SOURCE = Path(__file__).parent / "security_analysis" / "SecurityAnalysis.java"
DESCRIPTOR = """\
name=security-analysis
description=A fake of what the security index needs of analysis-common
version={version}
elasticsearch.version={version}
java.version=21
classname=SecurityAnalysis
"""


class WithSecurityIndex(Elasticsearch):
    """A node that keeps roles, accounts and passwords as a full server does."""

    def start(self) -> Self:
        """Start the node with the plugin in it."""
        self._node.furnish(self._configuration())
        _install(self.folder / distribution(HOME).name / "plugins" / "security-analysis")
        return super().start()


def _install(plugin: Path) -> None:
    """The folder of the plugin is there, readable by whoever runs the node."""
    shipped = distribution(HOME)
    classes = plugin.parent.parent.parent / "classes"
    tools = java.for_elasticsearch().home / "bin"
    plugin.mkdir(parents=True, exist_ok=True)
    _run(tools / "javac", "--release", "21", "-cp", f"{shipped / 'lib'}/*", "-d", classes, SOURCE)
    _run(tools / "jar", "cf", plugin / "security-analysis.jar", "-C", classes, ".")
    version = shipped.name.removeprefix("elasticsearch-")
    (plugin / "plugin-descriptor.properties").write_text(DESCRIPTOR.format(version=version), "ascii")
    for path in (plugin.parent, plugin, *plugin.iterdir()):
        path.chmod(0o755)


def _run(*line: object) -> None:
    subprocess.run([str(part) for part in line], check=True, capture_output=True)
