"""``python -m corrillo``."""

from corrillo.cli import main

main()
