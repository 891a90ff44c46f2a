"""Mentions with nearly the same text are one story: reposts, agency copies, chain messages.

MinHash over word trigrams with banding (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of
Massive Datasets, 3.4): texts whose trigrams overlap by ``SIMILAR`` or more (Jaccard) are found
with a probability of about 0.98 and are checked against the estimate from the whole signature.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import eq
from struct import Struct
from zlib import crc32

from rensa import RMinHash

from corrillo.model import Mention
from corrillo.ports import StoryMark
from corrillo.text import fold, words

HASHES = 48
BANDS = 12
ROWS = HASHES // BANDS
SIMILAR = 0.6
MIN_WORDS = 8
"""Shorter texts ("gracias", "qué vergüenza") are the same by chance."""
SEED = 1871

_hashes = Struct(f"<{HASHES}I")
_NOISE = re.compile(r"https?://\S+|@\S+|\brt\b")


def story_mark(mention: Mention) -> StoryMark | None:
    """The mark under which a story beginning with this mention is found; None for short texts."""
    found = words(_NOISE.sub(" ", fold(mention.text)))
    if len(found) < MIN_WORDS:
        return None
    minhash = RMinHash(num_perm=HASHES, seed=SEED)
    minhash.update([" ".join(found[i : i + 3]) for i in range(len(found) - 2)])
    digest: list[int] = minhash.digest()
    packed = _hashes.pack(*digest)
    return StoryMark(story=mention.id, signature=packed, bands=bands_of(packed))


def bands_of(signature: bytes) -> tuple[int, ...]:
    """The bands under which a story with this signature is found."""
    size = ROWS * 4
    return tuple(crc32(signature[n * size : (n + 1) * size], n) for n in range(BANDS))


def nearest(mark: StoryMark, candidates: Sequence[StoryMark]) -> str:
    """The story among ``candidates`` that is nearly the same text, '' where none is."""
    best = max(candidates, key=lambda c: (similarity(mark, c), c.story), default=None)
    return best.story if best and similarity(mark, best) >= SIMILAR else ""


def similarity(one: StoryMark, other: StoryMark) -> float:
    """Estimated Jaccard similarity of the two texts' trigrams, 0–1."""
    same = map(eq, _hashes.unpack(one.signature), _hashes.unpack(other.signature))
    return sum(bool(s) for s in same) / HASHES
