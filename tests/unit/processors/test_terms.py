"""Finding terms: at word borders, in parts, and in handles only where that is wanted."""

from __future__ import annotations

import pytest

from processors.terms import GAP, Term, TermFinder


@pytest.fixture(scope="module")
def finder() -> TermFinder:
    return TermFinder(
        [Term("policia", "said"), Term("farol*", "said"), Term("no … luz", "said"), Term("alcalde", "said", "es")],
        in_handles=[Term("policia", "named"), Term("policia … local", "named")],
    )


def labels(finder: TermFinder, text: str, languages: tuple[str, ...] | None = None) -> list[str]:
    return [hit.label for hit in finder.hits(text, languages)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("la policia vino", ["said", "named"]),
        ("@policia", ["named"]),
        ("@policialocal", []),
        ("@policia de @local", ["named", "named"]),
        ("lapolicia", []),
        ("las farolas", ["said"]),
        ("no hay luz", ["said"]),
        ("no hay\nluz", []),
        ("no" + " ay" * GAP + " luz", []),
        ("", []),
    ],
)
def test_terms_are_whole_words_and_handles_are_for_those_that_ask(
    finder: TermFinder, text: str, found: list[str]
) -> None:
    assert labels(finder, text) == found


@pytest.mark.parametrize(("languages", "found"), [(None, ["said"]), (("es",), ["said"]), (("ca", "gl"), [])])
def test_terms_of_other_languages_are_left_out(
    finder: TermFinder, languages: tuple[str, ...] | None, found: list[str]
) -> None:
    assert labels(finder, "alcalde", languages) == found
