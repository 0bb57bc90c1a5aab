"""JSON-LD as it is met: mended where it is broken, read in every shape it may have."""

from __future__ import annotations

import pytest

from aggregator.extraction import jsonld

NODE = '{"@type":"NewsArticle","headline":"Officials meet","author":{"name":"Ann Rivers"}}'
OTHER = '{"@type":"Organization","name":"Valley Herald"}'


@pytest.mark.parametrize(
    "script",
    [
        NODE,
        "\ufeff" + NODE,
        NODE.replace('"}}', '",},}'),
        NODE.replace("Officials meet", "Officials\nmeet"),
        NODE.replace("Officials meet", "Officials\tmeet"),
        NODE.replace("Officials meet", "<b>Officials</b> meet"),
        f"<!-- {NODE} -->",
        f"//<![CDATA[\n{NODE}\n//]]>",
        f"/*<![CDATA[*/{NODE}/*]]>*/",
        f"<![CDATA[{NODE}]]>",
        OTHER + NODE,
        f"{OTHER};\n{NODE};",
        f'{{"@context":"https://schema.org","@graph":[{OTHER},{NODE}]}}',
        f"[{OTHER},{NODE}]",
        f"[[{NODE}]]",
        NODE + '{"@type":',
        "{/* the newest */" + NODE[1:],
    ],
)
def test_the_article_is_found_in_every_shape(script: str) -> None:
    node = jsonld.article(jsonld.load(iter([script])))
    assert node is not None
    assert jsonld.texts(node["headline"]) == ["Officials meet"]
    assert jsonld.texts(node["author"]) == ["Ann Rivers"]


def test_quotes_that_nobody_escaped_are_part_of_the_text() -> None:
    script = NODE.replace("Officials meet", 'Officials "meet", they say')
    node = jsonld.article(jsonld.load(iter([script])))
    assert node is not None
    assert node["headline"] == 'Officials "meet", they say'


def test_an_escape_that_json_has_not_is_dropped() -> None:
    node = jsonld.article(jsonld.load(iter([NODE.replace("Officials meet", "Officials\\' meeting")])))
    assert node is not None
    assert node["headline"] == "Officials' meeting"


@pytest.mark.parametrize("script", ["", "abc", "<!-- -->", "{", '{"@type":', "[" * 5_000, '"' * 999])
def test_what_cannot_be_read_gives_nothing(script: str) -> None:
    assert jsonld.load(iter([script])) == []


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('"Ann Rivers"', ["Ann Rivers"]),
        ('["Ann Rivers",{"name":"Tom Hill"}]', ["Ann Rivers", "Tom Hill"]),
        ('{"name":["Ann Rivers","Tom Hill"]}', ["Ann Rivers", "Tom Hill"]),
        ('{"name":{"@value":"Ann Rivers"}}', ["Ann Rivers"]),
        ('[[{"name":"Ann Rivers"}]]', ["Ann Rivers"]),
        ("null", []),
        ("7", []),
    ],
)
def test_names_are_read_from_texts_lists_and_objects(author: str, names: list[str]) -> None:
    (node,) = jsonld.load(iter([f'{{"@type":"NewsArticle","headline":"x","author":{author}}}']))[:1]
    assert jsonld.texts(node["author"]) == names
