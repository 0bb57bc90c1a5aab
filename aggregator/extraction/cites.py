"""Outlets that the text names as the source of a claim."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aggregator.extraction.outlets import Outlets
from aggregator.records import Source
from aggregator.text import fold

_NEAR = 60


_AMBIGUOUS = frozenset(
    fold(name)
    for name in (
        "الشرق الأوسط", "العالم", "العربية", "العربیه", "العربیہ", "المسيرة", "المسیره", "المنار", "الأهرام", "الحدث",
        "وفا", "وام", "قنا", "بنا", "واس", "واع", "كونا", "سبأ", "شهاب", "بترا", "العمانية", "ڈان", "هآرتس", "כאן",
    )
)  # fmt: skip
"""Names that are everyday words too (the Middle East, the world): they count only behind agency, channel or paper."""
_MEDIUM = re.compile(
    r"(?:قناه|قناة|صحیفه|وکاله|وکالات|موقع|جریده|شبکه|خبرگزاری|روزنامه|تلفزیون|فضاییه|فضائیه|چینل|اخبار|انباء|انبا)\W{0,2}$"
)


class _Folding(dict[int, str]):
    """A table for `str.translate` that folds letter by letter: whole articles of Arabic letters go through it."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = " " if letter.isspace() else fold(letter)
        self[code] = folded
        return folded


_FOLDING = _Folding()
_WORD = re.compile(r"\w+")
_OTHER_LETTER = re.compile("[\u0370-\u1dff\u2c00-\ud7ff\uf900-\uffef]")
"""Letters of scripts that are not Latin; quotes and dashes lie between them."""
_SENTENCE_END = re.compile(r"[.!?؟。۔](?=\s|$)")
_BEFORE = re.compile(
    r"(?<!\w)(?:according to|as per|told|tells|telling|citing|cites|cited by|quoting|quoted by|reported by|a report "
    r"by|report by|reports? (?:from|in|by)|interview (?:with|to)"
    r"|speaking (?:to|with)|spoke to|seen by|obtained by|published by|carried by|aired (?:by|on)|said to|confirmed "
    r"to|statement to|via|revealed by|reported on"
    r"|به گزارش|بنا بر گزارش|گزارش|به نقل از|نقل از|گفت ?و ?گو با|گفتگو با|مصاحبه با|به نوشته|به گفته|گفتگوی"
    r"|نقلا عن|نقلت|ونقلت|نقل عن|نقل|وفقا ل\w*|وفق|بحسب|وبحسب|حسب|حسبما|ذکرت|وذکرت|ذکر|افادت|وافادت|افاد|قالت|وقالت"
    r"|اوردت|کشفت|حدیث ل\w*|تصریح ل\w*|تصریحات ل\w*"
    r"|مقابله مع|لقاء مع|قال ل\w*|اکد ل\w*|اوضح ل\w*|عن|نشرت|ونشرت|نشرته|اعلنت|صحیفه|وکاله|قناه|موقع"
    r"|laut|gegenuber|berichtete?|berichtet von|meldete?|sagte der|sagte dem|zitiert|bericht (?:der|des|von)|nach "
    r"angaben (?:der|von|des)|zufolge"
    r"|selon|d'apres|rapporte|a declare a|declare a|cite par|cites? par|interroge par|aupres de|aupres de l|confie a"
    r"|indique a"
    r"|segun|de acuerdo con|declaro a|dijo a|informo|citado por|citando a|entrevista con|segundo|de acordo com"
    r"|secondo|riferisce|riporta|citato da|intervista a"
    r"|по данным|по информации|со ссылкой на|сообщает|сообщил[аио]?|передает|передал[аио]?|пишет|заявил|рассказал"
    r"|цитирует|как сообщает|за даними|повідомляє|передає"
    r"|volgens|meldt|ifolge|enligt|wedlug|podaje|podala|poinformowala|informuje|jak podaje|podle|szerint|kata"
    r"|menurut|dilansir|melansir|dikutip|mengutip"
    r"|לפי|על פי|כפי שדווח ב|אמר ל|דיווח|דיווחה|מטעם|ברשת"
    r"|بە ?پێی|بەپێی|لە زاری|به پیی|بە|ji|li gor|li gori|حوالے سے|کے حوالے سے)\W{1,4}(?:[\w'’.]+\W{1,2}){0,4}$",
    re.I,
)
_AFTER = re.compile(
    r"^(?:['’`]\w{1,4}|['’`])?\W{0,3}(?:[\w'’.-]+\W{1,2}){0,4}?(?:reported|reports|report|reporting|said|says|saying"
    r"|told|wrote|writes|quoted|quotes|cited|cites|claimed|claims|announced|revealed|noted|added"
    r"|confirmed|published|broadcast|aired|showed|correspondent|obtained|learned|learnt|has learned|carried|footage"
    r"|interviewed"
    r"|گزارش داد|گزارش کرد|گزارش|نوشت|خبر داد|اعلام کرد|افزود|نقل کرد|مدعی شد|گفت|منتشر کرد|خبر داده|نوشته"
    r"|ان|بان|انه|عن|افادت|ذکرت|قالت|نقلا"
    r"|bildirdi|yazdi|aktardi|duyurdu|belirtti|acikladi|haberine gore|gecti|haberlestirdi|muhabirine|gore|konustu"
    r"|iddia etti|ya konusan|xeber verir|xeber verdi|melumat verir|bildirib"
    r"|сообщил[аио]?|сообщает|передает|передал[аио]?|пишет|написал[аио]?|утверждает|сообщили|повідомляє|повідомив"
    r"|berichtete?n?|berichten|meldete?n?|schreibt|schrieb|zufolge|sagte|erfuhr|rapporte|rapportait|indique|ecrit"
    r"|affirme|annonce"
    r"|informo|reporto|aseguro|publico|senalo|riferisce|riporta|scrive|informou|noticiou|podala|podaje|poinformowala"
    r"|meldt|meldde|rapporterte|rapporterar|skriver|melder"
    r"|דיווח|דיווחה|הודיע|פרסם|כתב|מדווח|مطابق|کے مطابق|نے بتایا|نے کہا|رپورٹ|ڕایگەیاند|رایگەیاند|رایگه یاند|بلاوی "
    r"کردەوە|ragihand|got|nivisi)(?!\w)",
    re.I,
)


def find(texts: Sequence[str], source: Source, outlets: Outlets, agency: str | None) -> tuple[str, ...]:
    """Canonical names of the outlets the paragraphs cite, in order of first mention; never the publisher itself."""
    own = {fold(name) for name in (source.name, *source.aliases)}
    found: dict[str, None] = {}
    for text in texts:
        for name in _mentions(text, outlets):
            if fold(name) not in own and name != agency:
                found.setdefault(name)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of outlets, as one expression and by their first words."""

    expression: re.Pattern[str]
    canonical: dict[str, str]
    firsts: frozenset[str]
    glued: str = ""
    """one-letter words that may be written together with a name"""

    @classmethod
    def of(cls, names: dict[str, str], before: str, glued: str = "") -> _Names:
        """From names with their canonical ones, and what must stand before a name."""
        joined = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name) or r"(?!)"
        letters = f"[{glued}]{{0,2}}" if glued else ""
        firsts = frozenset(match[0] for name in names if (match := _WORD.search(name)))
        return cls(re.compile(rf"{before}{letters}({joined})(?!\w)"), names, firsts, glued)

    def found(self, text: str) -> Iterator[re.Match[str]]:
        """Where they stand; the expression is tried only at words that begin a name, all of it takes long to fail."""
        end = 0
        if not self.glued and self.firsts.isdisjoint(_WORD.findall(text)):
            return
        for word in _WORD.finditer(text):
            if word.start() >= end and (word[0] in self.firsts or self._may_be_glued(word[0])):
                match = self.expression.match(text, word.start())
                if match is not None:
                    end = match.end()
                    yield match

    def _may_be_glued(self, word: str) -> bool:
        return bool(self.glued) and word[0] in self.glued and (word[1:] in self.firsts or word[2:] in self.firsts)


@lru_cache(maxsize=8)
def _names(outlets: Outlets) -> tuple[_Names, _Names]:
    latin: dict[str, str] = {}
    other: dict[str, str] = {}
    for name, canonical in outlets.names:
        # Marks before the first letter are no part of a name in a sentence.
        written = name[match.start() :] if (match := _WORD.search(name)) else ""
        if any("a" <= c <= "z" for c in fold(name)):
            latin.setdefault(written, canonical)
        else:
            other.setdefault(fold(written), canonical)
    # Latin names are matched with their capitals (AP, Fars); others folded, with the one-letter words Arabic glues on.
    return _Names.of(latin, r"(?<![\w./@-])"), _Names.of(other, r"(?<!\w)", "وفبلכבל")


def _mentions(text: str, outlets: Outlets) -> Iterator[str]:
    latin, other = _names(outlets)
    hits = list(_cited_names(text, latin, shown=True))
    if not text.isascii() and _OTHER_LETTER.search(text):
        hits += _cited_names(text.translate(_FOLDING), other, shown=False)
    yield from (name for _, name in sorted(hits))


def _cited_names(text: str, names: _Names, *, shown: bool) -> Iterator[tuple[int, str]]:
    """Where `text` (as shown, or folded) cites an outlet, and which."""
    compared = fold if shown else str
    for match in names.found(text):
        before = text[max(0, match.start() - 2 * _NEAR) : match.start(1)]
        if not shown and match[1] in _AMBIGUOUS and not _MEDIUM.search(before.rstrip(" ")):
            continue
        if _cited(compared(before), compared(text[match.end() : match.end() + 2 * _NEAR])):
            yield match.start(), names.canonical[match[1]]


def _cited(before: str, after: str) -> bool:
    before = _SENTENCE_END.split(before)[-1]
    after = _SENTENCE_END.split(after)[0]
    return bool(_BEFORE.search(f"{before[-_NEAR:].rstrip()} ") or _AFTER.match(after[:_NEAR]))
