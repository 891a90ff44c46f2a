"""Take the README's pictures of an alert, as it arrives on a phone: of the demonstration's gravest open incident.

    python docs/message_picture.py docs

Needs chromium on the machine (Debian: apt-get install chromium).
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from playwright.sync_api import sync_playwright

from corrillo.alerts import Incident, rank
from corrillo.bootstrap import House, now, open_house
from corrillo.cli.demo_replay import relive
from corrillo.demo import build
from corrillo.detection import Detection
from corrillo.links import Links
from corrillo.notices import Delivery, News, Subscriber, Way
from corrillo.sink import StoreSink
from dashboards.page.sources import Listening
from notify.messages import Scene, compose

PHONE = {"width": 390, "height": 1010}
LANGUAGES = {"": "en", ".es": "es"}
LINKS = Links(b"for pictures, and nothing else", "https://escucha.benialba.example")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no chromium here: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        begun = now()
        house = open_house(build(Path(folder), begun))
        asyncio.run(
            relive(house, StoreSink(house.store, house.pipeline, Detection(house.settings.institutions)), begun)
        )
        drawn = {f"alert{end}.png": letter(house, language, begun) for end, language in LANGUAGES.items()}
        house.store.close()
    take(browser, {options.folder / name: html for name, html in drawn.items()})


def letter(house: House, language: str, at: datetime) -> str:
    """The message as HTML, its picture in it."""
    (institution,) = house.settings.institutions
    incident = max(house.store.incidents(institution.id, open_only=True), key=_gravity)
    listened = [
        Listening(c.name, getattr(c, "network", ""), getattr(c, "venue", "") or c.name) for c in house.settings.sources
    ]
    scene = Scene(house.store, {institution.id: institution}, LINKS, listened)
    who = Subscriber(
        id="alcaldia",
        name="Alcaldía",
        ways=(Way(kind="email", address="alcaldia@example.es", confirmed=at),),
        language="es" if language == "es" else "en",
        created=at,
    )
    news = News(incident=incident.id, what="opened", level=incident.level, at=incident.updated)
    delivery = Delivery(
        id="picture", subscriber=who.id, institution=institution.id, made=at, due=at, urgency=incident.level, news=(news,)
    )  # fmt: skip
    message = compose(delivery, who, scene, at)
    assert message is not None, "there is an open incident to tell of"
    html = message.html
    for picture in message.pictures:
        html = html.replace(f"cid:{picture.name}", f"data:image/png;base64,{base64.b64encode(picture.png).decode()}")
    return html


def _gravity(incident: Incident) -> tuple[int, datetime]:
    return rank(incident.level), incident.updated


def take(browser: str, drawn: dict[Path, str]) -> None:
    """One picture each: what stands above its last posts."""
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        window = chromium.new_page(viewport=PHONE, device_scale_factor=1.5)  # type: ignore[arg-type]
        for target, html in drawn.items():
            window.set_content(html)
            window.screenshot(path=target)
            print(f"{target}: {target.stat().st_size // 1000} kB")
        chromium.close()


if __name__ == "__main__":
    main()
