"""Times as publishers print them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from convertdate import persian


def _names(text: str) -> list[str]:
    return text.split(",")


_ENGLISH = _names("January,February,March,April,May,June,July,August,September,October,November,December")
_FRENCH = _names("janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre")
_TURKISH = _names("Ocak,Şubat,Mart,Nisan,Mayıs,Haziran,Temmuz,Ağustos,Eylül,Ekim,Kasım,Aralık")
_ARABIC = _names("يناير,فبراير,مارس,أبريل,مايو,يونيو,يوليو,أغسطس,سبتمبر,أكتوبر,نوفمبر,ديسمبر")
_LEVANTINE = _names("كانون الثاني,شباط,آذار,نيسان,أيار,حزيران,تموز,آب,أيلول,تشرين الأول,تشرين الثاني,كانون الأول")
_JALALI = _names("فروردین,اردیبهشت,خرداد,تیر,مرداد,شهریور,مهر,آبان,آذر,دی,بهمن,اسفند")
_PERSIAN_DAYS = _names("دوشنبه,سه‌شنبه,چهارشنبه,پنجشنبه,جمعه,شنبه,یکشنبه")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def _months(names: list[str]) -> Callable[[datetime], str]:
    return lambda local: f"{local.day} {names[local.month - 1]} {local.year}"


def _jalali(local: datetime) -> str:
    year, month, day = persian.from_gregorian(local.year, local.month, local.day)
    return f"{day} {_JALALI[month - 1]} {year}"


def _clock(local: datetime) -> str:
    return f"{local:%H:%M}"


_FORMS: dict[str, Callable[[datetime, str], str]] = {
    "english": lambda t, _: f"{_months(_ENGLISH)(t)}, {_clock(t)}",
    "english zone": lambda t, zone: f"{_ENGLISH[t.month - 1][:3]} {t.day}, {t.year} {_clock(t)} {zone}",
    "french": lambda t, _: f"Publié le {_months(_FRENCH)(t)} à {t:%H}h{t:%M}",
    "turkish": lambda t, _: f"{_months(_TURKISH)(t)} {_clock(t)}",
    "arabic": lambda t, _: f"{_months(_ARABIC)(t)} - {_clock(t)}".translate(_ARABIC_DIGITS),
    "arabic zone": lambda t, zone: f"{_months(_ARABIC)(t)} {_clock(t)}".translate(_ARABIC_DIGITS) + f" {zone}",
    "levantine": lambda t, _: f"{_months(_LEVANTINE)(t)} - {_clock(t)}",
    "levantine zone": lambda t, zone: f"{_months(_LEVANTINE)(t)} {_clock(t)}".translate(_ARABIC_DIGITS) + f" {zone}",
    "jalali": lambda t, _: f"{_PERSIAN_DAYS[t.weekday()]} {_jalali(t)} - {_clock(t)}".translate(_PERSIAN_DIGITS),
    "jalali zone": lambda t, zone: f"{_jalali(t)} {_clock(t)}".translate(_PERSIAN_DIGITS) + f" {zone}",
    "numbers": lambda t, _: f"{t:%Y/%m/%d} - {_clock(t)}",
}


def printed(form: str, local: datetime, zone: str) -> str:
    """`local`, a time by the publisher's clock in `zone` (an IANA name), in the form of that name."""
    return _FORMS[form](local, zone)


def names_zone(form: str) -> bool:
    """Whether that form says its zone."""
    return form.endswith(" zone")
