"""Which language the text is in: the page's statement against the words themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from aggregator.extraction.structured import Structured
from aggregator.records import Decision, Source

_TAG = re.compile(r"^([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}))?")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_LETTER = re.compile(r"[^\W\d_]")
_SCRIPTS = {
    **dict.fromkeys(("ar", "fa", "ur", "ckb", "ps", "sd", "ug", "prs"), re.compile(r"[\u0600-\u06ff]")),
    **dict.fromkeys(("he", "yi"), re.compile(r"[\u0590-\u05ff]")),
    **dict.fromkeys(("ru", "uk", "bg", "kk", "ky", "tg", "mk", "be", "mn"), re.compile(r"[\u0400-\u04ff]")),
    **dict.fromkeys(("el",), re.compile(r"[\u0370-\u03ff]")),
    **dict.fromkeys(("hy",), re.compile(r"[\u0530-\u058f]")),
    **dict.fromkeys(("ka",), re.compile(r"[\u10a0-\u10ff]")),
    **dict.fromkeys(("zh", "ja"), re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")),
    **dict.fromkeys(("ko",), re.compile(r"[\uac00-\ud7af]")),
    **dict.fromkeys(("hi", "mr", "ne"), re.compile(r"[\u0900-\u097f]")),
    **dict.fromkeys(("th",), re.compile(r"[\u0e00-\u0e7f]")),
}
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_SAMPLE = 2_000
_SAMPLE_OF_STATED = 700


def stated(structured: Structured) -> str | None:
    """The base language the page states."""
    for value in (structured.language, structured.meta("og:locale", "content-language", "language", "dc.language")):
        match = _TAG.match(value or "")
        if match:
            return _base(match[1].lower())
    return None


def _base(tag: str) -> str:
    return {"iw": "he", "in": "id", "nb": "no", "nn": "no", "sdh": "ckb", "kmr": "ku", "prs": "fa"}.get(tag, tag)


def choose(text: str, structured: Structured, source: Source) -> tuple[str | None, Decision]:
    """The language of `text`, BCP 47, and why."""
    said = stated(structured)
    usual = tuple(_base(match[1].lower()) for tag in source.languages if (match := _TAG.match(tag)))
    sample = text[:_SAMPLE]
    # Where the page says what it is in, less is enough to see that it is right.
    seen = sample if said is None else sample[:_SAMPLE_OF_STATED]
    found = _script_of_kurdish(_detected(seen), sample) if sum(map(str.isalpha, sample)) >= 20 else None
    if said is not None:
        said = _script_of_kurdish(said, sample)
    for candidate, reason in _ranked(said, found, usual, sample):
        if candidate is not None:
            return candidate, Decision(what="language", choice=candidate, reason=reason)
    return None, Decision(what="language", choice="none", reason="nothing states it and the text is too short")


def _ranked(
    said: str | None, found: str | None, usual: tuple[str, ...], sample: str
) -> Iterator[tuple[str | None, str]]:
    """The candidates, best first; letters are counted only where it comes to that."""
    if said is not None and said == found:
        yield said, "stated by the page and found in the text"
    if found in usual:
        yield found, f"found in the text, usual for the source; the page states {said}"
    if said in usual and said is not None and _fits(said, sample):
        yield said, f"stated by the page, usual for the source; detection says {found}"
    if len(sample) >= 200 and found is not None:
        yield found, f"found in the text; the page states {said}"
    if said is not None and _fits(said, sample):
        yield said, f"stated by the page; detection says {found}"
    yield found, "found in a short text"
    yield next(iter(usual), None), "the source's main language"


def _fits(language: str, sample: str) -> bool:
    letters = len(_LETTER.findall(sample))
    script = _SCRIPTS.get(language, _LATIN)
    return not letters or len(script.findall(sample)) * 3 > letters


def _script_of_kurdish(language: str | None, sample: str) -> str | None:
    if language not in ("ku", "ckb", "sdh"):
        return language
    arabic = len(_ARABIC.findall(sample)) * 2 > len(_LETTER.findall(sample))
    return "ckb" if arabic else "ku"


def _detected(sample: str) -> str | None:
    tag, _ = _identifier().classify(sample)
    return _base(str(tag))


@cache
def _identifier() -> Any:
    # 0.8 s and a model: only processes that read pages pay for it.
    import py3langid

    return py3langid
