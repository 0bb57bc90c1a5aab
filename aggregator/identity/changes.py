"""What changed between two forms of an article: its kind, and the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from aggregator.records import Article
from aggregator.text import fold, words

COMPARED_WORDS = 2_000
"""difflib is quadratic: longer texts are compared by their beginning."""

TYPO_RATIO = 0.98
"""Texts at least this alike differ by corrections of spelling only (difflib's ratio over words)."""

CONTEXT = 8
"""Words around a change that are shown with it."""

NOTICE_WORDS = 120
"""Words of a paragraph that may be a notice; longer ones are part of the report."""

_LABELS = (
    "correction", "corrections", "corrected", "clarification", "clarified", "erratum", "errata",
    "korrektur", "berichtigung", "klarstellung", "richtigstellung", "anmerkung der redaktion",
    "rectificatif", "precision", "mise au point", "correccion", "fe de errores", "rectificacion", "aclaracion",
    "rettifica", "errata corrige", "precisazione", "correcao", "retificacao", "correctie", "rectificatie",
    "rattelse", "rettelse", "oikaisu", "sprostowanie", "korekta", "oprava", "helyesbites", "ispravka", "erata",
    "duzeltme", "tekzip", "исправление", "поправка", "уточнение", "виправлення", "уточнення", "διόρθωση",
    "تصحيح", "تصويب", "توضيح", "استدراك", "اصلاحیه", "تصحیح و پوزش", "توضیح و تصحیح", "تصحیح", "ڕاستکردنەوە",
    "תיקון", "תיקון טעות", "הבהרה", "भूल सुधार", "शुद्धिपत्र", "স্পষ্টীকরণ", "সংশোধনী", "更正", "勘误", "訂正", "정정",
)  # fmt: skip
_SENTENCES = (
    "earlier version of this", "previous version of this", "this article has been corrected",
    "this story has been corrected", "this article was corrected", "this story was corrected",
    "this article has been amended", "this article was amended", "this headline has been corrected",
    "in einer früheren version", "in einer vorherigen version", "une version précédente de cet article",
    "une première version de cet article", "una versión anterior de", "una versione precedente di questo",
    "uma versão anterior d", "in een eerdere versie", "we wcześniejszej wersji", "bu haberin önceki",
    "в предыдущей версии", "в более ранней версии", "в ранней версии", "у попередній версії",
    "في نسخة سابقة من", "نسخة سابقة من هذا", "در نسخه پیشین", "در نسخه قبلی", "בגרסה קודמת",
)  # fmt: skip
# A label says so where it ends in a colon or the like, or is all there is: "correction" may be news, too.
_NOTICE = re.compile(
    rf"[\W_]*(?:{'|'.join(sorted({re.escape(fold(label)) for label in _LABELS}, key=len, reverse=True))})"
    r"\s*(?:[:.\-(\[)\]|/]|\d|$)"
    rf"|.*?(?:{'|'.join(re.escape(fold(sentence)) for sentence in _SENTENCES)})"
)


def change_between(before: Article, after: Article) -> str:
    """What changed: `correction` (a notice was added), `headline`, `body`, `typo` (spelling only), or `metadata`."""
    if _notices(after) - _notices(before):
        return "correction"
    if fold(before.text) != fold(after.text):
        old, new = words(before.text)[:COMPARED_WORDS], words(after.text)[:COMPARED_WORDS]
        likeness = SequenceMatcher(None, old, new, autojunk=False).ratio() if old != new else 1.0
        if likeness < TYPO_RATIO:
            return "body"
        return "typo" if fold(before.headline) == fold(after.headline) else "headline"
    return "headline" if fold(before.headline) != fold(after.headline) else "metadata"


def _notices(article: Article) -> set[str]:
    """The notices of a correction or clarification that an article has, folded."""
    folded = (fold(paragraph) for paragraph in (article.headline, *article.text.split("\n\n")))
    return {paragraph for paragraph in folded if paragraph.count(" ") < NOTICE_WORDS and _NOTICE.match(paragraph)}


class Piece(NamedTuple):
    """A stretch of words of a difference."""

    kind: Literal["same", "removed", "added"]
    text: str


def differences(before: str, after: str) -> Iterator[list[Piece]]:
    """The paragraphs that changed, each as the words that stayed, went and came; long stretches that stayed cut short.

    Paragraphs are compared first, then the words of those that stand in the place of others.
    """
    old, new = before.split("\n\n"), after.split("\n\n")
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if i2 - i1 == j2 - j1:  # one stands for the other
            for left, right in zip(old[i1:i2], new[j1:j2], strict=True):
                yield _pieces(left.split(), right.split())
        else:
            yield _pieces(" ".join(old[i1:i2]).split(), " ".join(new[j1:j2]).split())


def _pieces(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    pieces: list[Piece] = []
    whole = len(old) > COMPARED_WORDS or len(new) > COMPARED_WORDS
    codes = SequenceMatcher(None, old, new, autojunk=whole).get_opcodes()
    for place, (kind, i1, i2, j1, j2) in enumerate(codes):
        if kind == "equal":
            pieces.append(Piece("same", _shortened(old[i1:i2], first=place == 0, last=place == len(codes) - 1)))
            continue
        if i1 < i2:
            pieces.append(Piece("removed", " ".join(old[i1:i2])))
        if j1 < j2:
            pieces.append(Piece("added", " ".join(new[j1:j2])))
    return pieces


def _shortened(kept: Sequence[str], *, first: bool, last: bool) -> str:
    """Words that stayed, without those that are far from a change."""
    begin, end = ([] if first else list(kept[:CONTEXT])), ([] if last else list(kept[-CONTEXT:]))
    if len(kept) <= len(begin) + len(end) + 1:
        return " ".join(kept)
    return " ".join([*begin, "…", *end])
