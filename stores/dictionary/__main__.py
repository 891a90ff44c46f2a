"""``python -m stores.dictionary [--lang es]``: the page on standard output."""

from __future__ import annotations

import argparse
import sys

from stores.dictionary.page import page

parser = argparse.ArgumentParser(prog="python -m stores.dictionary", description=__doc__)
parser.add_argument("--lang", choices=("es", "en"), default="en")
sys.stdout.write(page(parser.parse_args().lang))
