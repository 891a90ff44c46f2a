"""The artefact: one file, always the same bytes, and nothing else is taken for it."""

from __future__ import annotations

import hashlib

import msgspec
import numpy as np
import pytest

from processors.learned.artefact import FORMAT, LIMIT, MAGIC, ArtefactError, packed, read, unpacked
from processors.learned.card import Card

CARD = Card(recipe=1, features=1, seed=7, languages=("es", "ca"), thresholds={"crisis": 0.25})
ARRAYS = {
    "b/weights": np.arange(12, dtype=np.float16).reshape(4, 3),
    "a/intercepts": np.array([0.5, -1.0, 2.0], np.float32),
    "c/small": np.array([-3, 3], np.int8),
}


def test_what_is_packed_is_read_again():
    """Arrays by name, with their kinds and shapes, and the card."""
    found = unpacked(packed(ARRAYS, CARD))
    assert found.card == CARD
    assert set(found.arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert found.arrays[name].dtype == array.dtype
        assert np.array_equal(found.arrays[name], array)
    assert len(found.identity) == 12


def test_the_same_is_the_same_bytes():
    """Whatever the order in which arrays are named and however they lie in memory."""
    turned = {name: np.asfortranarray(array) for name, array in reversed(ARRAYS.items())}
    assert packed(turned, CARD) == packed(ARRAYS, CARD)


def test_what_is_read_cannot_be_changed():
    """Every tagger of a process shares the arrays."""
    with pytest.raises(ValueError, match="read-only"):
        unpacked(packed(ARRAYS, CARD)).arrays["a/intercepts"][0] = 1


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda b: b"", "is no trained tagger"),
        (lambda b: b"\x93NUMPY" + b, "is no trained tagger"),
        (lambda b: b"\x80\x04cposix\nsystem\n", "is no trained tagger"),
        (lambda b: b[:-1], "its hash is another"),
        (lambda b: b[: len(MAGIC) + 8], "is cut short"),
        (lambda b: b[:200], "is cut short"),
        (lambda b: b[:-100] + b"\x01" + b[-99:], "its hash is another"),
        (lambda b: b + b"\x00", "its hash is another"),
        (lambda b: b.replace(b'"seed":7', b'"sead":7'), "is damaged"),
        (lambda b: b.replace(b'{"arrays"', b'["arrays"', 1), "is damaged"),
        (lambda b: b.replace(f'"format":{FORMAT}'.encode(), f'"format":{FORMAT + 1}'.encode()), "newer Corrillo"),
    ],
    ids=["empty", "numpy's", "a pickle", "truncated", "no header", "half a header", "a bit", "longer", "a key", "no object", "newer"],
)  # fmt: skip
def test_anything_else_is_refused_with_a_remedy(damage, said):
    """A pickle, a part, a changed bit, a later format: nothing of it is used, and what to do is said."""
    with pytest.raises(ArtefactError, match=said) as refused:
        unpacked(damage(packed(ARRAYS, CARD)))
    assert refused.value.remedy


@pytest.mark.parametrize(
    "spec",
    [
        {"kind": "|O", "shape": [1], "at": 0},
        {"kind": "<f4", "shape": [1 << 40], "at": 0},
        {"kind": "<f4", "shape": [-1], "at": 0},
        {"kind": "<f4", "shape": [1], "at": -64},
        {"kind": "<f4", "shape": [1 << 62, 8], "at": 0},
    ],
)
def test_an_array_that_cannot_be_is_refused(spec):
    """Though the hash is right: whoever writes such a file may reach no memory but the file's."""
    header = msgspec.json.encode({"format": FORMAT, "card": msgspec.to_builtins(CARD), "arrays": {"x": spec}})
    whole = MAGIC + len(header).to_bytes(8, "little") + header + bytes(64)
    with pytest.raises(ArtefactError, match="is damaged"):
        unpacked(whole + hashlib.sha256(whole).digest())


def test_an_array_is_asked_for_by_name_and_shape():
    """What a tagger needs is there, as it needs it, or it says what is not."""
    found = unpacked(packed({**ARRAYS, "n": np.array([np.nan], np.float32)}, CARD))
    assert found.array("b/weights", 4, -1).shape == (4, 3)
    for name, shape in (("missing", (1,)), ("b/weights", (4,)), ("b/weights", (5, 3)), ("n", (1,))):
        with pytest.raises(ArtefactError, match=name):
            found.array(name, *shape)


def test_nothing_larger_than_the_limit_is_written():
    """It travels in every wheel."""
    with pytest.raises(ArtefactError, match="would have"):
        packed({"x": np.zeros(LIMIT, np.int8)}, CARD)
    with pytest.raises(ArtefactError, match="cannot"):
        packed({"x": np.zeros(2, np.complex64)}, CARD)


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    """Not there, a folder, far too large: never a traceback."""
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(LIMIT + 1)
    for path, said in ((tmp_path / "none", "cannot be read"), (tmp_path, "cannot be read"), (large, "is larger")):
        with pytest.raises(ArtefactError, match=said):
            read(path)
    good = tmp_path / "good"
    good.write_bytes(packed(ARRAYS, CARD))
    assert read(good).card == CARD
