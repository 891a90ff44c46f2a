"""The grammar of boolean queries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrillo.errors import ConfigError
from corrillo.query import MAX_DEPTH, MAX_TERMS, All, Not, Phrase, Some, matches, parse
from corrillo.text import fold, words

A, B, C = (Phrase((w,)) for w in "abc")


@pytest.mark.parametrize(
    ("query", "node"),
    [
        ("a", A),
        ("  Á ", A),
        ("a b", All((A, B))),
        ("a AND b", All((A, B))),
        ("a OR b", Some((A, B))),
        ("a OR b c", Some((A, All((B, C))))),
        ("(a OR b) c", All((Some((A, B)), C))),
        ("NOT a", Not(A)),
        ("-a", Not(A)),
        ("a AND NOT b", All((A, Not(B)))),
        ("a -(b OR c)", All((A, Not(Some((B, C)))))),
        ('-"a b"', Not(Phrase(("a", "b")))),
        ('"a b"', Phrase(("a", "b"))),
        ("a*", Phrase(("a",), prefix=True)),
        ("a-b*", Phrase(("a", "b"), prefix=True)),
        ("((a))", A),
        ("a () b", All((A, B))),
        ("a … b", All((A, B))),
        ("and or not", All((Phrase(("and",)), Phrase(("or",)), Phrase(("not",))))),
        ("", None),
        ("()", None),
        ('""', None),
        ("… · 😀", None),
    ],
)
def test_a_query_says_this(query, node):
    """Words together, OR loosest, NOT and - before a word, a phrase or brackets; operators in capitals."""
    assert parse(query) == node


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("(a", "bracket is not closed"),
        ("(a OR (b c)", "bracket is not closed"),
        ("(", "bracket is not closed"),
        ("a)", "closing bracket has no opening one"),
        (")(", "closing bracket has no opening one"),
        ('"a b', "quotation mark is not closed"),
        ('a " b "c"', "quotation mark is not closed"),
        ("a OR", "OR has nothing after it"),
        ("a OR OR b", "OR has nothing after it"),
        ("OR a", "OR has nothing before it"),
        ("() OR a", "OR has nothing before it"),
        ("a OR …", "OR has nothing after it"),
        ("a AND", "AND has nothing after it"),
        ("a AND OR b", "AND has nothing after it"),
        ("a NOT", "NOT has nothing after it"),
        ("(a NOT) b", "NOT has nothing after it"),
        ("NOT …", "NOT has nothing after it"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(query, fault):
    """The message shows the query and what is wrong with it."""
    with pytest.raises(ConfigError, match=fault) as raised:
        parse(query)
    assert repr(query) in raised.value.message
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("a " * MAX_TERMS, None),
        ("a " * (MAX_TERMS + 1), str(MAX_TERMS)),
        ("a OR " * 100_000 + "a", str(MAX_TERMS)),
        ("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH, None),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), str(MAX_DEPTH)),
        ("-(" * (MAX_DEPTH + 1) + "a", str(MAX_DEPTH)),
        ("(a) " * (MAX_TERMS // 3), None),
    ],
    ids=["as many terms as can be", "one more", "very many", "as deep as can be", "deeper", "deeper and open", "one after another"],
)  # fmt: skip
def test_a_query_cannot_explode(query, said):
    """Terms and brackets inside each other have a limit, and the message says which."""
    if said is None:
        assert parse(query) is not None
    else:
        with pytest.raises(ConfigError, match=said) as raised:
            parse(query)
        assert len(raised.value.message) < 200


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("corte agua", "Agua: otro CORTE", True),
        ("corte agua", "corte de luz", False),
        ('"corte de agua"', "un corte de  agua", True),
        ('"corte de agua"', "corte, de agua", True),
        ('"corte de agua"', "agua de corte", False),
        ("inunda*", "inundación", True),
        ("inunda*", "se inunda", True),
        ("inunda", "inundación", False),
        ("agua -mineral", "agua mineral", False),
        ("NOT agua", "luz", True),
        ('"a"', "", False),
        ('"calle mayor*"', "calle mayores", False),
    ],
)
def test_a_text_satisfies_a_query_by_its_folded_words(query, text, found):
    """Whole words, whatever their case and accents."""
    assert matches(parse(query), words(fold(text))) is found


@given(st.text(alphabet='ab ()"-*#ORANDT…ñ', max_size=60))
def test_any_text_is_a_query_or_a_mistake(text):
    """Nothing else is raised, and what is understood can be asked."""
    try:
        node = parse(text)
    except ConfigError:
        return
    assert (node is None) or isinstance(matches(node, ["a"]), bool)
