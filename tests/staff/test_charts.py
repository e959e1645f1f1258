"""Charts: round numbers, places inside the picture, and the figures they were given."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.staff.charts import HEIGHT, WIDTH, bars, columns, curves, round_steps, spread

MINOR = st.integers(-(10**13), 10**13)


@pytest.mark.parametrize(
    ("lowest", "highest", "steps"),
    [
        (0, 0, (0, 1)),
        (0, 1, (0, 1)),
        (0, 40100, (0, 10000, 20000, 30000, 40000, 50000)),
        (3, 9, (0, 2, 4, 6, 8, 10)),
        (-250, 900, (-500, 0, 500, 1000)),
        (-90, -10, (-100, -80, -60, -40, -20, 0)),
    ],
)
def test_an_axis_has_round_numbers_and_zero(lowest: int, highest: int, steps: tuple[int, ...]) -> None:
    assert round_steps(lowest, highest) == steps


@given(lowest=MINOR, highest=MINOR)
def test_an_axis_holds_all_values_in_few_even_steps(lowest: int, highest: int) -> None:
    lowest, highest = sorted((lowest, highest))

    steps = round_steps(lowest, highest)

    assert steps[0] <= lowest
    assert steps[-1] >= highest
    assert 0 in steps
    assert 2 <= len(steps) <= 8
    assert len({after - before for before, after in pairwise(steps)}) == 1


@given(values=st.lists(st.tuples(MINOR, MINOR), min_size=1, max_size=400))
def test_a_curve_stays_inside_its_picture(values: list[tuple[int, int]]) -> None:
    now, before = zip(*values, strict=True)

    chart = curves(now, before, names=["name"] * len(now), said=str, summary="Figures")

    for line in (chart.curve, chart.curve_before, chart.area):
        for point in line.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


def test_a_column_is_as_high_as_its_value_says() -> None:
    chart = columns([0, 5, 10], names=["Mon", "Tue", "Wed"], said=str, summary="Orders")

    heights = [float(column.height) for column in chart.columns]

    assert heights[0] == 0
    assert heights[2] == pytest.approx(2 * heights[1], abs=0.2)
    assert [column.hint for column in chart.columns] == ["Mon: 0", "Tue: 5", "Wed: 10"]


def test_bars_are_as_long_as_their_values_say() -> None:
    chart = bars([("Kettle", 1000, "€10.00"), ("Cup", 250, "€2.50")], summary="Best sellers")

    long, short = (float(bar.width) for bar in chart.bars)

    assert long == pytest.approx(4 * short, abs=0.5)
    assert [value.words for value in chart.values] == ["€10.00", "€2.50"]


@pytest.mark.parametrize(("count", "printed"), [(1, 1), (6, 6), (7, 4), (30, 6), (400, 6)])
def test_only_as_many_names_are_printed_as_fit(count: int, printed: int) -> None:
    assert len(spread(count)) == printed
