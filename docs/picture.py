"""Take the README's pictures: the demonstration's page, drawn by a real browser.

    python docs/picture.py docs/page.png [--lang es] [--view crisis]

Needs chromium on the machine (Debian: apt-get install chromium).
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

WIDTH, HEIGHT = 1280, 1480
PATIENCE = 180.0
REPLAYED = "of them about the town."
"""What the demonstration says when its fortnight is in the store."""
VIEWS = {"said": "/", "crisis": "/crisis"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target")
    parser.add_argument("--lang", default="en", choices=("en", "es"))
    parser.add_argument("--view", default="said", choices=tuple(VIEWS))
    options = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no chromium here: apt-get install chromium")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "corrillo", "demo", "--port", str(port)]
        log = Path(folder, "log")
        with log.open("wb") as said:
            demo = subprocess.Popen(command, env={**os.environ, "XDG_CACHE_HOME": folder}, stderr=said)
        try:
            wait(log)
            take(browser, f"http://127.0.0.1:{port}{VIEWS[options.view]}?lang={options.lang}", options.target, folder)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(20)
    print(f"{options.target}: {os.path.getsize(options.target) // 1000} kB")


def wait(log: Path) -> None:
    """Until the whole fortnight has been replayed."""
    until = time.monotonic() + PATIENCE
    while REPLAYED not in log.read_text("utf-8"):
        if time.monotonic() > until:
            sys.exit(f"the demonstration did not come up:\n{log.read_text('utf-8')}")
        time.sleep(0.5)


def take(browser: str, url: str, target: str, profile: str) -> None:
    """One screenshot."""
    size = f"--window-size={WIDTH},{HEIGHT}"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}/browser"]
    subprocess.run(
        [browser, *flags, size, f"--screenshot={os.path.abspath(target)}", url],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


if __name__ == "__main__":
    main()
