"""A flat two-plate press: shapes in a few pigments, and an ink line a few units out of register.

Knows how a print is put together; refuses to know what is on it.
"""

import math
import re
from typing import Self

INK = "#22305f"
CREAM, WHITE, STRAW, CLAY, BARK = "#f7efd9", "#fffaf0", "#e2ae45", "#c96f4f", "#8a5a3c"
MOSS, LEAF, BLUE, SKY, SLATE, ROSE = "#6d7f45", "#96a463", "#2f4fb4", "#8fa9dc", "#8e9aa8", "#e39a92"

# Each ground with the table that stands on it and the pale sun behind.
GROUNDS = {
    "straw": ("#ecdcb0", "#dcc588", "#f5e9c8"),
    "blush": ("#ecccb8", "#dfb49c", "#f3dccc"),
    "mist": ("#cbd8e0", "#b4c4cf", "#dbe5ea"),
    "moss": ("#cfd6b6", "#b9c39a", "#dfe5c8"),
    "stone": ("#e2dbc8", "#d3c8ab", "#efe9da"),
}
TALL = (800, 1000)
FRONT = (1500, 1350)
ROUND = 'stroke-linecap="round" stroke-linejoin="round"'


class Print:
    """One motif: shapes of the colour plate, each followed by its line of the key plate."""

    def __init__(self) -> None:
        self.marks: list[str] = []

    def fill(self, d: str, colour: str, opacity: float = 1) -> Self:
        """Print the path `d` in a pigment."""
        thin = f' fill-opacity="{opacity}"' if opacity < 1 else ""
        self.marks.append(f'<path d="{d}" fill="{colour}"{thin}/>')
        return self

    def line(self, d: str, width: float = 4, ink: str = INK) -> Self:
        """Draw the path `d` on the key plate, out of register by (5, −4)."""
        self.marks.append(
            f'<path transform="translate(5 -4)" fill="none" stroke="{ink}" stroke-width="{width}" d="{d}"/>'
        )
        return self

    def both(self, d: str, colour: str, width: float = 4) -> Self:
        """Print the path and its outline."""
        return self.fill(d, colour).line(d, width)

    def at(self, x: float, y: float, scale: float = 1.0, turn: float = 0) -> str:
        """The motif as SVG, its origin at (x, y), turned by degrees."""
        place = f"translate({x} {y}) rotate({turn}) scale({scale})"
        return f'<g transform="{place}" {ROUND}>{"".join(self.marks)}</g>'


def ellipse(cx: float, cy: float, rx: float, ry: float) -> str:
    """The path of an ellipse."""
    half = f"a{rx:.0f} {ry:.0f} 0 1 0"
    return f"M{cx - rx:.0f} {cy:.0f}{half} {2 * rx:.0f} 0{half} {-2 * rx:.0f} 0Z"


def box(x: float, y: float, w: float, h: float, r: float = 0) -> str:
    """The path of a rectangle with its corner at (x, y), the corners rounded by r."""
    right, left = f"h{w - 2 * r}q{r} 0 {r} {r}", f"h{-(w - 2 * r)}q{-r} 0 {-r} {-r}"
    return f"M{x + r} {y}{right}v{h - 2 * r}q0 {r} {-r} {r}{left}v{-(h - 2 * r)}q0 {-r} {r} {-r}Z"


def moved(d: str, x: float, y: float, turn: float, scale: float) -> str:
    """The path `d`, written in absolute pairs, scaled, turned by degrees and put down at (x, y)."""
    cos, sin = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale

    def pair(found: re.Match[str]) -> str:
        u, v = float(found[1]), float(found[2])
        return f"{x + u * cos - v * sin:.0f} {y + u * sin + v * cos:.0f}"

    return re.sub(r"(-?\d+) (-?\d+)", pair, d)


def picture(
    ground: str,
    *motifs: str,
    size: tuple[int, int] = TALL,
    table: tuple[str, int] | None = None,
    sun: tuple[int, int, int] | None = None,
    close: float = 1.0,
) -> str:
    """One picture as SVG text.

    `table` is the colour and top edge of what things stand on ("" takes the ground's own), `sun` the pale
    disc behind them (x, y, radius), `close` how near the viewer stands.
    """
    w, h = size
    paper, wood, light = GROUNDS[ground]
    parts = [f'<rect width="{w}" height="{h}" fill="{paper}"/>']
    if sun:
        parts.append(f'<circle cx="{sun[0]}" cy="{sun[1]}" r="{sun[2]}" fill="{light}"/>')
    if table:
        parts.append(f'<rect y="{table[1]}" width="{w}" height="{h - table[1]}" fill="{table[0] or wood}"/>')
    body = "".join((*parts, *motifs))
    if close != 1:
        to, back = f"translate({w / 2:g} {h * 0.56:g})", f"translate({-w / 2:g} {-h * 0.56:g})"
        body = f'<g transform="{to} scale({close}) {back}">{body}</g>'
    sheet = f'viewBox="0 0 {w} {h}" width="{w}" height="{h}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {sheet}>{body}</svg>\n'
