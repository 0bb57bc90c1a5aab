"""URLs: the canonical form, the key of identity, the site.

Three forms of one URL:

`absolute`   what is fetched: as the publisher wrote it, made safe and absolute;
`canonical`  what is shown: tracking parameters, fragment, default port and dot segments gone, still working;
`key`        what is compared: without scheme, `www.`, AMP and print forms.  Never fetched.

Percent-encoding is w3lib's, knowledge of trackers is courlan's; what neither does is here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urljoin, urlsplit, urlunsplit

import tldextract
from courlan.clean import TRACKERS_RE
from w3lib.url import safe_url_string

MAX_LENGTH = 2_000
"""Longer URLs are refused: no publisher's article has one, traps do."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_IN_NO_HOST = re.compile(r"""[ <>"'{}|^`%]""")
_SPACE = re.compile(r"[\x00-\x20\x7f\u00a0\u200b-\u200f\u2028\u2029\ufeff]+")
_TRACKERS = re.compile(
    # What only says where a click came from, beyond courlan's list.
    r"(?:at_(?:medium|campaign|custom\d|link\w*|format|ptr\w*|bbc\w*)|ns_\w+|ocid|smid|sr_share|xtor|wt_?mc\w*|_ga|_gl"
    r"|igshid|__twitter_impression|s_cid|traffic_source|utm\w*|hsa_\w+|gaa_\w+|spm|zanpid|ysclid|_openstat|dicbo|taid|sfnsn"
    r"|ref_?src|referr?er|phpsessid|jsessionid|aspsessionid\w*|cftoken|cfid)",
    re.I,
)
_QUERY = r"(?:\?[A-Za-z0-9._~/=&%-]+)?(?:#[A-Za-z0-9._~/=&%-]+)?"
_PLAIN = re.compile(rf"https?://(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.)+[a-z]{{2,20}}/[A-Za-z0-9._~/%-]*{_QUERY}")
"""Addresses, if short, that are as they should be."""
_PLAIN_PATH = re.compile(rf"/(?![/.])(?:[A-Za-z0-9_~%-]|[./](?![./]))*{_QUERY}")
"""Paths, if short, that need but a host before them."""
_CANONICAL = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,20}(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?"
)
"""Addresses, if short, with nothing in them that the canonical form could leave out."""
_SHORT = 250
_DOUBTFUL = re.compile(r"(?:c|cmp|e|u|s)?id|ref|source|src|from|share[d]?|session(?:id)?|origin|rss|feed|cmp", re.I)
"""Mostly trackers, but some publishers number their articles with them: kept when the value is a plain number."""
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.I)
_HOST_PREFIX = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_AMP_QUERY = {"amp", "amphtml", "isamp"}
_PRINT_QUERY = {"print", "printable", "printmode", "printview"}
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def absolute(url: str, base: str | None = None) -> str | None:
    """`url` as it can be asked for: absolute, http or https, percent-encoded; None where it cannot be.

    White space around and line breaks within are removed, backslashes are slashes, host names are lower case and in
    their ASCII form.  The fragment stays.  Refused: other schemes, no host, over `MAX_LENGTH` characters.
    """
    if len(url) < _SHORT:
        if _PLAIN.fullmatch(url):
            return url
        if base is not None and _PLAIN_PATH.fullmatch(url) and (origin := _plain_origin(base)) is not None:
            return origin + url
    try:
        url = _SPACE.sub(lambda m: "" if set(m[0]) - {" "} else "%20", url.strip(" \t\r\n\x00\ufeff\u200b"))
        if not url or len(url) > MAX_LENGTH * 2:
            return None
        if base is not None:
            url = urljoin(base, url.replace("\\", "/") if "://" not in url[:12] else url)
        scheme, colon, rest = url.partition(":")
        if not colon or scheme.lower() not in _DEFAULT_PORTS:
            return None
        head, mark, query = rest.partition("?")
        parts = urlsplit(f"{scheme.lower()}:{head.replace(chr(92), '/')}{mark}{query}")
        netloc = _netloc(parts)
        if netloc is None:
            return None
        url = safe_url_string(urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, parts.fragment)))
        return url if len(url) <= MAX_LENGTH else None
    except ValueError:  # urlsplit, port and IDNA errors: not a URL
        return None


@lru_cache(maxsize=256)
def _plain_origin(base: str) -> str | None:
    """Scheme and host of a URL; None where anything has to be done to them."""
    parts = _split(base)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if _PLAIN.fullmatch(f"{origin}/") else None


def _netloc(parts: SplitResult) -> str | None:
    host = (parts.hostname or "").rstrip(".")
    if not host or _IN_NO_HOST.search(host):
        return None
    if ":" in host:
        host = f"[{ip_address(host.split('%', 1)[0]).compressed}]"
    elif not host.isascii():
        host = host.encode("idna").decode("ascii")  # which makes plain spaces of all kinds of space
        if _IN_NO_HOST.search(host):
            return None
    if any(not label or len(label) > 63 for label in host.strip("[]").split(".")) or len(host) > 253:
        return None
    port = parts.port
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return user + host + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")


@lru_cache(maxsize=20_000)
def canonical(url: str) -> str:
    """The canonical form of an absolute URL: shown, stored, and still a working address.

    Fragment, credentials, tracking and session parameters, default port, dot segments and doubled slashes are gone;
    what is left of the query is kept in its order.  Idempotent.  What is no URL comes back as it is.
    """
    if len(url) < _SHORT and _CANONICAL.fullmatch(url):
        return url
    safe = absolute(url)
    if safe is None:
        return url
    parts = urlsplit(safe)
    path = _dot_segments(_PATH_SESSION.sub("", _percent(parts.path)))
    query = [(name, value) for name, value in _pairs(parts.query) if not _tracks(name, value)]
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, netloc, path, _query(query, safe="/:,;@!$*()'~-._"), ""))


def _pairs(query: str) -> list[tuple[str, str]]:
    # Old sites write words of windows-1256 there: bytes that are no UTF-8 must come out as they went in.
    return parse_qsl(query, keep_blank_values=True, errors="surrogateescape")


def _query(pairs: list[tuple[str, str]], safe: str) -> str:
    return urlencode(pairs, quote_via=quote, safe=safe, encoding="utf-8", errors="surrogateescape")


def _split(url: str) -> SplitResult:
    """`urlsplit` that never raises: what is no URL has no host and is all path."""
    try:
        parts = urlsplit(url)
        _ = parts.hostname
    except ValueError:
        return SplitResult("", "", url.rpartition("@")[2], "", "")
    return parts


def _tracks(name: str, value: str) -> bool:
    if name.lower() == "id":
        return False
    if _DOUBTFUL.fullmatch(name):
        return not value.isdigit()
    # courlan's expression is anchored at the front only: `gallery=3` begins like its `ga`, and is none.
    found = TRACKERS_RE.search(name)
    return bool(_TRACKERS.fullmatch(name) or (found and (found.end() == len(name) or name[found.end() - 1] == "_")))


def _percent(path: str) -> str:
    """`path` with each byte written one way: unreserved characters plain, all others as upper-case %XX."""
    return "/".join(quote(unquote_to_bytes(segment), safe="@!$&'()*+,;=:~-._") for segment in path.split("/"))


def _dot_segments(path: str) -> str:
    kept: list[str] = []
    segments = re.sub(r"/{2,}", "/", path).split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept[-1:] = []
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


@lru_cache(maxsize=20_000)
def key(url: str) -> str:
    """What two URLs of one article have in common: equal keys, same article.

    The canonical form without scheme, `www.`/`m.`/`amp.`, trailing slash or index page, AMP and print forms, and with
    its parameters in order of name.  Never fetched, never shown.
    """
    parts = _split(canonical(url))
    host = _HOST_PREFIX.sub("", parts.netloc)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > 1 and segments[0].lower() == "amp":
        segments = segments[1:]
    if len(segments) > 1 and segments[-1].lower() in ("amp", "print"):
        segments = segments[:-1]
    if segments and re.fullmatch(r"(?:index|default)\.(?:html?|php|aspx?)", segments[-1], re.I):
        segments = segments[:-1]
    path = re.sub(r"\.amp(?=\.html?$|$)", "", "/".join(segments), flags=re.I)
    query = sorted(
        (name, value)
        for name, value in _pairs(parts.query)
        if not (
            name.lower() in _AMP_QUERY
            or (name.lower() in _PRINT_QUERY and value.lower() in ("", "1", "true", "yes"))
            or (name.lower(), value.lower()) in (("outputtype", "amp"), ("view", "amp"), ("view", "print"))
        )
    )
    return f"{host}/{path}" + (f"?{_query(query, safe='')}" if query else "")


def article_id(url: str) -> str:
    """Id of the article whose canonical URL this is: 20 hex digits of BLAKE2b over its key."""
    return blake2b(key(url).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def host(url: str) -> str:
    """Host and, where it is not the scheme's own, port: the unit of politeness and of robots.txt."""
    parts = _split(url)
    netloc = parts.netloc.rpartition("@")[2].lower()
    return netloc.removesuffix(f":{_DEFAULT_PORTS.get(parts.scheme, '')}")


@lru_cache(maxsize=20_000)
def site(url: str) -> str:
    """The site a URL belongs to: its registrable domain, or host and port where it has none (an IP).

    `localhost` counts as a public suffix: `www.x.localhost:8000` and `x.localhost:8000` are one site.
    """
    netloc = host(url)
    name = _split(url).hostname or ""
    if name.endswith(".localhost"):
        return ".".join(netloc.split(".")[-2:])
    found = _suffixes.extract_str(name) if name and not name.replace(".", "").isdigit() else None
    return found.top_domain_under_public_suffix if found and found.suffix and found.domain else netloc


def same_site(first: str, second: str) -> bool:
    """Whether two URLs belong to one site."""
    return site(first) == site(second)


def without_credentials(url: str) -> str:
    """`url` without user and password: what a page links is asked as anybody would ask it, and is shown so."""
    parts = _split(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def masked(url: str) -> str:
    """`url` with its credentials hidden, for logs and messages."""
    parts = _split(url)
    if not parts.netloc and "@" in url and "://" in url:
        return f"***@{parts.path}"  # broken, but perhaps with a password
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc="***@" + parts.netloc.rpartition("@")[2]))
