"""``python -m corrillo.ops.probe URL``: exit code 0 when it answers 200, else 1 with what it says.

For health checks in a container, which has no curl; imports next to nothing, for it runs every few seconds.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request

PATIENCE = 5.0


def probe(url: str) -> str:
    """'' when ``url`` answers 200, else what it says instead."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - the address of our own process
            return "" if answer.status == 200 else f"HTTP {answer.status}"
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}: {error.read(2000).decode('utf-8', 'replace')}"
    except (OSError, ValueError) as error:
        return str(error)


if __name__ == "__main__":
    said = probe(sys.argv[1])
    sys.stderr.write(f"{said}\n" if said else "")
    sys.exit(1 if said else 0)
