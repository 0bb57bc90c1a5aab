"""Bytes to text: which encoding a body is really in, and gzip undone within a bound."""

from __future__ import annotations

import codecs
import re
import zlib

MAX_DECOMPRESSED = 50 * 1024 * 1024
"""Bytes that a compressed body may become: the limit of the sitemap protocol."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.I)
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:+-]{1,40})[\"']", re.I)
# What a label stands for on the web: the superset that the bytes are really in.
_SUPERSETS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
# Codecs of Python that are no encoding of documents, slow, or a way to smuggle characters.
_REFUSED = {"unicode-escape", "raw-unicode-escape", "idna", "punycode", "utf-7", "mbcs", "oem", "undefined"}
_BY_LANGUAGE = {
    **dict.fromkeys(("ar", "fa", "ur", "ckb", "ps", "sd"), "cp1256"),
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "tg", "mn"), "cp1251"),
    **dict.fromkeys(("pl", "cs", "sk", "hu", "hr", "sl", "ro", "sq", "bs"), "cp1250"),
    **dict.fromkeys(("tr", "az", "ku"), "cp1254"),
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
    **dict.fromkeys(("he", "yi"), "cp1255"),
    "el": "cp1253",
    "zh": "gb18030",
    "ja": "shift_jis",
    "ko": "cp949",
}


def decode(body: bytes, content_type: str | None, languages: tuple[str, ...] = ()) -> tuple[str, str | None]:
    """`body` as text, and what was wrong with its encoding.

    In order: byte order mark; UTF-16 by its zeros; UTF-8 where the bytes are that, whatever they are called (other
    encodings do not look like it by chance); the header's charset; the document's own; the one usual for `languages`.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _replaced(body, name)
    if body[:2] in (b"<\0", b"{\0") or body[:2] in (b"\0<", b"\0{"):
        return _replaced(body, "utf-16-be" if body[:1] == b"\0" else "utf-16-le")
    declared = _declared(body, content_type)
    if _looks_utf8(body) and not (body.isascii() and declared):
        return _replaced(body, "utf-8")
    guesses = [_BY_LANGUAGE[tag] for tag in (t.split("-")[0].lower() for t in languages) if tag in _BY_LANGUAGE]
    for name in (*declared, *guesses):
        try:
            return body.decode(name), None
        except (UnicodeError, LookupError, ValueError):
            continue
    return _replaced(body, next(iter(declared), "cp1252"))


def _declared(body: bytes, content_type: str | None) -> list[str]:
    header = _HEADER.search(content_type or "")
    document = _DECLARATION.match(body[:1000])
    labels = [header[1]] if header else []
    labels += [document[1].decode("ascii", "replace")] if document else []
    return [name for label in labels if (name := _codec(label))]


def _codec(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name.replace("_", "-")
        "".encode(name)  # refuses codecs that are no text encodings (hex, zip)
    except (LookupError, UnicodeError, ValueError):
        return None
    # Bytes with zeros between were recognised above: what is left is not UTF-16, whatever its label says.
    return None if name in _REFUSED or name.startswith(("utf-16", "utf-32")) else _SUPERSETS.get(name, name)


def _looks_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        # A body that was cut or damaged in places is still UTF-8 when nearly all of its characters are.
        text = body.decode("utf-8", "replace")
        wrong = text.count("\ufffd")
        letters = sum(1 for c in text[:200_000] if c > "\x7f")
        return wrong * 20 < letters
    return True


def _replaced(body: bytes, name: str) -> tuple[str, str | None]:
    text = body.decode(name, "replace").removeprefix("\ufeff")
    wrong = text.count("\ufffd") if "\ufffd" in text else 0
    return text, f"{wrong} characters are not valid {name}" if wrong else None


def decompress(body: bytes) -> tuple[bytes, str | None]:
    """`body` with gzip undone, and what was wrong; empty where it would become more than `MAX_DECOMPRESSED` bytes."""
    if not body.startswith(b"\x1f\x8b"):
        return body, None
    parts: list[bytes] = []
    room = MAX_DECOMPRESSED
    try:
        while body.startswith(b"\x1f\x8b"):
            stream = zlib.decompressobj(wbits=31)
            parts.append(stream.decompress(body, room + 1))
            room -= len(parts[-1])
            if room < 0:
                return b"", f"the body becomes more than {MAX_DECOMPRESSED} bytes when it is decompressed"
            if not stream.eof:
                return b"".join(parts), "the compressed body is cut"
            body = stream.unused_data
    except zlib.error as error:
        return b"".join(parts), f"the body is not valid gzip: {error}"
    return b"".join(parts), None
