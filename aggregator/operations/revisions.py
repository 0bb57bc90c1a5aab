"""What changed between the forms of an article, for people: `aggregator show ID --diff`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from click import style

from aggregator.identity.changes import Piece, differences
from aggregator.records import Article


def revisions(forms: Sequence[Article]) -> Iterator[str]:
    """Lines that tell each form from the one before it: [-went-], {+came+}, coloured; the terminal's side is to strip
    the colours where they are not wanted."""
    if len(forms) < 2:
        yield "only one form is known"
    for before, after in pairwise(forms):
        title = f"revision {before.revision} -> {after.revision} ({after.change}), read {after.fetched:%Y-%m-%d %H:%M}Z"
        yield style(title, bold=True)
        for name, old, new in _facts(before, after):
            for pieces in differences(old, new):
                yield f"{name}: {_line(pieces)}"
        for pieces in differences(before.text, after.text):
            yield _line(pieces)
        yield ""


def _facts(before: Article, after: Article) -> Iterator[tuple[str, str, str]]:
    yield "headline", before.headline, after.headline
    yield "authors", ", ".join(before.authors), ", ".join(after.authors)
    yield "published", _moment(before), _moment(after)


def _moment(article: Article) -> str:
    return article.published.isoformat() if article.published else article.published_local or ""


_MARKS = {"same": ("", "", None), "removed": ("[-", "-]", "red"), "added": ("{+", "+}", "green")}


def _line(pieces: Iterable[Piece]) -> str:
    shown = []
    for kind, text in pieces:
        before, after, colour = _MARKS[kind]
        shown.append(style(f"{before}{text}{after}", fg=colour) if colour else text)
    return " ".join(filter(None, shown))
