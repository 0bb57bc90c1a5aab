"""A made wire stream: reports of events by several outlets, among routine reports that are forms filled in anew.

Everything is made from a seed: words from syllables, by Zipf's law; names of people, places and companies; events that
two to eight outlets report, each in sentences of its own around the same names and numbers; and routine reports
(results, fixtures, quakes, prices, dividends, weather, court lists, filings) from a few wordings each.
The same seed gives the same stream.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from aggregator.stories import Item

START = datetime(2026, 1, 5, tzinfo=UTC)

_ONSETS = (
    *"bcdfghjklmnprstvwz",
    "br",
    "ch",
    "cl",
    "dr",
    "fl",
    "gr",
    "kr",
    "pl",
    "pr",
    "qu",
    "sh",
    "st",
    "str",
    "th",
    "tr",
)
_NUCLEI = ("a", "e", "i", "o", "u", "ai", "ea", "ou", "io")
_CODAS = ("", "n", "r", "l", "s", "t", "nd", "rt", "m", "ck", "st", "ng", "x")


@dataclass(frozen=True, slots=True)
class Made:
    """One article of the stream, and what it is about."""

    item: Item
    subject: str
    """the event, or the subject of a routine report: two reports of one subject are no mistake"""
    routine: bool


class _World:
    """Words, names and outlets of one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.words = self._distinct(9_000, 1, 3)
        self.weights = list(accumulate(1.0 / (rank + 2.7) for rank in range(len(self.words))))
        self.names = [word.capitalize() for word in self._distinct(12_000, 2, 3)]
        self.places = [word.capitalize() for word in self._distinct(700, 2, 3)]
        kinds = ("Holdings", "Group", "Energy", "Pharma", "Bank", "Metals", "Foods", "Corp")
        self.companies = [f"{word.capitalize()} {self.chance.choice(kinds)}" for word in self._distinct(880, 1, 2)]
        clubs = ("United", "City", "Rovers", "FC", "Athletic")
        self.teams = [f"{word.capitalize()} {self.chance.choice(clubs)}" for word in self._distinct(240, 1, 2)]
        self.outlets = [f"outlet-{number}" for number in range(60)]

    def _distinct(self, count: int, least: int, most: int) -> list[str]:
        chance, found = self.chance, {}
        while len(found) < count:
            syllables = chance.randint(least, most)
            word = "".join(
                chance.choice(_ONSETS) + chance.choice(_NUCLEI) + chance.choice(_CODAS) for _ in range(syllables)
            )
            if len(word) > 2:
                found[word] = None
        return list(found)

    def sentence(self, *extra: str) -> str:
        """A sentence of common words around given ones."""
        said = self.chance.choices(self.words, cum_weights=self.weights, k=self.chance.randint(11, 22))
        for word in extra:
            said.insert(self.chance.randint(1, len(said)), word)
        return " ".join(said).capitalize() + "."


class _Event:
    """What happened, as each outlet tells it."""

    def __init__(self, world: _World, number: int) -> None:
        chance = world.chance
        self.world, self.name = world, f"event-{number}"
        self.names = chance.sample(world.names, 5) + chance.sample(world.places, 2)
        self.topic = chance.sample(world.words[300:], 14)
        self.number = str(chance.randint(12, 9_999))

    def report(self) -> tuple[str, str]:
        chance, world = self.world.chance, self.world
        title = [*chance.sample(self.names, 2), *chance.sample(self.topic, 3)]
        title += chance.choices(world.words, cum_weights=world.weights, k=3)
        chance.shuffle(title)
        lines = []
        for place in range(chance.randint(6, 11)):
            extra = chance.sample(self.names, 2) if place < 4 else chance.sample(self.names, 1)
            number = [self.number] if place == 1 else []
            lines.append(world.sentence(*extra, *number, *chance.sample(self.topic, 3)))
        return " ".join(title).capitalize(), "\n\n".join(lines)


def _forms(world: _World) -> list[tuple[str, str, str]]:
    """A routine report's subject, headline and text, of each kind one."""
    pick, number = world.chance.choice, world.chance.randint
    company, other = pick(world.companies), pick(world.names)
    home, away = pick(world.teams), pick(world.teams)
    place, near = pick(world.places), pick(world.places)
    day = pick(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
    cents, percent = f"{number(3, 99)}", f"{number(0, 9)}.{number(0, 9)}"
    return [
        (
            company,
            pick((f"{company} declares quarterly dividend of {cents} cents", f"{company} sets dividend at {cents}c")),
            f"The board of directors of {company} declared a quarterly cash dividend of {cents} cents per share, "
            f"payable on {day} to shareholders of record at the close of business. {company} said the payout reflects "
            f"the strength of its balance sheet and the confidence of the board. Shares of {company} rose {percent} "
            "percent in early trading. Forward-looking statements involve risks and uncertainties that could cause "
            "actual results to differ materially from those expressed or implied.",
        ),
        (
            company,
            pick((f"{company} Q{number(1, 4)} profit rises {percent}%", f"{company} reports quarterly results")),
            f"{company} reported net income of ${number(2, 900)} million for the quarter, compared with "
            f"${number(2, 900)} million a year earlier. Revenue was ${number(20, 9000)} million. Chief executive "
            f"{other} {pick(world.names)} said the results were in line with expectations. Analysts had expected "
            f"earnings of {percent} per share. The company maintained its full-year outlook. The conference call will "
            "be webcast live on the investor relations section of the website.",
        ),
        (
            f"{home} {away}",
            pick((f"{home} beat {away} {number(1, 5)}-{number(0, 3)}", f"{away} lose to {home}")),
            f"{home} beat {away} {number(1, 5)}-{number(0, 3)} on {day} in front of {number(900, 60000)} fans. {other} "
            f"scored in the {number(1, 90)}th minute and {pick(world.names)} added a second after the break. The win "
            f"lifts {home} to {number(1, 20)}th place in the table with {number(3, 80)} points from {number(2, 38)} "
            f"games. {away} remain winless away from home this season. The manager praised his players after the game.",
        ),
        (
            f"{home} {away}",
            f"Preview: {home} v {away}",
            f"{home} host {away} on {day} with kick-off at {number(12, 21)}:{number(10, 59)}. Team news: {other} is a "
            f"doubt with a hamstring injury while {pick(world.names)} returns from suspension. Form guide: the sides "
            f"have met {number(2, 40)} times, with {number(1, 20)} wins for the hosts. Referee: {pick(world.names)}.",
        ),
        (
            f"quake {place} {percent}",
            pick((f"Magnitude {percent} earthquake strikes near {place}", f"Quake of {percent} hits {place}")),
            f"A magnitude {percent} earthquake struck {number(3, 90)} km from {place} on {day}, the seismological "
            f"centre said. The quake was recorded at {number(0, 23)}:{number(10, 59)} local time at a depth of "
            f"{number(3, 60)} km. There were no immediate reports of casualties or damage. The region lies on active "
            f"fault lines. Residents of {near} said they felt the tremor for several seconds.",
        ),
        (
            f"weather {place} {day}",
            f"Weather for {place}: {pick(('sunny spells', 'rain', 'cloudy', 'showers later', 'snow showers'))}",
            f"The forecast for {place} on {day}: a high of {number(-5, 38)} degrees and a low of {number(-15, 20)}, "
            f"with winds of {number(5, 70)} km/h from the west. Chance of rain {number(10, 90)} percent. Sunrise at "
            f"{number(5, 7)}:{number(10, 59)}, sunset at {number(17, 21)}:{number(10, 59)}. In {near} it will be "
            "cooler, with fog in the morning. Drivers are asked to take care on wet roads.",
        ),
        (
            f"prices {place}",
            pick((f"Gold and fuel prices in {place} today", f"Market report: {place} vegetables, gold and fuel")),
            f"Gold traded at {number(1000, 9999)} per gram in {place} on {day}, up {percent} percent. Petrol was sold "
            f"at {number(10, 99)}.{number(10, 99)} a litre and diesel at {number(10, 99)}.{number(10, 99)}. A kilo of "
            f"tomatoes cost {number(10, 99)}, potatoes {number(10, 99)} and onions {number(10, 99)}. Traders said "
            "demand was steady before the holiday.",
        ),
        (
            f"court {other}",
            f"{place} man jailed for {pick(('theft', 'assault', 'drink driving', 'fraud'))}",
            f"{other} {pick(world.names)}, {number(18, 75)}, of {near} Street, {place}, pleaded guilty at {place} "
            f"magistrates' court on {day}. He was sentenced to {number(2, 60)} weeks and ordered to pay costs of "
            f"{number(40, 400)} and a victim surcharge of {number(20, 200)}. The court heard that the offence took "
            "place last year.",
        ),
        (
            company,
            f"{company}: holding(s) in company",
            f"Notification of major holdings in {company}. Issuer: {company}. Reason for the notification: an "
            f"acquisition or disposal of voting rights. Name of the person subject to the obligation: {other} "
            f"{pick(world.names)}. Resulting situation on the date on which the threshold was crossed: {percent} "
            f"percent. Total number of voting rights held: {number(10000, 9999999)}. Place of completion: {place}.",
        ),
    ]


def stream(count: int, *, routine: float = 0.6, a_day: int = 2_000, seed: int = 1) -> Iterator[Made]:
    """`count` articles in order of time, this share of them routine."""
    world = _World(seed)
    chance = world.chance
    running: list[tuple[_Event, int]] = []
    events = 0
    for number in range(count):
        published = START + timedelta(days=number / a_day)
        if chance.random() < routine:
            subject, title, text = chance.choice(_forms(world))
            made = True
        else:
            if len(running) < 40 or chance.random() < 0.25:
                events += 1
                running.append((_Event(world, events), chance.choice((1, 1, 1, 2, 2, 3, 4, 6, 9))))
            place = chance.randrange(len(running))
            event, left = running[place]
            subject, (title, text), made = event.name, event.report(), False
            if left <= 1:
                running.pop(place)
            else:
                running[place] = (event, left - 1)
        item = Item(
            id=f"made-{number}",
            language="en",
            headline=title,
            text=text,
            published=published,
            source=chance.choice(world.outlets),
        )
        yield Made(item, subject, made)
