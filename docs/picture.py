"""Take the README's pictures: the demonstration's page, drawn by a real browser.

    python docs/picture.py docs [NAME …]

All of them, or those of these names, such as page.es. Needs chromium on the machine (Debian: apt-get install chromium).
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

SIZE = {"width": 1280, "height": 1480}
PATIENCE = 180.0
REPLAYED = "of them about the town."
"""What the demonstration says when its fortnight is in the store."""
VIEWS = {"page": "/", "crisis": "/crisis", "waits": "/waits"}
PICTURES = {
    name + end: f"{path}?lang={lang}" for name, path in VIEWS.items() for end, lang in (("", "en"), (".es", "es"))
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", default=list(PICTURES), metavar="NAME")
    options = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no chromium here: apt-get install chromium")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "corrillo", "demo", "--port", str(port)]
        log = Path(cache, "log")
        with log.open("wb") as said:
            demo = subprocess.Popen(command, env={**os.environ, "XDG_CACHE_HOME": cache}, stderr=said)
        try:
            wait(log)
            take(browser, f"http://127.0.0.1:{port}", options.folder, options.names)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(20)


def wait(log: Path) -> None:
    """Until the whole fortnight has been replayed."""
    until = time.monotonic() + PATIENCE
    while REPLAYED not in log.read_text("utf-8"):
        if time.monotonic() > until:
            sys.exit(f"the demonstration did not come up:\n{log.read_text('utf-8')}")
        time.sleep(0.5)


def take(browser: str, page: str, folder: Path, names: list[str]) -> None:
    """One picture each, when everything on it has been drawn."""
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        window = chromium.new_page(viewport=SIZE)  # type: ignore[arg-type]
        for name in names:
            target = folder / f"{name}.png"
            window.goto(page + PICTURES[name], wait_until="networkidle")
            window.screenshot(path=target)
            print(f"{target}: {target.stat().st_size // 1000} kB")
        chromium.close()


if __name__ == "__main__":
    main()
