"""Where dots, bars and boxes stand: without a browser."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.store.browsing import Told
from aggregator.web import drawing
from tests.store.newsroom import NOW

TOLD = st.lists(
    st.builds(
        lambda source, minutes, copy: Told(
            story_id="s", article_id=f"a{minutes}", source_id=source, at=NOW + timedelta(minutes=minutes), copy=copy
        ),
        st.text("abcdefghij", min_size=1, max_size=2),
        st.integers(0, 10**6),
        st.booleans(),
    ),
    max_size=60,
)


@given(TOLD)
def test_every_dot_stands_inside_the_picture_and_later_ones_further_on(told: list[Told]) -> None:
    for made in (drawing.small(told), drawing.large(told)):
        assert all(0 <= dot.x <= made.width and 0 < dot.y < made.height for dot in made.dots)
        by_time = sorted(made.dots, key=lambda dot: dot.at)
        assert [dot.x for dot in by_time] == sorted(dot.x for dot in by_time)


def test_outlets_beyond_the_last_line_are_counted() -> None:
    told = [Told(story_id="s", article_id=str(n), source_id=f"o{n}", at=NOW, copy=False) for n in range(40)]
    made = drawing.large(told)
    assert len(made.lanes) == drawing.MOST_LANES
    assert made.left_out == 40 - drawing.MOST_LANES
    assert len(drawing.small(told).dots) == 40


@given(st.lists(st.integers(0, 10**6), max_size=30))
def test_a_bar_is_as_high_as_its_count_says(counts: list[int]) -> None:
    made = drawing.bars(counts)
    assert len(made) == sum(count > 0 for count in counts)
    assert all(x >= 0 and y >= 0 and x + w <= 84 and y + h <= 20.1 for x, y, w, h in made)


NAMES = [f"n{number}" for number in range(12)]
NODES = st.lists(st.sampled_from(NAMES), unique=True, min_size=1).map(
    lambda names: [{"id": n, "headline": f"{n} " * 9, "source": "o", "inside": hash(n) % 2 == 0} for n in names]
)


@given(NODES, st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=30))
def test_no_boxes_of_a_graph_overlap_and_all_stand_inside(nodes, pairs) -> None:
    edges = [{"from": one, "to": other, "type": "related"} for one, other in pairs]
    made = drawing.graph(nodes, edges)
    wide, tall = drawing.BOX
    for place, one in enumerate(made.nodes):
        assert one.x >= 0
        assert one.x + wide <= made.width
        assert one.y >= 0
        assert one.y + tall <= made.height
        for other in made.nodes[:place]:
            assert abs(one.x - other.x) >= wide or abs(one.y - other.y) >= tall
    assert {one.id for one in made.nodes} <= {end for pair in pairs for end in pair}


def test_a_long_headline_takes_two_lines_and_says_that_it_goes_on() -> None:
    nodes = [{"id": n, "headline": "word " * 40, "source": "o", "inside": True} for n in "ab"]
    made = drawing.graph(nodes, [{"from": "a", "to": "b", "type": "related"}])
    assert all(len(node.lines) == 2 and node.lines[1].endswith("…") for node in made.nodes)
    assert drawing.graph(nodes, ()).nodes == ()
