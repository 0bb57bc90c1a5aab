"""The catalogue: whom we read, from region files and imported lists, and the questions asked of it."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import urlsplit

from aggregator import urls
from aggregator.errors import ConfigError, InputError, SourceError
from aggregator.records import Feed, Source
from aggregator.sources import entries, terms
from aggregator.sources.lists import read_csv, read_json, read_opml, tolerant

__all__ = ["Catalogue", "read_any", "read_csv", "read_json", "read_opml", "read_toml"]

_SHARED_HOSTS = {"feedburner.com", "feedblitz.com", "google.com", "rss.app", "feedproxy.com", "amazonaws.com"}
"""Sites that carry the feeds of many publishers: an address there says nothing about whose an article is."""


def read_toml(
    text: str, *, file: str, region: str | None = None, refused: list[ConfigError] | None = None
) -> tuple[Source, ...]:
    """Sources of one region file: a top-level `region` (else `region` is taken) and `[[source]]` tables.

    Raises ConfigError with the file, the entry, the key and what was expected; for errors of syntax with line and
    column.
    """
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"no valid TOML: {error}", file=file) from error
    except RecursionError as error:
        raise ConfigError("no valid TOML: nested too deeply", file=file) from error
    top = entries.Table(values=data, file=file, where="")
    top.only(("region", "source"))
    listed = data.get("source", [])
    if not isinstance(listed, list):
        top.fail("source", "expected [[source]] tables, with two brackets")
    region = top.string("region") or region
    sources: dict[str, Source] = {}
    for n, item in enumerate(listed, 1):
        with tolerant(refused):
            source = entries.source(item, file=file, number=n, region=region)
            if source.id in sources:
                raise ConfigError(f"{source.id!r} is the id of an entry above, too", file=file, key=f"source {n}: id")
            sources[source.id] = source
    return tuple(sources.values())


def read_any(data: bytes, *, file: str, refused: list[ConfigError] | None = None) -> tuple[Source, ...]:
    """Sources of a file of any kind that is read here, told by its name's ending, else by its content.

    Raises ConfigError; where `refused` is given, errors of single entries are kept there instead.
    """
    ending = PurePath(file).suffix.lower()
    if ending in (".opml", ".xml") or (ending not in _READERS and data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"):
        return read_opml(data, file=file, refused=refused)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"expected text in UTF-8: {error.reason} at byte {error.start}", file=file) from error
    return _READERS[ending if ending in _READERS else _kind_of(text)](text, file=file, refused=refused)


_READERS: dict[str, Callable[..., tuple[Source, ...]]] = {
    ".toml": read_toml,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".json": read_json,
}


def _kind_of(text: str) -> str:
    text = text.lstrip()
    if text.startswith("{") or (text.startswith("[") and text[1:].lstrip()[:1] in ("{", "]")):
        return ".json"
    header = text.partition("\n")[0].lower()
    return ".csv" if "url" in header and any(mark in header for mark in ",;\t") and "=" not in header else ".toml"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All sources, each id and each feed once.  Made by `Catalogue.of`."""

    sources: tuple[Source, ...]
    _by_id: dict[str, Source] = field(repr=False, compare=False)
    _by_host: dict[str, list[Source]] = field(repr=False, compare=False)
    _by_site: dict[str, list[Source]] = field(repr=False, compare=False)
    _by_address: dict[str, Source] = field(repr=False, compare=False)

    @classmethod
    def of(cls, sources: Iterable[Source]) -> Catalogue:
        """A catalogue of `sources`; SourceError where two have one id or one feed."""
        sources = tuple(sources)
        by_id: dict[str, Source] = {}
        by_feed: dict[str, Source] = {}
        by_host: dict[str, list[Source]] = {}
        by_site: dict[str, list[Source]] = {}
        for source in sources:
            if source.id in by_id:
                raise SourceError(f"two sources have the id {source.id!r}: give one another id", source_id=source.id)
            by_id[source.id] = source
            for feed in source.feeds:
                other = by_feed.setdefault(feed.url, source)
                if other is not source or sum(f.url == feed.url for f in source.feeds) > 1:
                    raise SourceError(
                        f"the feed {feed.url} is listed twice: in {other.id} and in {source.id}", source_id=source.id
                    )
            for url in _addresses(source):
                for index, name in ((by_host, _plain_host(url)), (by_site, urls.site(url))):
                    known = index.setdefault(name, [])
                    if source not in known:
                        known.append(source)
        by_address = {address_key(url): source for source in reversed(sources) for url in addresses(source)}
        return cls(sources, by_id, by_host, by_site, by_address)

    def get(self, source_id: str) -> Source:
        """The source of that id; SourceError with the nearest one where there is none."""
        found = self._by_id.get(source_id)
        if found is None:
            names = {name: s.id for s in self.sources for name in (*s.aliases, s.name)} | {i: i for i in self._by_id}
            near = terms.suggestion(source_id, names)
            raise SourceError(
                f"there is no source {source_id!r}{near or '; see them with `sources list`'}", source_id=source_id
            )
        return found

    def select(
        self,
        *,
        region: str | None = None,
        source: str | None = None,
        url: str | None = None,
        country: str | None = None,
        language: str | None = None,
    ) -> tuple[Source, ...]:
        """Sources of all that is given, each a name or several with commas between; all enabled ones where nothing is.

        A source that is not enabled is only selected by its id.  A URL selects the source it belongs to, or one made
        up for it.  SourceError for unknown names.
        """
        chosen = self.sources if source or url else tuple(s for s in self.sources if s.enabled)
        if region:
            wanted = {self._region(name) for name in _listed(region)}
            chosen = tuple(s for s in chosen if s.region in wanted)
        if country:
            wanted = set(_known(country, terms.country_problem, str.upper))
            chosen = tuple(s for s in chosen if s.country in wanted)
        if language:
            spoken = set(_known(language, terms.language_problem, str))
            chosen = tuple(s for s in chosen if spoken & {*s.languages, *(t.partition("-")[0] for t in s.languages)})
        if source:
            ids = [self.get(name).id for name in _listed(source)]
            chosen = tuple(s for s in chosen if s.id in ids)
        if url:
            owners = {s.id: s for s in ((self.by_url(u) or self.ad_hoc(u)) for u in _listed(url))}
            kept = {s.id for s in chosen}
            chosen = tuple(s for s in owners.values() if s.id in kept or not (region or source))
        if not chosen and source and region:
            raise SourceError(f"none of {source} is in {region}")
        return chosen

    def _region(self, name: str) -> str:
        for region in self.regions():
            if region.casefold().replace("_", "-") == name.casefold().replace("_", "-"):
                return region
        near = terms.suggestion(name, self.regions()).rstrip("?")
        raise SourceError(f"there is no region {name!r}{near}; the regions are {', '.join(self.regions()) or 'none'}")

    def regions(self) -> tuple[str, ...]:
        """Names of all regions, in alphabetical order."""
        return tuple(sorted({source.region for source in self.sources if source.region}))

    def by_url(self, url: str) -> Source | None:
        """The source to which an article's URL belongs, by its host, else by its site; None where it is nobody's.

        Among several on one host the one whose homepage's path the URL continues goes first.
        """
        safe = urls.absolute(url)
        if safe is None:
            return None
        for candidates in (self._by_host.get(_plain_host(safe), []), self._by_site.get(urls.site(safe), [])):
            if candidates:
                return max(candidates, key=lambda source: _common_path(source, safe))
        return None

    def usual_regions(self) -> dict[str, str]:
        """For each country the region that most of its sources are in."""
        counted: dict[str, Counter[str]] = {}
        for source in self.sources:
            if source.country and source.region:
                counted.setdefault(source.country, Counter())[source.region] += 1
        return {country: regions.most_common(1)[0][0] for country, regions in counted.items()}

    def owner(self, url: str) -> Source | None:
        """The source of which `url` is a feed, a sitemap, a listing or the homepage; None where it is nobody's."""
        return self._by_address.get(address_key(url))

    def ad_hoc(self, url: str) -> Source:
        """A source made up for a URL that is nobody's in the catalogue; InputError where it is no http(s) URL."""
        safe = urls.absolute(url)
        if safe is None:
            raise InputError(f"{url!r} is no absolute http(s) URL", subject=url)
        site = urls.site(safe)
        source_id = terms.distinct(terms.slug(site), self._by_id)
        return Source(id=source_id, name=site, homepage=f"{urlsplit(safe).scheme}://{urls.host(safe)}/")


def addresses(source: Source) -> list[str]:
    """All addresses that its entry names: homepage, feeds, sitemaps, listings."""
    homepage = [source.homepage] if source.homepage else []
    return [*homepage, *(feed.url for feed in source.feeds), *source.sitemaps, *source.listings]


def address_key(url: str) -> str:
    """What two spellings of one feed's or front page's address have in common: all but scheme, `www.` and last slash.

    The key of articles drops parameters that only track a click; feeds are told apart by them (`?feed=rss2`).
    """
    parts = urlsplit(urls.absolute(url) or url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{urls.host(url).removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def feeds_and_sitemaps(source: Source) -> tuple[Feed, ...]:
    """All addresses of a source that list articles for programs, sitemaps as feeds of that format."""
    return (*source.feeds, *(Feed(url=url, format="sitemap") for url in source.sitemaps))


def _listed(names: str) -> list[str]:
    return [name for part in names.split(",") if (name := part.strip())]


def _known(names: str, problem_of: Callable[[str], str | None], form: Callable[[str], str]) -> list[str]:
    """The codes in `names`; SourceError for one that there is not."""
    codes = [form(name) for name in _listed(names)]
    for code in codes:
        if problem := problem_of(code):
            raise SourceError(problem)
    return codes


def _plain_host(url: str) -> str:
    return urls.host(url).removeprefix("www.").removeprefix("m.")


def _addresses(source: Source) -> list[str]:
    own = [source.homepage] if source.homepage else []
    feeds = [*(feed.url for feed in source.feeds), *source.sitemaps, *source.listings]
    return own + [url for url in feeds if urls.site(url) not in _SHARED_HOSTS]


def _common_path(source: Source, url: str) -> int:
    """How much of the URL's path the homepage's path is; -1 where the homepage is elsewhere."""
    if not source.homepage or _plain_host(source.homepage) != _plain_host(url):
        return -1
    home, path = urlsplit(source.homepage).path.rstrip("/"), urlsplit(url).path
    return len(home) if path == home or path.startswith(f"{home}/") else -1
