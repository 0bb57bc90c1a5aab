"""Times as they are printed, in any of the calendars and languages of the region, and as machines write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from aggregator.extraction import months, zones
from aggregator.extraction.zones import Zone
from aggregator.text import fold

MAX_LENGTH = 160
"""Longer texts are no datelines."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A day, perhaps a time of day, perhaps a zone."""

    day: date
    clock: time | None
    zone: Zone | None
    raw: str

    @property
    def local(self) -> str:
        """ISO 8601 without a zone; only the day where there is no time."""
        return self.day.isoformat() if self.clock is None else datetime.combine(self.day, self.clock).isoformat()

    def utc(self, default: Zone | None = None) -> datetime | None:
        """The moment in UTC; None without a time of day or a zone."""
        zone = self.zone or default
        if self.clock is None or zone is None:
            return None
        try:
            return zone.at(datetime.combine(self.day, self.clock)).astimezone(UTC)
        except (OverflowError, ValueError):
            return None


_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:T|\s{1,3}|\s?,\s?)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(Z\b|[+-]\d{2}:?\d{2}(?!\d)"
    r"|[+-]\d{2}(?!\d))?)?"
)
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?)?(?!\d)")
_YMD = re.compile(r"(?<![\d.:/-])(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)")
_DMY = re.compile(r"(?<![\d.:/-])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/:])")
_UNIX_IN_WORDS = re.compile(r"^/?Date\((\d{10,13})(?:[+-]\d{4})?\)/?$")
_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_CLOCK = re.compile(
    r"(?<![\d:.])(\d{1,2})\s?[:h]\s?(\d{2})(?::(\d{2}))?(?![\d:])(?:\s?(a\.?\s?m|p\.?\s?m|ص|م|صباحا|مسا|ق\.ظ|ب\.ظ"
    r"|قبل از ظهر|بعد از ظهر|بعدازظهر)(?![^\W\d_]))?",
    re.I,
)
_DOTTED_CLOCK = re.compile(
    r"(?:\b(?:kl|klo|saat|um|at|ore|ora|godz|pukul|jam)\.?\s?)(\d{1,2})\.(\d{2})(?![\d.])"
    r"|(?<![\d.])(\d{1,2})[.](\d{2})\s?(?:uhr|wib|wita)\b|(?<![\d.])()(\d{1,2})\s?uhr\b"
)
_HOUR_ALONE = re.compile(r"(?<![\d:.])(\d{1,2})\s?(am|pm|a\.m|p\.m)\b")
_BEFORE_CLOCK = re.compile(r"(오전|오후|上午|下午|öö|ös)\s?$")
_AFTERNOON = ("p", "م", "مسا", "ب", "بعد", "오후", "下午", "ös", "os")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_FIRST_MONTH = frozenset({"US", "PH", "PW", "FM", "MH"})


def machine(text: str) -> Stamp | None:
    """A time as machines write it: ISO 8601, RFC 2822, Unix seconds; its zone only where it is stated."""
    text = text.strip()[:MAX_LENGTH]
    for pattern in (_ISO, _COMPACT):
        if match := pattern.match(text):
            stamp = _iso(match, text)
            if stamp is not None and stamp.zone is None and stamp.clock is not None:
                stamp = replace(stamp, zone=zones.printed(text[match.end() :]))
            return stamp
    text = _UNIX_IN_WORDS.sub(r"\1", text)
    if text.isascii() and text.isdigit() and len(text) in (10, 13):
        moment = datetime.fromtimestamp(int(text[:10]), UTC)
        return Stamp(moment.date(), moment.time(), zones.GREENWICH, text)
    return printed(text)


def _iso(match: re.Match[str], raw: str) -> Stamp | None:
    year, month, day, hour, minute, second, zone = match.groups()
    calendar: months.Calendar = "gregorian" if int(year) >= 1700 else _calendar(int(year))
    found = _date(calendar, int(year), int(month), int(day))
    if found is None:
        return None
    clock = _time(hour, minute, second) if hour else None
    stated: Zone | None = None
    if zone:
        digits = zone[1:].replace(":", "")
        stated = zones.GREENWICH if zone == "Z" else zones.offset(zone[0], digits[:2], digits[2:] or None)
    return Stamp(found, clock, stated, raw)


def printed(text: str, languages: tuple[str, ...] = (), country: str | None = None) -> Stamp | None:
    """A time as people write it: the first day in `text`, with the time of day and the zone beside it."""
    raw = " ".join(text.split())
    if not raw or len(raw) > MAX_LENGTH or not any(map(str.isdigit, raw)):
        return None
    folded = fold(raw)
    if match := _ISO.search(folded.upper()):
        stamp = _iso(match, raw)
        if stamp is not None:
            return (
                replace(stamp, zone=stamp.zone or zones.printed(_ascii_digits(raw), country))
                if stamp.clock
                else _clocked(stamp.day, folded, match.span(), raw, country)
            )
    found = _numeric(folded, country) or _worded(folded, months.table(languages))
    if found is None:
        return None
    day, span = found
    return _clocked(day, folded, span, raw, country)


def _ascii_digits(text: str) -> str:
    import unicodedata

    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _clocked(day: date, folded: str, span: tuple[int, int], raw: str, country: str | None) -> Stamp:
    rest = f"{folded[: span[0]]} \n {folded[span[1] :]}"
    clock = _clock(rest)
    zone = zones.printed(_ascii_digits(raw), country) if clock is not None else None
    return Stamp(day, clock, zone, raw)


def _clock(text: str) -> time | None:
    if match := _CLOCK.search(text):
        half = match[4]
        before = _BEFORE_CLOCK.search(text[: match.start()])
        half = half or (before[1] if before else None)
        return _time(match[1], match[2], match[3], half)
    if match := _HOUR_ALONE.search(text):
        return _time(match[1], "0", None, match[2])
    if match := _DOTTED_CLOCK.search(text):
        hour = match[1] or match[3] or match[6]
        return _time(hour, match[2] or match[4] or "0", None)
    return None


def _time(hour: str, minute: str, second: str | None, half: str | None = None) -> time | None:
    number = int(hour)
    if half and number <= 12:
        number = number % 12 + (12 if half.lower().startswith(_AFTERNOON) else 0)
    try:
        return time(number % 24 if number == 24 else number, int(minute), min(int(second or 0), 59))
    except ValueError:
        return None


def _calendar(year: int) -> months.Calendar:
    """Years 1300 to 1424 are Jalali in news of today, later ones Hijri; both calendars' present years lie far apart."""
    if 1300 <= year <= 1424:
        return "jalali"
    return "hijri" if 1425 <= year <= 1500 else "gregorian"


def _date(calendar: months.Calendar, year: int, month: int, day: int) -> date | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    try:
        if calendar == "jalali":
            from convertdate import persian

            return date(*persian.to_gregorian(year, month, day)) if 1250 <= year <= 1500 else None
        if calendar == "hijri":
            from hijridate import Hijri

            given = Hijri(year, month, day).to_gregorian()
            return date(given.year, given.month, given.day)
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except (ValueError, OverflowError):
        return None


def _numeric(text: str, country: str | None) -> tuple[date, tuple[int, int]] | None:
    for pattern in (_CJK, _YMD):
        if match := pattern.search(text):
            year, month, day = int(match[1]), int(match[pattern.groups - 1]), int(match[pattern.groups])
            found = _date(_calendar(year), year, month, day)
            if found:
                return found, match.span()
    for match in _DMY.finditer(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        year += 2000 if year < 100 else 0
        if len(match[4]) == 2 and match[2] == "-":
            continue
        day, month = (
            (second, first)
            if second > 12 or (country in _FIRST_MONTH and match[2] == "/" and first <= 12)
            else (first, second)
        )
        found = _date(_calendar(year), year, month, day)
        if found:
            return found, match.span()
    return None


def _worded(text: str, names: dict[str, months.Month]) -> tuple[date, tuple[int, int]] | None:
    tokens = list(_TOKEN.finditer(text))
    for index in range(len(tokens)):
        if tokens[index][0].isdigit():
            continue
        for count in range(months.MAX_WORDS, 0, -1):
            words = tokens[index : index + count]
            month = _month(" ".join(token[0] for token in words), names) if len(words) == count else None
            if month is not None:
                found = _around(tokens, index, index + count, month)
                if found is not None:
                    return found
                break
    return None


def _month(words: str, names: dict[str, months.Month]) -> months.Month | None:
    found = names.get(words)
    if found is None and len(words) > 3:
        # Hebrew writes "in" before the name, Kurdish an ending behind it.
        bare = words[1:] if words[0] in "בל" else words[:-1] if words[-1] in "aeی" else ""
        found = names.get(bare) if bare else None
    return found


def _around(
    tokens: list[re.Match[str]], start: int, end: int, month: months.Month
) -> tuple[date, tuple[int, int]] | None:
    """The day whose month name is tokens[start:end]: the numbers next to it are its day and year."""
    before = [token for token in tokens[max(0, start - 3) : start] if token[0].isdigit()][-1:]
    before = [token for token in before if tokens[start].start() - token.end() <= 8]
    after = [token for token in tokens[end : end + 9] if token[0].isdigit()]
    near = [token for token in after if token.start() - tokens[end - 1].end() <= 12]
    orders: list[tuple[re.Match[str], re.Match[str]]] = []
    if before and near:
        orders += [(before[0], near[0]), (near[0], before[0])]
    if near:
        # "Mar 16, 2019", and Java's "Apr 28 19:20:36 CEST 2023"
        orders += [(near[0], year) for year in after[1:] if len(year[0]) == 4][:1]
    for day, year in orders:
        if len(day[0]) <= 2 and len(year[0]) == 4:
            found = _date(month[0], int(year[0]), month[1], int(day[0]))
            if found is not None:
                used = [
                    day,
                    tokens[start],
                    *([year] if year.start() - day.end() < 25 and year in (*before, *near) else []),
                ]
                return found, (min(token.start() for token in used), max(token.end() for token in used))
    return None


_AGO_WORDS = (
    "ago", "vor", "il y a", "hace", "fa", "geleden", "önce", "evvel", "əvvəl", "назад", "тому", "منذ", "قبل", "پیش",
    "پہلے", "לפני", "لەمەوبەر", "berê", "առաջ", "temu", "sedan", "siden", "sitten", "yang lalu",
)  # fmt: skip
_AGO = re.compile(rf"(?<!\w)(?:{'|'.join(map(fold, _AGO_WORDS))})(?!\w)")
_UNITS: dict[str, int] = {
    fold(word): seconds
    for seconds, words in (
        (
            60,
            "minute|minutes|min|mins|minuten|minutos|minuti|dakika|dk|минуту|минуты|минут|хвилин|хвилини|دقيقة|دقائق"
            "|دقیقه|منٹ|דקות|דקה|خولەک|deqe|deqîqe|dəqiqə|րոպե|minut|minuter|minutter|minuuttia|menit",
        ),
        (
            3_600,
            "hour|hours|hr|hrs|h|stunde|stunden|heure|heures|hora|horas|ora|ore|uur|saat|sa|час|часа|часов|годин"
            "|години|ساعة|ساعات|ساعت|گھنٹے|گھنٹہ|שעה|שעות|کاتژمێر|saet|ժամ|godzin|godziny|timmar|timer|tuntia|jam",
        ),
        (
            86_400,
            "day|days|tag|tagen|tage|jour|jours|día|días|dia|dias|giorno|giorni|dag|dagen|gün|день|дня|дней|дні|днів"
            "|يوم|أيام|روز|دن|יום|ימים|ڕۆژ|roj|օր|dni|dagar|dager|päivää|hari",
        ),
    )
    for word in words.split("|")
}
_MOST_AGO = 90


def relative(text: str, now: datetime) -> Stamp | None:
    """The time that "3 hours ago" means at `now`; of days only the day is known."""
    folded = fold(text)
    if len(folded) > 40 or not _AGO.search(folded):
        return None
    tokens = [token[0] for token in _TOKEN.finditer(folded)]
    for place, token in enumerate(tokens):
        seconds = _UNITS.get(token)
        if seconds is None:
            continue
        before = tokens[place - 1] if place else ""
        count = int(before) if before.isdigit() else 1
        if count > _MOST_AGO:
            return None
        moment = now.astimezone(UTC) - timedelta(seconds=seconds * count)
        clock = moment.time().replace(second=0, microsecond=0) if seconds < 86_400 else None
        return Stamp(moment.date(), clock, zones.GREENWICH, text)
    return None
