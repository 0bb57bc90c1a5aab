"""Entries as the TOML of the catalogue, and changes to a file that leave every other line as it was.

Files are edited by lines: a comment above an entry belongs to that entry, which no TOML library here knows (they keep
it with the entry before).  What a change did is checked by reading the file again: it does what was meant, or nothing.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from aggregator import text as words
from aggregator.encoding import to_plain
from aggregator.errors import ConfigError
from aggregator.records import Feed, Politeness, Selectors, Source

_ORDER = (
    "id", "name", "homepage", "country", "region", "languages", "timezone", "kind", "feeds", "sitemaps", "listings",
    "aliases", "verified", "checked", "enabled", "verify_tls", "politeness", "selectors", "rule",
)  # fmt: skip
_HEADER = re.compile(r"[ \t]*\[\[[ \t]*source[ \t]*\]\][ \t]*(?:#.*)?\r?")
_TABLE = re.compile(r"[ \t]*\[")
_NO_CONTENT = re.compile(r"[ \t]*(?:#.*)?\r?")
_COMMENT = re.compile(r"[ \t]*#")
_MAX_COMMENT = 200


# ---------------------------------------------------------------- an entry


def plain(source: Source) -> dict[str, Any]:
    """The source with the keys of a catalogue file, in their order; what is not said is left out."""
    values: dict[str, Any] = {name: value for name, value in to_plain(source).items() if value not in (None, [], {})}
    values["feeds"] = [_plain_feed(feed) for feed in source.feeds]
    values["checked"] = source.checked
    values["rule"] = [{"name": rule.name, rule.action: rule.when} for rule in source.rules]
    for rule in values["rule"]:
        if not rule["name"]:
            del rule["name"]
    for name, value, usual in (
        ("politeness", source.politeness, Politeness()),
        ("selectors", source.selectors, Selectors()),
    ):
        said = {key: said for key, said in to_plain(value).items() if said not in (None, [])}
        values[name] = said if value != usual else None
    for name in ("enabled", "verify_tls"):
        if values.get(name) is True:
            del values[name]
    return {name: values[name] for name in _ORDER if values.get(name) not in (None, [], {}, "")}


def _plain_feed(feed: Feed) -> str | dict[str, str]:
    said = {name: value for name, value in to_plain(feed).items() if value}
    if said.get("format") == "auto":
        del said["format"]
    return said if set(said) != {"url"} else feed.url


def entry(source: Source, reasons: Mapping[str, str] | None = None, left_out: Iterable[str] = ()) -> str:
    """The source as a `[[source]]` table; `reasons` of keys and of addresses become comments."""
    why = {key: _comment(reason) for key, reason in (reasons or {}).items()}
    values = plain(source)
    lines = ["[[source]]"]
    for key in _ORDER:
        if key in ("politeness", "selectors", "rule"):
            continue
        if key not in values:
            lines += [f"# {key}: {why[key]}"] if key in why else []
        elif isinstance(values[key], list) and (any(_address(item) in why for item in values[key])):
            lines += [f"{key} = [", *(_item(item, why) for item in values[key]), "]"]
        else:
            said = f"  # {why[key]}" if key in why else ""
            lines.append(f"{key} = {_value(values[key])}{said}")
    lines += [f"# left out: {_comment(reason)}" for reason in left_out]
    for key in ("politeness", "selectors"):
        if key in values:
            lines += [f"[source.{key}]", *(f"{name} = {_value(value)}" for name, value in values[key].items())]
    for rule in values.get("rule", ()):
        lines += ["[[source.rule]]", *(f"{name} = {_value(value)}" for name, value in rule.items())]
    return "\n".join(lines) + "\n"


def _item(item: str | dict[str, str], why: Mapping[str, str]) -> str:
    reason = why.get(_address(item))
    return f"    {_value(item)}," + (f"  # {reason}" if reason else "")


def _address(item: Any) -> str:
    return str(item["url"] if isinstance(item, Mapping) else item)


def _comment(reason: str) -> str:
    # It may hold words of a page: on one line, and without control characters, it cannot become a key.
    return (words.one_line(reason) or "")[:_MAX_COMMENT]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_value(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    # JSON's strings and numbers are TOML's, but for one character.
    safe = value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
    return json.dumps(safe, ensure_ascii=False).replace("\x7f", "\\u007f")


# ------------------------------------------------------------------- files


def with_entries(text: str, entries: Iterable[str], *, file: str) -> str:
    """The file's text with those tables at its end.  Raises ConfigError where it is no catalogue file."""
    _parsed(text, file)
    head = text.rstrip("\r\n") + "\n\n" if text.strip() else ""
    new = head + "\n".join(entries)
    _parsed(new, file)
    return new


def without(text: str, source_id: str, *, file: str) -> str:
    """The file's text without the entry of that id and the comment right above it; all else as it was."""
    lines, starts, data = _located(text, file)
    at = _place(data, source_id, file)
    begin, end = _begin(lines, starts[at]), _end(lines, starts, at)
    while begin > 0 and end < len(lines) and not lines[begin - 1].strip() and not lines[end].strip():
        end += 1  # one empty line between its neighbours
    new = "\n".join(lines[:begin] + lines[end:]).rstrip("\n") + "\n"
    return _checked(new, {**data, "source": [e for n, e in enumerate(data["source"]) if n != at]}, file)


def marked(text: str, days: Mapping[str, date], *, file: str) -> str:
    """The file's text with `verified = true` and the day of the check in the entries of those ids."""
    lines, starts, data = _located(text, file)
    wanted = {**data, "source": [dict(entry) for entry in data["source"]]}
    for at in reversed(range(len(starts))):
        day = days.get(data["source"][at].get("id", ""))
        if day is not None:
            wanted["source"][at] |= {"verified": True, "checked": day}
            end = _end(lines, starts, at)
            head = next((n for n in range(starts[at] + 1, end) if _TABLE.match(lines[n]) and _opens(lines, n)), end)
            block = lines[starts[at] : head]
            for key, value in (("verified", "true"), ("checked", day.isoformat())):
                _set(block, key, value)
            lines[starts[at] : head] = block
    return _checked("\n".join(lines), wanted, file)


def switched(text: str, source_id: str, *, enabled: bool, file: str) -> str:
    """The file's text with `enabled` set in the entry of that id."""
    lines, starts, data = _located(text, file)
    at = _place(data, source_id, file)
    wanted = {**data, "source": [dict(entry) for entry in data["source"]]}
    wanted["source"][at]["enabled"] = enabled
    end = _end(lines, starts, at)
    head = next((n for n in range(starts[at] + 1, end) if _TABLE.match(lines[n]) and _opens(lines, n)), end)
    block = lines[starts[at] : head]
    _set(block, "enabled", "true" if enabled else "false")
    lines[starts[at] : head] = block
    return _checked("\n".join(lines), wanted, file)


def _opens(lines: list[str], number: int) -> bool:
    """Whether a line that begins with a bracket is the header of a table, and no line of a list."""
    return bool(re.fullmatch(r"[ \t]*\[\[?[ \t]*source[ \t]*\.[^\]]*\]\]?[ \t]*(?:#.*)?\r?", lines[number]))


def _set(block: list[str], key: str, value: str) -> None:
    pattern = re.compile(rf"([ \t]*{key}[ \t]*=[ \t]*)[^\s#]+(.*)", re.S)
    for number, line in enumerate(block):
        if found := pattern.fullmatch(line):
            block[number] = f"{found[1]}{value}{found[2]}"
            return
    last = max(number for number, line in enumerate(block) if not _NO_CONTENT.fullmatch(line))
    block.insert(last + 1, f"{key} = {value}" + ("\r" if block[last].endswith("\r") else ""))


def _begin(lines: list[str], start: int) -> int:
    begin = start
    while begin > 0 and _COMMENT.match(lines[begin - 1]):
        begin -= 1
    # A comment that opens the file is about the file.
    return begin if begin > 0 else start


def _end(lines: list[str], starts: list[int], at: int) -> int:
    """The line after an entry's last one: what follows may be a comment on what comes next."""
    end = starts[at + 1] if at + 1 < len(starts) else len(lines)
    while _NO_CONTENT.fullmatch(lines[end - 1]):
        end -= 1
    return end


def _located(text: str, file: str) -> tuple[list[str], list[int], dict[str, Any]]:
    data = _parsed(text, file)
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _HEADER.fullmatch(line)]
    if len(starts) != len(data.get("source", [])):
        raise ConfigError("only files whose entries begin with [[source]] can be edited", file=file)
    return lines, starts, data


def _place(data: Mapping[str, Any], source_id: str, file: str) -> int:
    for number, values in enumerate(data.get("source", [])):
        if values.get("id") == source_id:
            return number
    raise ConfigError(f"there is no source {source_id!r} in it", file=file)


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"no valid TOML: {error}", file=file) from error


def _checked(text: str, wanted: Mapping[str, Any], file: str) -> str:
    found = _parsed(text, file)
    if {"source": [], **found} != {"source": [], **wanted}:
        raise ConfigError("it is written in a way that cannot be edited by a command: change it by hand", file=file)
    return text
