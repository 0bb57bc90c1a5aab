"""Zones as they are printed beside a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aggregator.text import fold


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone by its printed or IANA name, and its rule."""

    name: str
    rule: tzinfo

    def at(self, local: datetime) -> datetime:
        """The naive local time as a time of this zone."""
        return local.replace(tzinfo=self.rule)


GREENWICH = Zone("UTC", UTC)

_IANA = re.compile(
    r"\b(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian"
    r"|Pacific)/([A-Z][A-Za-z_+-]{2,20}(?:/[A-Z][A-Za-z_]{2,20})?)"
)
_OFFSET = re.compile(r"\b(?:GMT|UTC|UT)\s?([+-−])\s?(\d{1,2})(?::?(\d{2}))?(?!\d)")
_BARE_OFFSET = re.compile(r"(?<=[\d\s])([+−-])(\d{2}):?(\d{2})(?![\d/.-])")
_UTC = re.compile(r"(?:\b(?:GMT|UTC|UT)\b)|(?<=\d)Z\b")
_UTC_WORDS = re.compile(r"(?:غرينتش|جرينتش|گرینویچ|гринвич|greenwich)", re.I)
_ABBREVIATIONS = {
    "CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120, "EET": 120, "EEST": 180, "WET": 0, "WEST": 60, "BST": 60,
    "MSK": 180, "TRT": 180, "IRST": 210, "IRDT": 270, "EST": -300, "EDT": -240, "CDT": -300, "MST": -420,
    "MDT": -360, "PST": -480, "PDT": -420, "AKST": -540, "HST": -600, "JST": 540, "KST": 540, "HKT": 480,
    "SGT": 480, "PHT": 480, "WIB": 420, "WITA": 480, "WIT": 540, "PKT": 300, "AFT": 270, "AEST": 600, "AEDT": 660,
    "ACST": 570, "AWST": 480, "NZST": 720, "NZDT": 780, "SAST": 120, "EAT": 180, "CAT": 120, "WAT": 60,
    "IDT": 180, "AZT": 240, "UZT": 300, "NPT": 345, "BRT": -180, "ART": -180, "KSA": 180,
}  # fmt: skip
_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
_ABBREVIATION = re.compile(r"(?<![A-Za-z])([A-Z]{2,4})(?![A-Za-z/])")
_BY_COUNTRY = {("IST", "IN"): "Asia/Kolkata", ("IST", "IL"): "Asia/Jerusalem", ("IST", "IE"): "Europe/Dublin",
               ("CST", "CN"): "Asia/Shanghai", ("CST", "US"): "America/Chicago", ("AST", "SA"): "Asia/Riyadh",
               ("GST", "AE"): "Asia/Dubai", ("AST", "IQ"): "Asia/Baghdad"}  # fmt: skip
_CITIES = {
    "Asia/Tehran": "tehran|تهران|طهران|тегеран",
    "Asia/Baghdad": "baghdad|بغداد|بەغدا|erbil",
    "Asia/Beirut": "beirut|بيروت",
    "Asia/Damascus": "damascus|دمشق",
    "Asia/Jerusalem": "jerusalem|القدس|القدس المحتلة|ירושלים|ישראל|israel",
    "Asia/Gaza": "gaza|غزة",
    "Asia/Riyadh": "riyadh|الرياض|مكة|مكه|السعودية|makkah|mecca|saudi",
    "Asia/Dubai": "dubai|دبي|أبوظبي|abu dhabi|الإمارات|uae",
    "Asia/Qatar": "doha|الدوحة|qatar",
    "Asia/Kuwait": "kuwait|الكويت",
    "Africa/Cairo": "cairo|القاهرة|مصر",
    "Asia/Amman": "amman|عمان",
    "Europe/Istanbul": "istanbul|turkiye|turkey|ankara|إسطنبول|أنقرة|türkiye",
    "Europe/Moscow": "moscow|москва|московскому|мск|موسكو|مسکو",
    "Asia/Kabul": "kabul|کابل|کابول",
    "Asia/Baku": "baku|bakı|баку",
    "Asia/Yerevan": "yerevan|երևան|ереван",
    "Asia/Karachi": "islamabad|karachi|پاکستان",
}
_CITY_WORDS = {fold(word): zone for zone, words in _CITIES.items() for word in words.split("|")}
_CITY = re.compile(
    r"(?:بتوقيت|به وقت|وقت|по)\s+(\S{3,20})|([^\W\d_]{3,20})\s+(?:local\s+)?time\b|([^\W\d_]{3,20})\s+saati(?:yle)?\b"
    r"|(?<!\w)(мск|ksa)(?!\w)",
    re.I,
)


@lru_cache(maxsize=512)
def named(name: str) -> Zone | None:
    """The IANA zone of that name; None where there is none."""
    try:
        return Zone(name, ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def offset(sign: str, hours: str, minutes: str | None) -> Zone | None:
    """The zone `+03:30` stands for; None where no place has it."""
    total = int(hours) * 60 + int(minutes or 0)
    if total > 14 * 60 or int(minutes or 0) > 59:
        return None
    if total == 0:
        return GREENWICH
    minus = sign != "+"
    return Zone(
        f"{'-' if minus else '+'}{total // 60:02}:{total % 60:02}",
        timezone(timedelta(minutes=-total if minus else total)),
    )


def printed(text: str, country: str | None = None) -> Zone | None:
    """The zone a printed time says it is in; ambiguous abbreviations are read by the publisher's country."""
    if match := _IANA.search(text):
        return named(match[0])
    if match := _OFFSET.search(text):
        return offset(match[1], match[2], match[3])
    if _UTC.search(text) or _UTC_WORDS.search(fold(text)):
        return GREENWICH
    for match in _ABBREVIATION.finditer(text):
        short = match[1]
        if short in _REGIONS:
            return named(_REGIONS[short])
        if short in _ABBREVIATIONS:
            minutes = _ABBREVIATIONS[short]
            return offset("-" if minutes < 0 else "+", str(abs(minutes) // 60), f"{abs(minutes) % 60:02}")
        if (short, country or "") in _BY_COUNTRY:
            return named(_BY_COUNTRY[short, country or ""])
    for match in _CITY.finditer(text):
        word = fold(next(group for group in match.groups() if group))
        if word in _CITY_WORDS:
            return named(_CITY_WORDS[word])
    if match := _BARE_OFFSET.search(text):
        return offset(match[1], match[2], match[3])
    return None
