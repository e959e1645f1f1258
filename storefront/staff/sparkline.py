"""Amounts over time as one stepped line.

Knows coordinates; refuses to know what is drawn. The same figures stand in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storefront import clock

WIDTH, HEIGHT, EDGE = 320, 64, 4


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line's corners, for the `points` of an SVG polyline in a box of `width` and `height`."""

    points: str
    width: int = WIDTH
    height: int = HEIGHT


def sparkline(amounts: Sequence[tuple[datetime, int]]) -> Sparkline | None:
    """The line from the first amount to now, each held until the next; None where it would be level."""
    if len({amount for _at, amount in amounts}) < 2:
        return None
    start, end = amounts[0][0], max(clock.now(), amounts[-1][0])
    least, most = min(amount for _at, amount in amounts), max(amount for _at, amount in amounts)
    seconds = max((end - start).total_seconds(), 1.0)
    corners: list[tuple[int, int]] = []
    for at, amount in amounts:
        x = EDGE + round((at - start).total_seconds() / seconds * (WIDTH - 2 * EDGE))
        y = HEIGHT - EDGE - round((amount - least) / (most - least) * (HEIGHT - 2 * EDGE))
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    corners.append((WIDTH - EDGE, corners[-1][1]))
    return Sparkline(" ".join(f"{x},{y}" for x, y in corners))
