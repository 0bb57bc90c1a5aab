"""Pictures as numbers: where dots, bars and boxes stand.  Templates make SVG of them, and escape what they print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aggregator.store.browsing import Told

LANES = 5
"""Outlets that have a line of their own in a small timeline; the rest share the last one."""

MOST_LANES = 30
"""Outlets on the timeline of a story's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """An article on a timeline."""

    x: float
    y: float
    article_id: str
    source_id: str
    at: datetime
    copy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """When each outlet came in, drawn in a box of `width` by `height`."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    lanes: tuple[tuple[str, float], ...]
    """outlets with the height of their line"""
    marks: tuple[tuple[float, str], ...] = ()
    """moments of the axis, and what is printed there"""
    left_out: int = 0
    """outlets that have no line"""


def small(told: Sequence[Told], width: int = 220) -> Timeline:
    """The timeline of a story in a list."""
    lanes = list(dict.fromkeys(one.source_id for one in told))
    count = min(len(lanes), LANES)
    place = {name: min(number, LANES - 1) for number, name in enumerate(lanes)}
    return Timeline(
        width=width,
        height=8 * max(count, 1) + 4,
        dots=tuple(_dots(told, {name: 8.0 * at + 6 for name, at in place.items()}, 5, width - 5)),
        lanes=tuple((name, 8.0 * number + 6) for number, name in enumerate(lanes[:LANES])),
    )


def large(told: Sequence[Told], width: int = 640) -> Timeline:
    """The timeline of a story's own page: a line for each outlet, in the order in which they came in."""
    lanes = list(dict.fromkeys(one.source_id for one in told))
    heights = {name: 24.0 * number + 16 for number, name in enumerate(lanes[:MOST_LANES])}
    shown = [one for one in told if one.source_id in heights]
    return Timeline(
        width=width,
        height=24 * len(heights) + 30,
        dots=tuple(_dots(shown, heights, 190, width - 20)),
        lanes=tuple(heights.items()),
        marks=tuple(_marks(shown, 190, width - 20)),
        left_out=len(lanes) - len(heights),
    )


def _dots(told: Sequence[Told], heights: Mapping[str, float], left: float, right: float) -> list[Dot]:
    if not told:
        return []
    first, last = min(one.at for one in told), max(one.at for one in told)
    span = (last - first).total_seconds()
    dots = []
    for one in told:
        share = (one.at - first).total_seconds() / span if span else 0.5
        dots.append(
            Dot(
                x=round(left + share * (right - left), 1),
                y=heights[one.source_id],
                article_id=one.article_id,
                source_id=one.source_id,
                at=one.at,
                copy=one.copy,
            )
        )
    return dots


def _marks(told: Sequence[Told], left: float, right: float) -> list[tuple[float, str]]:
    if not told:
        return []
    first, last = min(one.at for one in told), max(one.at for one in told)
    if last == first:
        return [((left + right) / 2, f"{first:%Y-%m-%d %H:%M}")]
    form = "%Y-%m-%d" if last - first > timedelta(days=3) else "%m-%d %H:%M"
    return [(left, first.strftime(form)), ((left + right) / 2, (first + (last - first) / 2).strftime(form)),
            (right, last.strftime(form))]  # fmt: skip


def bars(counts: Sequence[int], width: int = 84, height: int = 20) -> list[tuple[float, float, float, float]]:
    """A sparkline: x, y, width and height of each bar; what is not nothing is at least a line high."""
    most = max(counts, default=0)
    step = width / max(len(counts), 1)
    found = []
    for number, count in enumerate(counts):
        if count:
            tall = max(1.5, height * count / most)
            found.append((round(number * step, 1), round(height - tall, 1), round(step - 1, 1), round(tall, 1)))
    return found


# ------------------------------------------------------------------ the graph

BOX, ROW, GAP = (230, 46), 60, 90
MOST_NODES = 60
"""Articles that a drawing shows; a story with more is told by its list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box: an article, or of one that is not known the address."""

    id: str
    x: int
    y: int
    lines: tuple[str, ...]
    source: str
    language: str | None
    inside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An arrow between two boxes."""

    path: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """What editors have linked, drawn in a box of `width` by `height`."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int = 0


def graph(nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, str]]) -> Graph:
    """Three columns: what links into the story, the story, and what it links to.  Articles without a link are left
    out."""
    tied = {end for edge in edges for end in (edge["from"], edge["to"])}
    wanted = [node for node in nodes if node["id"] in tied]
    shown, left_out = wanted[:MOST_NODES], max(0, len(wanted) - MOST_NODES)
    inside = {node["id"] for node in shown if node["inside"]}
    reached = {edge["to"] for edge in edges if edge["from"] in inside}
    columns: tuple[list[Any], ...] = ([], [], [])
    for node in shown:
        columns[1 if node["id"] in inside else 2 if node["id"] in reached else 0].append(node)
    columns = tuple(column for column in columns if column)
    height = max((len(column) for column in columns), default=0) * ROW + 20
    placed: dict[str, Node] = {}
    for number, column in enumerate(columns):
        top = (height - len(column) * ROW) // 2
        for row, node in enumerate(column):
            placed[node["id"]] = Node(
                id=node["id"],
                x=10 + number * (BOX[0] + GAP),
                y=top + row * ROW,
                lines=_lines(node["headline"]),
                source=node["source"],
                language=node.get("language"),
                inside=node["id"] in inside,
            )
    drawn = [
        Edge(
            path=_path(placed[edge["from"]], placed[edge["to"]]),
            kind=edge["type"],
            title=f"{placed[edge['from']].source}: {edge['type'].replace('_', ' ')}: {placed[edge['to']].source}",
        )
        for edge in edges
        if edge["from"] in placed and edge["to"] in placed
    ]
    width = 20 + len(columns) * BOX[0] + max(0, len(columns) - 1) * GAP + 60
    return Graph(width=width, height=height, nodes=tuple(placed.values()), edges=tuple(drawn), left_out=left_out)


def _path(start: Node, end: Node) -> str:
    """A curve from the side of a box to the side of another that faces it."""
    y1, y2 = start.y + BOX[1] // 2, end.y + BOX[1] // 2
    if start.x == end.x:  # in one column: around its right side
        x, bulge = start.x + BOX[0], 24 + min(30, abs(y2 - y1) // 8)
        return f"M{x},{y1} C{x + bulge},{y1} {x + bulge},{y2} {x + 4},{y2}"
    x1, x2 = (start.x + BOX[0], end.x - 4) if start.x < end.x else (start.x, end.x + BOX[0] + 4)
    middle = (x1 + x2) // 2
    return f"M{x1},{y1} C{middle},{y1} {middle},{y2} {x2},{y2}"


def _lines(headline: str, letters: int = 34) -> tuple[str, ...]:
    """A headline on one or two lines."""
    lines, line = [], ""
    for word in headline.split():
        if line and len(line) + len(word) >= letters:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    lines.append(line)
    cut = [one if len(one) <= letters else one[: letters - 1] + "…" for one in lines[:2]]
    if len(lines) > 2:
        cut[1] = cut[1][: letters - 1].rstrip("…") + "…"
    return tuple(cut)
