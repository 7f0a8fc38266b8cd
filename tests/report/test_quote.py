from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from page_reader import Page, look_up

from harness.report.quote import Quoted, column, written
from harness.report.render import compact

DOCUMENT = {
    "checks": [
        {
            "estimate": -36.125,
            "low": -40.0,
            "high": -30.5,
            "p": 3.2e-7,
            "margin": "0.01",
            "claimed": {"xlm-r": 30.1, "a b": 1.0},
            "df": None,
        }
    ]
}
QUOTED = Quoted("c06.atlas", DOCUMENT)
CHECK = QUOTED.inside("checks", 0)
JSON = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.text(), inner, min_size=1) | st.lists(inner, min_size=1)
)


def test_exact_a_number_says_what_the_elements_around_do_not() -> None:
    assert QUOTED.mark == " data-record=c06.atlas"
    assert CHECK.mark == " data-at=checks[0]"
    assert CHECK.number("estimate", places=1) == "<b data-s=estimate>\u221236.1</b>"
    assert QUOTED.number("checks", 0, "estimate", places=1) == "<b data-s=checks[0].estimate>\u221236.1</b>"
    assert CHECK.interval(places=1) == "<b data-i=.>\u221236.1 <i>[\u221240.0, \u221230.5]</i></b>"
    assert CHECK.elsewhere("checks", 0).mark == " data-from=checks[0]"


def test_exact_null_is_the_word_none_and_p_is_never_zero() -> None:
    assert CHECK.number("df") == '<span class="none">none</span>'
    assert CHECK.bare("df") == ""
    assert CHECK.chance("p") == "<b data-s=p>&lt;0.0001</b>"
    assert CHECK.bare_chance("p") == "<0.0001"


def test_exact_what_was_changed_on_the_way_is_said() -> None:
    assert CHECK.share("margin") == "<b data-s=margin data-scale=100>1%</b>"
    lowered = CHECK.lowered("claimed", "xlm-r", places=1, unit="%")
    assert lowered == "<b data-s=claimed.xlm-r data-sign=reduction>\u221230.1%</b>"
    assert CHECK.number("claimed", "a b") == '<b data-s="claimed[&#34;a b&#34;]">1</b>'


def paths(document: object, prefix: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(document, dict):
        return [path for key, value in document.items() for path in paths(value, (*prefix, key))]
    if isinstance(document, list):
        return [path for index, value in enumerate(document) for path in paths(value, (*prefix, index))]
    return [prefix]


@settings(derandomize=True, deadline=None, max_examples=80)
@given(JSON)
def test_property_every_written_path_leads_back(document: object) -> None:
    for path in paths(document):
        found = document
        for step in path:
            found = found[step]  # type: ignore[index]
        assert look_up(document, written(path)) == found


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.text(min_size=1), st.text(min_size=1))
def test_property_words_and_keys_stay_words_and_lead_back(first: str, second: str) -> None:
    document = {first: {second: 1.5, "text": first}}
    quoted = Quoted("x", document)
    own = quoted.inside(first)
    page = Page(f"<div{quoted.mark}><p{own.mark}>{own.number(second, places=1)}{own.text('text')}</p></div>")
    assert [element.tag for element in page.elements] == ["div", "p", "b", "span"]
    ((record, path),) = page.elements[2].sources()
    assert record == "x"
    assert look_up(document, path) == 1.5
    assert page.elements[2].whole_text() == "1.5"


def test_exact_a_cell_takes_its_place_from_the_head_of_its_column() -> None:
    page = Page(
        f"<table data-record=x><thead><tr><th>a</th><th{column('R@1')}>b</th></tr></thead>"
        "<tbody><tr data-at=rows[0]><th>one</th><td>0.5</td></tr></tbody></table>"
    )
    assert page.tagged("td")[0].sources() == [("x", "rows[0].R@1")]


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.lists(st.text(alphabet="ab<>/td\n &", max_size=8), min_size=1, max_size=4))
def test_property_a_compact_page_reads_the_same(words: list[str]) -> None:
    cells = "".join(f"<tr>\n<td>{Quoted('x', {'t': word}).text('t')}</td>\n</tr>\n" for word in words)
    told = "".join(f"<p>{Quoted('x', {'t': word}).text('t')}</p>\n" for word in words)
    page = f"<div>{told}<table>\n<tbody>{cells}</tbody>\n</table>{told}</div>{told}"
    before, after = Page(page), Page(compact(page))
    assert [one.tag for one in after.elements] == [one.tag for one in before.elements]
    for tag in ("td", "p"):
        assert [one.words() for one in after.tagged(tag)] == [one.words() for one in before.tagged(tag)]
