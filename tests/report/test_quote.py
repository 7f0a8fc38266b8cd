from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from page_reader import Page, look_up

from harness.report.quote import Quoted, written

DOCUMENT = {"checks": [{"estimate": -36.125, "p": 3.2e-7, "margin": "0.01", "claimed": {"xlm-r": 30.1}, "df": None}]}
QUOTED = Quoted("c06.atlas", DOCUMENT)
CHECK = QUOTED.under("checks", 0)
JSON = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.text(), inner, min_size=1) | st.lists(inner, min_size=1)
)


def test_exact_a_number_names_its_source() -> None:
    assert CHECK.number("estimate", places=1) == (
        '<span class="n" data-source="c06.atlas checks[0].estimate" data-value="-36.125">\u221236.1</span>'
    )
    assert CHECK.number("df") == '<span class="none">none</span>'
    assert ">&lt;0.0001</span>" in CHECK.chance("p")
    assert 'data-value="&#34;0.01&#34;" data-scale="100">1%</span>' in CHECK.share("margin")
    source = 'data-source="c06.atlas checks[0].claimed[&#34;xlm-r&#34;]" data-value="30.1" data-sign="reduction"'
    assert f"{source}>\u221230.1%</span>" in CHECK.lowered("claimed", "xlm-r", places=1, unit="%")


def paths(document: object, prefix: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(document, dict):
        return [path for key, value in document.items() for path in paths(value, (*prefix, key))]
    if isinstance(document, list):
        return [path for index, value in enumerate(document) for path in paths(value, (*prefix, index))]
    return [prefix]


@settings(derandomize=True, deadline=None, max_examples=150)
@given(JSON)
def test_property_every_written_path_leads_back(document: object) -> None:
    for path in paths(document):
        found = document
        for step in path:
            found = found[step]  # type: ignore[index]
        assert look_up(document, written(path)) == found


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.text(min_size=1))
def test_property_words_and_keys_stay_words(words: str) -> None:
    quoted = Quoted("x", {words: {words: 1.5, "text": words}})
    page = Page(f"<p>{quoted.number(words, words, places=1)}{quoted.text(words, 'text')}</p>")
    assert [element.tag for element in page.elements] == ["p", "span", "span"]
    assert set(page.elements[1].attributes) == {"class", "data-source", "data-value"}
    assert json.loads(page.elements[1].attributes["data-value"]) == 1.5
    assert page.elements[1].whole_text() == "1.5"
