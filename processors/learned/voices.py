"""Whose words a text is: shared ones are as good as its author's, quoted ones are not, and some say nothing.

Counted on the corpus: of texts that are a quotation with who said it, two in ten judge, as of those
that begin a post; what is shared by hand (``RT @…``) is judged as it was written.
"""

from __future__ import annotations

import re

from corrillo.text import fold

QUOTED = 0.4
"""Share that is left of a judgement where the text reports somebody else's words."""
_SHARED = re.compile(r"\s*RT\s+@?~?[\w.]+\s*:?\s*")
_QUOTE = re.compile(r"«[^«»\n]{8,}»|“[^“”\n]{8,}”|\"[^\"\n]{8,}\"")
_LEAST = 0.3
"""Share of the text that is quoted, from which it may be a report."""
_SAID = re.compile(
    r"\b(?:dicen?|dijo|dijeron|asegura\w*|afirma\w*|denuncia\w*|critican?|lamenta\w*|senala\w*|declara\w*|segun|advierte\w*"
    r"|exigen?|reclaman?|piden?|diu|diuen|segons|din|segundo|esan|dio|diote|diz|disse|dizem|says|said|according)\b"
)
_INTRODUCED = re.compile(r":\s*[«“\"]")
_SENTENCES = re.compile(r"[.!?…]+\s+\S")
_NAMES = re.compile(r"https?:/\S*|www\.\S+|[@#]\S+|~[0-9a-f]{16}|\[[\w-]{3,9}\]")
_WORD = re.compile(r"[^\W\d_]{2}")


def own_words(text: str) -> str:
    """``text`` without the mark that somebody else wrote it."""
    found = _SHARED.match(text) if text.lstrip().startswith("RT") else None
    return text[found.end() :] if found else text


def says_something(text: str) -> bool:
    """Whether there is a word in it besides names, addresses, hashtags and what protection has put there."""
    return _WORD.search(_NAMES.sub(" ", text)) is not None


def reports(text: str) -> bool:
    """Whether it is one sentence that says what somebody else said, in that one's words."""
    if not any(mark in text for mark in '«“"'):
        return False
    quoted = sum(len(found.group()) for found in _QUOTE.finditer(text))
    if quoted < _LEAST * len(text):
        return False
    around = _NAMES.sub(" ", _QUOTE.sub(" … ", text)).replace("…", "")
    told = _SAID.search(fold(around)) or _INTRODUCED.search(text)
    return bool(told) and not _SENTENCES.search(around.strip())
