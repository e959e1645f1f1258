"""What is written into a cell is read from it again: guards, lists, entities, line breaks, numbers by text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.transfer.cells import one_line
from storefront.transfer.entities import html_of, long_cell, long_text, plain, text_of, with_entities
from storefront.transfer.guard import guarded, unguarded
from storefront.transfer.lists import escaped, item_of, items_of, one_cell
from storefront.transfer.numbers import Numbers
from storefront.transfer.weights import grams

TEXTS = st.text("'=+-@\t\r\n＝ab,\\&;<>#amplt \u00a0é", max_size=12)
LINES = TEXTS.map(one_line)


@given(TEXTS)
def test_a_guarded_cell_runs_nowhere_and_gives_its_text_back(text: str) -> None:
    cell = guarded(text)

    assert cell[:1] not in set("=+-@\t\r\n＝＋－＠") or not cell
    assert unguarded(cell) == text


@pytest.mark.parametrize("text", ["'tis", "'", "plain", "", "1-2", "a=b"])
def test_what_runs_nowhere_is_left_alone(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@given(st.lists(LINES.filter(bool), max_size=4))
def test_a_list_in_a_cell_gives_its_items_back(items: list[str]) -> None:
    assert items_of(one_cell(items)) == items
    assert [item_of(escaped(item)) for item in items] == items


@given(LINES)
def test_a_name_with_entities_gives_its_text_back(name: str) -> None:
    assert plain(with_entities(name)) == name
    assert ">" not in with_entities(name)


@given(LINES)
def test_a_text_as_html_gives_its_text_back(text: str) -> None:
    assert text_of(html_of(text)) == text


@given(st.text("\\nab", max_size=10))
def test_backslashes_in_a_description_are_given_back(text: str) -> None:
    assert long_text(f"<p>{long_cell(text)}") == f"<p>{text}"


@given(st.text(max_size=20))
def test_one_line_again_is_the_same_line(text: str) -> None:
    line = one_line(text)

    assert one_line(line) == line
    assert "\n" not in line


@given(st.dictionaries(st.text(max_size=3), st.integers(-(2**63), 2**63 - 1), max_size=50))
def test_numbers_are_found_by_their_texts(said: dict[str, int]) -> None:
    numbers = Numbers()

    for text, number in said.items():
        numbers[text] = 0
        numbers[text] = number

    assert {text: numbers.get(text, 1) for text in said} == said
    assert sorted(numbers.values()) == sorted(said.values())
    assert numbers.get("absent", 7) == 7


def test_numbers_grow_beyond_their_first_size() -> None:
    numbers = Numbers()

    first = [numbers.setdefault(f"text {number}", number) for number in range(5_000)]
    second = [numbers.setdefault(f"text {number}", -1) for number in range(5_000)]

    assert first == second == list(range(5_000))


@pytest.mark.parametrize(
    ("text", "unit", "whole"),
    [
        ("0.0004", "kg", 0),
        ("2147483647", "g", 2**31 - 1),
        ("2147483648", "g", None),
        ("2147484", "kg", None),
        ("1", "stone", None),
        ("", "g", None),
        ("1e3", "g", 1000),
        ("1e999999999", "kg", None),
    ],
)
def test_a_weight_is_whole_grams_or_nothing(text: str, unit: str, whole: int | None) -> None:
    assert grams(text, unit) == whole
