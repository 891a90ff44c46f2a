"""HTML as networks send it → plain text: paragraphs kept, links shortened to what people see."""

from __future__ import annotations

from html.parser import HTMLParser

from corrillo.text import MAX_TEXT, clean

MAX_HTML = 8 * MAX_TEXT
"""Characters of HTML that are read; the text of what is longer would be cut anyway."""
_BREAKS = frozenset(["p", "br", "div", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "tr"])
_SILENT = frozenset(["script", "style", "template", "head"])


class _Text(HTMLParser):
    def __init__(self, names: dict[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._names = names
        self._silent = 0
        self._in_name = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self.parts.append("\n" if tag in ("br", "li") else "\n\n")
        elif tag == "a":
            name = self._names.get(dict(attrs).get("href") or "")
            if name:
                self.parts.append(f"@{name}")
                self._in_name = True
        elif tag == "img":
            self.parts.append(dict(attrs).get("alt") or "")

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """``<![…`` is skipped as browsers do; the parser would fail for a section it does not know."""
        return self.parse_bogus_comment(i, report)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a":
            self._in_name = False

    def handle_data(self, data: str) -> None:
        if not self._silent and not self._in_name:
            self.parts.append(data)


def to_text(html: str, names: dict[str, str] | None = None) -> str:
    """The clean text of ``html``; a link to a profile in ``names`` (url → handle) becomes ``@handle``."""
    if "<" not in html and "&" not in html:
        return clean(html)
    whole, end, rest = html[:MAX_HTML].rpartition(">")
    parser = _Text(names or {})
    parser.feed(whole + end + rest.replace("<", "&lt;"))  # what is never closed is no tag, and slow to look for
    parser.close()
    return clean("".join(parser.parts))
