"""Figures as pictures: where every line, column and label of a chart stands, ready to be printed as SVG.

Knows coordinates and round numbers; refuses to know what is counted. Colours are the style sheet's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

# As wide as half a page and as a phone scrolls: letters are never printed smaller than they are set.
WIDTH, HEIGHT = 580, 260
_TOP, _BOTTOM, _END = 24, 34, 20
_LETTER = 7.4  # how wide a digit of 13 px is, at most
_MOST_NAMES = 6
_MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a place; `anchor` is SVG's text-anchor."""

    x: str
    y: str
    words: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Level:
    """A line across at a round number; the one of zero is the axis."""

    y: str
    label: Text
    is_zero: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A column or bar; `hint` is what a pointer is told that rests on it."""

    x: str
    y: str
    width: str
    height: str
    hint: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with two axes: a curve over an area with an earlier curve behind it, or columns."""

    width: int
    height: int
    left: str
    right: str
    summary: str
    levels: tuple[Level, ...]
    names: tuple[Text, ...]
    curve: str = ""
    curve_before: str = ""
    area: str = ""
    dots: tuple[Text, ...] = ()
    columns: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars one below the other, each beneath its name."""

    width: int
    height: int
    summary: str
    names: tuple[Text, ...]
    bars: tuple[Box, ...]
    values: tuple[Text, ...]


def round_steps(lowest: int, highest: int) -> tuple[int, ...]:
    """Evenly spaced whole numbers, 1, 2 or 5 times a power of ten apart, from at most `lowest` to at least
    `highest`, zero among them; at least two."""
    lowest, highest = min(lowest, 0), max(highest, 0)
    span = max(highest - lowest, 1)
    step = next(step for step in _round_numbers() if span <= step * _MOST_TICKS)
    first, last = lowest // step, -(-highest // step)
    return tuple(step * number for number in range(first, max(last, first + 1) + 1))


def _round_numbers() -> list[int]:
    return [factor * 10**power for power in range(19) for factor in (1, 2, 5)]


@dataclass(frozen=True, slots=True)
class _Plane:
    """From values to coordinates."""

    steps: tuple[int, ...]
    left: float
    count: int

    def y(self, value: int) -> float:
        lowest, highest = self.steps[0], self.steps[-1]
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * (value - lowest) / (highest - lowest)

    def x(self, number: float) -> float:
        """The middle of a part, of which all are equally wide."""
        return self.left + (WIDTH - _END - self.left) * (number + 0.5) / self.count

    @property
    def part(self) -> float:
        return (WIDTH - _END - self.left) / self.count


def curves(
    now: Sequence[int],
    before: Sequence[int],
    *,
    names: Sequence[str],
    said: Callable[[int], str],
    summary: str,
) -> Chart:
    """A curve of `now` over a paler one of `before`, which has as many values or none; `said` writes a value."""
    plane = _plane([*now, *before], len(now), said)
    points = [(plane.x(number), plane.y(value)) for number, value in enumerate(now)]
    earlier = [(plane.x(number), plane.y(value)) for number, value in enumerate(before)]
    floor = plane.y(0)
    return Chart(
        **_frame(plane, names, said, summary),
        curve=_points(points),
        curve_before=_points(earlier),
        area=_points([(points[0][0], floor), *points, (points[-1][0], floor)]),
        dots=_peak(points, now, said),
    )


def columns(
    values: Sequence[int], *, names: Sequence[str], said: Callable[[int], str], summary: str
) -> Chart:
    """A column for each value, none of them below zero; what rests on one is told its name and value."""
    plane = _plane(values, len(values), said)
    wide = max(plane.part * 0.7, 1.0)
    boxes = (
        Box(
            x=_short(plane.x(number) - wide / 2),
            y=_short(plane.y(value)),
            width=_short(wide),
            height=_short(plane.y(0) - plane.y(value)),
            hint=f"{names[number]}: {said(value)}",
        )
        for number, value in enumerate(values)
    )
    return Chart(**_frame(plane, names, said, summary), columns=tuple(boxes))


def bars(rows: Sequence[tuple[str, int, str]], *, summary: str) -> Bars:
    """A bar for each (name, value, value in words); the longest leaves room for its words."""
    width, row = 480, 46
    longest = max((value for _name, value, _words in rows), default=0) or 1
    room = width - max((len(words) for _name, _value, words in rows), default=0) * 9 - 16
    lengths = [max(room * value / longest, 0.0) for _name, value, _words in rows]
    places = [(number * row, length) for number, length in enumerate(lengths)]
    return Bars(
        width=width,
        height=max(len(rows) * row, row),
        summary=summary,
        names=tuple(
            Text("0", str(y + 14), name, "start")
            for (y, _length), (name, _value, _words) in zip(places, rows, strict=True)
        ),
        bars=tuple(
            Box("0", str(y + 21), _short(length), "12", f"{name}: {words}")
            for (y, length), (name, _value, words) in zip(places, rows, strict=True)
        ),
        values=tuple(
            Text(_short(length + 8), str(y + 32), words, "start")
            for (y, length), (_name, _value, words) in zip(places, rows, strict=True)
        ),
    )


def _plane(values: Sequence[int], count: int, said: Callable[[int], str]) -> _Plane:
    steps = round_steps(min(values), max(values))
    widest = max(len(said(step)) for step in steps)
    return _Plane(steps, left=widest * _LETTER + 12, count=count)


def _frame(plane: _Plane, names: Sequence[str], said: Callable[[int], str], summary: str) -> dict[str, Any]:
    left = _short(plane.left - 8)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": _short(plane.left),
        "right": _short(WIDTH - _END),
        "summary": summary,
        "levels": tuple(
            Level(
                y=_short(plane.y(step)),
                label=Text(left, _short(plane.y(step) + 4), said(step), "end"),
                is_zero=step == 0,
            )
            for step in plane.steps
        ),
        "names": tuple(
            Text(_short(_within(x, names[number])), str(HEIGHT - 10), names[number])
            for number in spread(len(names))
            for x in (plane.x(number),)
        ),
    }


def spread(count: int) -> range:
    """Which of so many names are printed: evenly spaced, and no more than fit."""
    return range(0, count, -(-count // _MOST_NAMES) or 1)


def _peak(
    points: Sequence[tuple[float, float]], values: Sequence[int], said: Callable[[int], str]
) -> tuple[Text, ...]:
    highest = max(values)
    if highest <= 0:
        return ()
    x, y = points[list(values).index(highest)]
    words = said(highest)
    return (Text(_short(x), _short(y - 9), words, _anchor(x, words)),)


def _within(x: float, words: str) -> float:
    """The middle of words that stand at `x`, moved no farther inwards than an edge asks: they keep off the next."""
    half = len(words) * _LETTER / 2
    return max(min(x, WIDTH - half), half)


def _anchor(x: float, words: str) -> str:
    """How words stand at `x`: in its middle, but at an edge they lean inwards."""
    half = len(words) * _LETTER / 2
    return "start" if x - half < 0 else "end" if x + half > WIDTH else "middle"


def _points(points: Sequence[tuple[float, float]]) -> str:
    if len(points) == 1:
        # One day is a short line, which a dot would not show.
        ((x, y),) = points
        points = [(x - 12, y), (x + 12, y)]
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in points)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
