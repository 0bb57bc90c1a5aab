"""Are copies found, and is nothing else taken for one?  Labelled articles, and made ones; the code of production.

    python benchmarks/duplicates.py [DIR] [--made 60] [--seed 1] [--show 5]

DIR has `*.jsonl.gz` files: one article a line, in the order of arrival, with `id`, `lang`, `title`, `body`,
`published`, `url`, `source` and, where it is known, `gold_dup_group` and `dup_kind`.  Files without groups are a check
of precision: what is merged there is counted and, with --show, printed.

The made articles have words of a vocabulary as uneven as that of real texts (Zipf), in several scripts.  Copies are
cut, re-ordered, merged from two, embedded in longer pieces, edited, or several of these; beside them stands what must
not be merged: independent reports with the same quotes, press releases with the same ending, and forms of many kinds
that are filled in anew.  The same seed gives the same figures; times are of the CPU.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, combinations
from pathlib import Path

from aggregator.identity import Window, fingerprint
from aggregator.records import Article, Extraction, Extractor, Page, Publisher, Sighting
from aggregator.urls import article_id, canonical

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One article of a benchmark."""

    title: str
    body: str
    published: datetime
    url: str
    source: str
    language: str = "en"
    group: str | None = None
    """labelled: the articles that are copies of each other"""
    kind: str | None = None
    """what was done to it"""
    of: tuple[str, ...] = ()
    """made copies: the titles of the originals it was made from"""

    def extraction(self) -> Extraction:
        """As if its page had been read."""
        address = canonical(self.url)
        read = Article(
            id=article_id(address),
            url=self.url,
            canonical_url=address,
            source=Publisher(id=self.source, name=self.source),
            headline=self.title,
            text=self.body,
            language=self.language,
            published=self.published,
            fetched=self.published,
            extractor=Extractor(name="benchmark", version="1"),
        )
        seen = Sighting(url=self.url, source_id=self.source, via="rss", first_seen=self.published)
        return Extraction(page=Page(sighting=seen, url=self.url, status=200, fetched=self.published), article=read)


@dataclass(slots=True)
class Judged:
    """What became of the rows: which stand for the same article, and what it cost."""

    roots: list[str]
    reasons: list[str]
    seconds: float

    def groups(self) -> list[list[int]]:
        """Places of the rows that were merged."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, root in enumerate(self.roots):
            found[root].append(place)
        return list(found.values())


def judged(rows: Sequence[Row]) -> Judged:
    """Every row through fingerprint, index and verdict, in order."""
    window = Window()
    roots, reasons = [], []
    extractions = [row.extraction() for row in rows]
    begun = time.process_time()
    for extraction in extractions:
        verdict = window.take(fingerprint(extraction))
        known = window.known(verdict.of) if verdict.of else None
        roots.append(known.root if known else verdict.article.id)
        reasons.append("; ".join((verdict.outcome, *verdict.evidence)))
    return Judged(roots, reasons, time.process_time() - begun)


# -------------------------------------------------------------- labelled files


def read(path: Path) -> list[Row]:
    """The rows of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [
        Row(
            title=row["title"] or "",
            body=row["body"] or "",
            published=datetime.fromisoformat(row["published"].replace("Z", "+00:00")).astimezone(UTC),
            url=row["url"] or f"https://{row['source'] or 'unknown'}.example/{row['id']}",
            source=row["source"] or "unknown",
            language=row["lang"] or "en",
            group=row.get("gold_dup_group"),
            kind=row.get("dup_kind"),
        )
        for row in found
    ]


def labelled(name: str, rows: Sequence[Row], show: int) -> None:
    """Prints how a file's groups were found."""
    result = judged(rows)
    merged = {pair for group in result.groups() for pair in combinations(group, 2)}
    gold: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if row.group is not None:
            gold[row.group].append(place)
    wanted = {pair for group in gold.values() for pair in combinations(group, 2)}
    right = merged & wanted
    line = f"{name}: {len(rows)} articles, {len(merged)} pairs merged"
    if wanted:
        precision, recall = len(right) / max(1, len(merged)), len(right) / len(wanted)
        mean = 2 * precision * recall / max(precision + recall, 1e-9)
        line += f", P {precision:.4f} R {recall:.4f} F1 {mean:.4f}"
        templates = sum("template" in (rows[one].kind, rows[other].kind) for one, other in merged - wanted)
        line += f", {templates} templates merged"
    print(f"{line}; {len(rows) / result.seconds:.0f} articles a second")
    if wanted:
        found = Counter(rows[other].kind for pair in right for other in pair[1:])
        every = Counter(rows[other].kind for pair in wanted for other in pair[1:])
        print("   recall:", ", ".join(f"{kind} {found[kind] / every[kind]:.3f}" for kind in sorted(every, key=str)))
    for one, other in sorted(merged - wanted)[:show]:
        print(f"   {rows[one].title[:60]!r} = {rows[other].title[:60]!r} ({result.reasons[other]})")


# ---------------------------------------------------------------- made articles

SCRIPTS = {
    "en": "ba ke li mo nu ra se ti vo zu dan fer gil hos jun kap lor mes nit por sal tor vel win",
    "ru": "ба ке ли мо ну ра се ти во зу дан фер гил хос жун кап лор мес нит пор сал тор вел вин",
    "fa": "با که لی مو نو را سه تی وا زو دن فر گل هس جن کپ لر مس نت پر سل تر ول ون",
    "hi": "बा के ली मो नु रा से ति वो जु दन फर गिल होस जुन कप लोर मेस नित पोर सल तोर वेल विन",
    "zh": " ".join(chr(code) for code in range(0x4E00, 0x5400, 3)),
}
CASED = ("en", "ru")


@dataclass(slots=True)
class Newsroom:
    """Words, sentences and reports of one language that nobody speaks."""

    language: str
    chance: random.Random
    vocabulary: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    phrases: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        syllables = SCRIPTS[self.language].split()
        self.vocabulary = [self._made(1 + (rank > 20) + (rank > 3000), syllables) for rank in range(12_000)]
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.vocabulary))))
        self.phrases = [self.words(self.chance.randint(3, 6)) for _ in range(150)]

    def _made(self, length: int, syllables: Sequence[str]) -> str:
        return "".join(self.chance.choices(syllables, k=length))

    def words(self, count: int) -> list[str]:
        """Words as often as in real texts: few make up most of it."""
        return self.chance.choices(self.vocabulary, cum_weights=self.weights, k=count)

    def name(self) -> str:
        """A name of a person, a place or a house."""
        made = self._made(self.chance.choice([2, 3]), SCRIPTS[self.language].split())
        return made.title() if self.language in CASED else made

    def number(self) -> str:
        """A number as news have it."""
        digits = str(self.chance.choice([self.chance.randint(2, 99), self.chance.randint(100, 9_999)]))
        return digits if self.chance.random() < 0.8 else f"{digits}.{self.chance.randint(1, 9)}"

    def sentence(self, names: Sequence[str]) -> str:
        """One sentence about those names, with a turn of phrase that others use, too."""
        made = self.words(self.chance.randint(8, 24))
        for _ in range(self.chance.randint(0, 2)):
            made.insert(self.chance.randrange(1, len(made)), self.chance.choice(names))
        if self.chance.random() < 0.4:
            place = self.chance.randrange(len(made))
            made[place:place] = self.chance.choice(self.phrases)
        if self.chance.random() < 0.25:
            made.insert(self.chance.randrange(len(made)), self.number())
        return self.joined(made) + "."

    def joined(self, words: Iterable[str]) -> str:
        """Words as they are written."""
        text = ("" if self.language == "zh" else " ").join(words)
        return text[:1].upper() + text[1:]

    def names(self) -> list[str]:
        """Those whom one event is about."""
        return [self.name() for _ in range(8)]

    def report(self, sentences: int, names: Sequence[str] | None = None) -> list[str]:
        """A report, in sentences."""
        about = names or self.names()
        return [self.sentence(about) for _ in range(sentences)]

    def body(self, sentences: Sequence[str]) -> str:
        """Sentences in paragraphs."""
        paragraphs, rest = [], list(sentences)
        while rest:
            size = self.chance.randint(1, 3)
            paragraphs.append(" ".join(rest[:size]))
            rest = rest[size:]
        return "\n\n".join(paragraphs)

    def edited(self, sentences: Sequence[str], share: float) -> list[str]:
        """Words changed, left out or put in, here and there."""
        made = []
        for sentence in sentences:
            words = list(sentence) if self.language == "zh" else sentence.split()
            for place, word in enumerate(words):
                if self.chance.random() < share:
                    words[place] = self.chance.choice(
                        [
                            "",
                            self.words(1)[0],
                            f"{word} {self.words(1)[0]}",
                            word[:1] + word[2:3] + word[1:2] + word[3:],
                        ]
                    )
            made.append(("" if self.language == "zh" else " ").join(filter(None, words)))
        return made


Copy = Callable[[Newsroom, list[str], list[str]], list[str]]


def _cut(room: Newsroom, first: list[str], _: list[str]) -> list[str]:
    keep = max(4, int(len(first) * room.chance.uniform(0.25, 0.6)))
    start = room.chance.choice([0, 0, room.chance.randint(0, len(first) - keep)])
    return first[start : start + keep]


def _thinned(room: Newsroom, first: list[str], _: list[str]) -> list[str]:
    return [sentence for sentence in first if room.chance.random() < 0.5] or first[:5]


def _reordered(room: Newsroom, first: list[str], _: list[str]) -> list[str]:
    return room.chance.sample(first, len(first))


def _merged(room: Newsroom, first: list[str], second: list[str]) -> list[str]:
    one, other = (int(len(part) * room.chance.uniform(0.3, 0.6)) for part in (first, second))
    return [*first[:one], *second[:other]] if room.chance.random() < 0.5 else [*second[:other], *first[:one]]


def _woven(room: Newsroom, first: list[str], _: list[str]) -> list[str]:
    """A part of one and as much again of a report of its own: 30 to 45 per cent of the original."""
    taken = first[: int(len(first) * room.chance.uniform(0.3, 0.45))]
    own = room.report(int(len(taken) * room.chance.uniform(0.5, 1.3)))
    half = len(taken) // 2
    return [*taken[:half], *own, *taken[half:]]


def _embedded(room: Newsroom, first: list[str], _: list[str]) -> list[str]:
    around = room.report(room.chance.randint(20, 60))
    place = room.chance.randrange(len(around))
    return [*around[:place], *first[: int(len(first) * room.chance.uniform(0.4, 1))], *around[place:]]


def _edited(room: Newsroom, first: list[str], _: list[str]) -> list[str]:
    return room.edited(first, room.chance.uniform(0.02, 0.08))


def _cut_edited(room: Newsroom, first: list[str], second: list[str]) -> list[str]:
    return room.edited(_cut(room, first, second), 0.04)


def _merged_reordered(room: Newsroom, first: list[str], second: list[str]) -> list[str]:
    made = _merged(room, first, second)
    return room.chance.sample(made, len(made))


def _embedded_edited(room: Newsroom, first: list[str], second: list[str]) -> list[str]:
    return room.edited(_embedded(room, first, second), 0.03)


COPIES: dict[str, Copy] = {
    "cut": _cut,
    "thinned": _thinned,
    "reordered": _reordered,
    "merged": _merged,
    "woven": _woven,
    "embedded": _embedded,
    "edited": _edited,
    "cut, edited": _cut_edited,
    "merged, reordered": _merged_reordered,
    "embedded, edited": _embedded_edited,
}

FORMS = (
    "{N} said on {D} that its board had declared a quarterly dividend of {n} cents a share, payable on {D} {n} to "
    "shareholders of record at the close of business on {D} {n}. The company, which is listed in {N}, paid {n} "
    "cents a year earlier. Shares of {N} closed at {n} on {D}, up {n} per cent since the beginning of the year.",
    "{N} reported a {W} for the quarter to {D}. Net income was {n} million or {n} cents a share, compared with {n} "
    "million or {n} cents a share in the same quarter a year ago. Revenue was {n} million against {n} million. "
    "Analysts had expected earnings of {n} cents a share on revenue of {n} million, according to a survey of {n} "
    "analysts.",
    "Fixtures for the weekend in the {N} league, all times local, kick-off at three in the afternoon unless stated: "
    "{F} Matches that cannot be played because of the weather will be moved to the following Wednesday, the league "
    "said. Tickets are sold at the gates from two hours before the beginning of the match and at the usual offices.",
    "Weather for {N} on {D}: {W} in the morning, {W} in the afternoon, with winds from the {W} of up to {n} "
    "kilometres an hour. Highest temperatures will be between {n} and {n} degrees, lowest at night around {n}. The "
    "sea off {N} will be {W}, with waves of {n} metres. The next report will be issued at the usual hour by the "
    "weather service.",
    "Prices at the wholesale market of {N} on {D}, per kilogram, with those of the day before in brackets: tomatoes "
    "{n} ({n}), onions {n} ({n}), potatoes {n} ({n}), apples {n} ({n}), oranges {n} ({n}), lemons {n} ({n}), rice "
    "{n} ({n}), sugar {n} ({n}), flour {n} ({n}), lentils {n} ({n}), lamb {n} ({n}), chicken {n} ({n}), eggs by the "
    "dozen {n} ({n}).",
    "The following were sentenced at {N} Magistrates Court on {D}. {C} {C} {C} All were ordered to pay the costs of "
    "the court. Reports from the courts are published every week and the ages and addresses are those that were "
    "given in court on the day of the hearing.",
    "A magnitude {n} earthquake struck {n} kilometres {W} of {N} on {D} at {n} local time, the seismological centre "
    "said. The depth was {n} kilometres. There were no immediate reports of casualties or damage. The region lies "
    "on active fault lines. Residents were told to stay away from damaged buildings and to expect aftershocks in "
    "the hours to come, and to keep to the advice of the authorities.",
    "{N} {N} of {N} died on {D} at the age of {n}. A service will be held at {n} at the chapel of {N} on {D} {n}, "
    "followed by burial in the family plot. The family asks for donations to {N} instead of flowers. Survivors "
    "include {N} and {N} of {N}, and {n} grandchildren. Arrangements are by {N} and Sons, funeral directors.",
    "Is {N} a stock with a volatile share price? With a beta of {n}, its shares move by more than the market when "
    "it rises and when it falls. {N} has a market capitalisation of {n} million, which makes it a {W} company by "
    "the usual measure. Beta says how a share has moved in the past, compared with the market as a whole. It is "
    "worth looking at other measures, too, before one decides, because past movements say little of what is to "
    "come. The industry of {N} has a beta of {n} on average.",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STATES = (
    "profit",
    "loss",
    "sunny",
    "cloudy",
    "rain",
    "showers",
    "north",
    "south",
    "east",
    "west",
    "calm",
    "rough",
    "small",
    "large",
    "mixed",
    "clear",
)


def _filled(room: Newsroom, form: str) -> str:
    chance = room.chance
    names = [room.name() for _ in range(3)]
    made: dict[str, Callable[[], str]] = {
        "{F}": lambda: " ".join(f"{room.name()} v {room.name()}." for _ in range(chance.randint(5, 9))),
        "{C}": lambda: (
            f"{room.name()} {room.name()}, {chance.randint(18, 80)}, of {room.name()} Road, {room.name()}, "
            f"was fined {room.number()} for {chance.choice(['driving without care', 'theft from a shop', 'assault'])}."
        ),
        "{N}": lambda: chance.choice(names),
        "{n}": room.number,
        "{D}": lambda: chance.choice(DAYS),
        "{W}": lambda: chance.choice(STATES),
    }
    for slot, fill in made.items():
        while slot in form:
            form = form.replace(slot, fill(), 1)
    return form


def _made_form(room: Newsroom) -> list[Callable[[], str]]:
    """A form in the words of the room's language: fixed words, and slots for names, numbers, passages and lists."""
    parts: list[Callable[[], str]] = []
    for _ in range(room.chance.randint(8, 16)):
        fixed = room.joined(room.words(room.chance.randint(5, 12)))
        parts.append(lambda fixed=fixed: fixed)  # type: ignore[misc]
        slot = room.chance.choices(["name", "number", "passage", "list"], [4, 4, 1, 0.5])[0]
        fill: dict[str, Callable[[], str]] = {
            "name": lambda: room.joined(room.name() for _ in range(room.chance.randint(1, 3))),
            "number": room.number,
            "passage": lambda: room.joined([*room.words(room.chance.randint(2, 4)), room.name(), room.number()]),
            "list": lambda: ", ".join(f"{room.name()} {room.number()}" for _ in range(room.chance.randint(4, 8))),
        }
        parts.append(fill[slot])
    return parts


def made(seed: int, count: int) -> list[Row]:
    """Originals with their copies, and what is none: `count` originals in each language."""
    rows: list[Row] = []
    for language in SCRIPTS:
        room = Newsroom(language, random.Random(f"{seed} {language}"))
        _make_copies(room, rows, count)
        _make_quoting(room, rows, count // 3)
        _make_releases(room, rows, count // 6)
        _make_forms(room, rows, count // 10)
    chance = random.Random(seed)
    return sorted(rows, key=lambda row: (row.published, chance.random()))


def _row(room: Newsroom, rows: list[Row], body: str, kind: str, after: datetime | None = None, of: object = ()) -> str:
    title = f"{room.language} {len(rows)} {room.name()}"
    when = after or START + timedelta(minutes=room.chance.randint(0, 2 * 24 * 60))
    house = f"paper{room.chance.randrange(40)}"
    address = f"https://{house}.example/news/{len(rows)}"
    originals = tuple(str(name) for name in of) if isinstance(of, tuple) else ()
    rows.append(
        Row(title=title, body=body, published=when, url=address, source=house, language=room.language, kind=kind,
            of=originals)
    )  # fmt: skip
    return title


def _make_copies(room: Newsroom, rows: list[Row], count: int) -> None:
    # Long and short ones; a quarter of the copies arrive before their original.
    texts = [room.report(room.chance.randint(12, 60)) for _ in range(count)]
    times = [START + timedelta(minutes=room.chance.randint(600, 2_000)) for _ in texts]
    titles = [_row(room, rows, room.body(text), "original", when) for text, when in zip(texts, times, strict=True)]
    for place, text in enumerate(texts):
        other = (place + 1) % count
        for kind in room.chance.sample(sorted(COPIES), 2):
            body = COPIES[kind](room, text, texts[other])
            of = (titles[place], titles[other]) if "merged" in kind else (titles[place],)
            later = times[place] + timedelta(minutes=room.chance.randint(-120, 360))
            _row(room, rows, room.body(body), kind, later, of)


def _make_quoting(room: Newsroom, rows: list[Row], events: int) -> None:
    for _ in range(events):
        names = room.names()
        quotes = [f"“{sentence}”" for sentence in room.report(room.chance.randint(3, 6), names)]
        marked = room.chance.random() < 0.7
        for _ in range(2):
            own = room.report(room.chance.randint(10, 22), names)
            if marked:  # each quote where it fits, with a few words of the paper's own before it
                for quote in quotes:
                    own.insert(room.chance.randrange(len(own)), f"{room.joined(room.words(3))}: {quote}")
            else:  # a statement in one piece, without marks
                place = room.chance.randrange(len(own))
                own[place:place] = [quote.strip("“”") for quote in quotes[:4]]
            _row(room, rows, room.body(own), "same quotes")


def _make_releases(room: Newsroom, rows: list[Row], houses: int) -> None:
    for _ in range(houses):
        names = room.names()
        ending = room.joined(room.words(room.chance.randint(40, 80))) + "."
        for _ in range(3):
            own = room.report(room.chance.randint(5, 14), names)
            contact = [room.joined([*room.words(2), room.name(), room.number()])] if room.chance.random() < 0.5 else []
            _row(room, rows, room.body([*own, ending, *contact]), "same ending")


def _make_forms(room: Newsroom, rows: list[Row], forms: int) -> None:
    # Three of each: fewer than those from which a wording is known to be routine.
    if room.language == "en":
        for number, form in enumerate(FORMS):
            for _ in range(3):
                _row(room, rows, _filled(room, form), f"form {number}")
    for _ in range(max(forms, 3)):
        parts = _made_form(room)
        glue = "" if room.language == "zh" else " "
        for _ in range(3):
            _row(room, rows, glue.join(part() for part in parts), f"form {room.language}")


@dataclass(frozen=True, slots=True)
class Score:
    """How made copies were found."""

    precision: float
    recall: float
    by_kind: dict[str, tuple[int, int]]
    """copies found, and all, of each kind"""
    by_language: dict[str, tuple[int, int]]
    wrong: dict[str, int]
    """pairs that were merged and must not be, by the kinds of both"""


def score(rows: Sequence[Row], result: Judged) -> Score:
    """A copy is found where it stands with an original of its own, or with another copy of that."""
    family: dict[str, str] = {row.title: row.title for row in rows}

    def head(title: str) -> str:
        while family[title] != title:
            title = family[title]
        return title

    for row in rows:
        for original in row.of:
            family[head(row.title)] = head(original)
    kinds: dict[str, list[bool]] = defaultdict(list)
    languages: dict[str, list[bool]] = defaultdict(list)
    wrong: Counter[str] = Counter()
    pairs = 0
    for group in result.groups():
        for one, other in combinations(group, 2):
            pairs += 1
            if head(rows[one].title) != head(rows[other].title):
                wrong[" + ".join(sorted(str(rows[place].kind) for place in (one, other)))] += 1
        for place in group:
            row = rows[place]
            if row.of:
                others = [rows[other] for other in group if other != place]
                found = any(other.title in row.of or set(other.of) & set(row.of) for other in others)
                kinds[str(row.kind)].append(found)
                languages[row.language].append(found)
    every = [found for column in kinds.values() for found in column]

    def counts(table: dict[str, list[bool]]) -> dict[str, tuple[int, int]]:
        return {name: (sum(column), len(column)) for name, column in sorted(table.items())}

    return Score(
        precision=1 - sum(wrong.values()) / max(1, pairs),
        recall=sum(every) / max(1, len(every)),
        by_kind=counts(kinds),
        by_language=counts(languages),
        wrong=dict(wrong),
    )


def print_made(seed: int, count: int) -> None:
    """Prints how made copies were found."""
    rows = made(seed, count)
    result = judged(rows)
    scored = score(rows, result)
    speed = len(rows) / result.seconds
    print(f"made: {len(rows)} articles, P {scored.precision:.4f} R {scored.recall:.4f}; {speed:.0f} articles a second")
    for table in (scored.by_kind, scored.by_language):
        print("   recall:", ", ".join(f"{name} {found / every:.3f}" for name, (found, every) in table.items()))
    if scored.wrong:
        print("   wrong:", ", ".join(f"{name} {number}" for name, number in sorted(scored.wrong.items())))


def main() -> None:
    """Scores a folder's files, then made articles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", nargs="?", type=Path, help="folder of labelled articles, *.jsonl.gz")
    parser.add_argument("--made", type=int, default=60, help="made originals in each language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="wrong pairs to print of each file")
    args = parser.parse_args()
    for path in sorted(args.dir.glob("*.jsonl.gz")) if args.dir else ():
        labelled(path.name.split(".")[0], read(path), args.show)
    print_made(args.seed, args.made)


if __name__ == "__main__":
    main()
