"""Names of months: CLDR's in the page's languages, and those of the region that CLDR has not.

Three calendars: Gregorian, Jalali (the solar one of Iran and Afghanistan) and Hijri (the lunar one).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from aggregator.text import fold

Calendar = Literal["gregorian", "jalali", "hijri"]
Month = tuple[Calendar, int]

_GREGORIAN = (
    # Levantine and Iraqi, Maghrebi, Egyptian spellings, Persian and Dari from French, Sorani, Kurmanji, old Turkish
    "كانون الثاني|جانفي|يناير|ینایر|ژانویه|جنوری|کانوونی دووەم|کانونی دووەم|rêbendan|çile|يناير كانون الثاني|كانون "
    "ثاني|január|jan",
    "شباط|فيفري|فبراير|فوریه|فبروری|شوبات|sibat|şubat|reşemî|reşemiyê|feb",
    "آذار|مارس|مارچ|ئازار|adar|avdar|mart|mar",
    "نيسان|أفريل|أبريل|ابريل|آوریل|اپریل|نیسان|nîsan|nisan|apr",
    "أيار|ماي|مايو|مه|می|مئی|ئایار|gulan|mayıs|may",
    "حزيران|جوان|يونيو|يونيه|ژوئن|جون|حوزەیران|حوزه‌یران|hezîran|haziran|jun",
    "تموز|جويلية|يوليو|يوليه|ژوئیه|جولای|جولائی|تەممووز|تەمووز|tîrmeh|tîrmêh|temmuz|jul",
    "آب|أوت|أغسطس|اغسطس|اوت|آگوست|اگست|ئاب|tebax|ağustos|aug",
    "أيلول|سبتمبر|سپتامبر|ستمبر|سپتمبر|ئەیلوول|îlon|eylül|sep|sept",
    "تشرين الأول|أكتوبر|اكتوبر|اکتبر|اکتوبر|تشرین یەکەم|تشرینی یەکەم|cotmeh|kewçêr|ekim|oct|تشرين أول",
    "تشرين الثاني|نوفمبر|نوامبر|نومبر|تشرینی دووەم|mijdar|kasım|nov|تشرين ثاني",
    "كانون الأول|ديسمبر|دسامبر|دسمبر|کانوونی یەکەم|کانونی یەکەم|berfanbar|kanûn|aralık|dec|كانون أول",
)
_JALALI = (
    "فروردین|حمل|خاکەلێوە|farvardin|وری",
    "اردیبهشت|ثور|گوڵان|ordibehesht|غويی",
    "خرداد|جوزا|جۆزەردان|khordad|غبرګولی",
    "تیر|سرطان|پووشپەڕ|tir|چنګاښ",
    "مرداد|امرداد|اسد|گەلاوێژ|mordad|زمری",
    "شهریور|سنبله|خەرمانان|shahrivar|وږی",
    "مهر|میزان|ڕەزبەر|mehr|تله",
    "آبان|عقرب|گەڵاڕێزان|خەزەڵوەر|aban|لړم",
    "آذر|قوس|سەرماوەز|azar|لیندۍ",
    "دی|جدی|بەفرانبار|dey|مرغومی",
    "بهمن|دلو|ڕێبەندان|bahman|سلواغه",
    "اسفند|حوت|ڕەشەمە|esfand|کب",
)
_HIJRI = (
    "محرم|محرم الحرام|muharram",
    "صفر|صفر المظفر|safar",
    "ربيع الأول|ربیع الاول|rabi al-awwal",
    "ربيع الآخر|ربيع الثاني|ربیع الثانی",
    "جمادى الأولى|جمادی الاول|جمادی الاولی|جمادى الأول",
    "جمادى الآخرة|جمادى الثانية|جمادی الثانی|جمادی الثانیه|جمادى الآخر",
    "رجب|رجب المرجب|rajab",
    "شعبان|شعبان المعظم|shaban",
    "رمضان|رمضان المبارك|ramadan|ramazan",
    "شوال|شوال المكرم|shawwal",
    "ذو القعدة|ذي القعدة|ذوالقعده|ذی القعده|ذی‌القعده|ذوالقعدة",
    "ذو الحجة|ذي الحجة|ذوالحجه|ذی الحجه|ذی‌الحجه|ذوالحجة",
)
_COMMON = (
    "en", "ar", "fa", "tr", "ru", "de", "fr", "es", "it", "pt", "nl", "pl", "he", "ur", "ku", "ckb", "az", "hy",
    "uk", "sv",
)  # fmt: skip
"""Languages that are tried on every page: many pages state none, or a wrong one."""
MAX_WORDS = 3
"""Words of the longest month name."""


@lru_cache(maxsize=64)
def table(languages: tuple[str, ...]) -> dict[str, Month]:
    """Folded month names of `languages` (first come, first served), of common languages, and of the region."""
    found: dict[str, Month] = {}
    for language in dict.fromkeys((*languages, *_COMMON)):
        for name, month in _cldr(language):
            found.setdefault(name, ("gregorian", month))
    calendars: tuple[tuple[Calendar, tuple[str, ...]], ...] = (
        ("gregorian", _GREGORIAN),
        ("jalali", _JALALI),
        ("hijri", _HIJRI),
    )
    for calendar, months in calendars:
        for month, names in enumerate(months, 1):
            for name in names.split("|"):
                found.setdefault(fold(name), (calendar, month))
    return found


@lru_cache(maxsize=64)
def _cldr(language: str) -> tuple[tuple[str, int], ...]:
    from babel import Locale, UnknownLocaleError  # 0.1 s to import: only pages whose time is in words need it

    tag = {"no": "nb", "sdh": "ckb", "kmr": "ku", "iw": "he", "fa-AF": "fa_AF"}.get(language, language)
    try:
        locale = Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        base = tag.partition("-")[0]
        return _cldr(base) if base != tag else ()
    found: list[tuple[str, int]] = []
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for month, name in locale.months.get(context, {}).get(width, {}).items():
                folded = fold(name).strip(". '-")
                if len(folded) > 1 and not any(map(str.isdigit, folded)):
                    found.append((folded, month))
    return tuple(found)
