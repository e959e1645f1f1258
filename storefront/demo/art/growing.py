"""What grows: mushrooms, the kits and logs they grow from, and leaves.

Knows shapes and pigments; refuses to know which picture they end up in.
"""

import math
import random

from storefront.demo.art.press import BARK, CREAM, LEAF, MOSS, SLATE, STRAW, WHITE, Print, box, ellipse, moved

VEINS = "M0 -10L0 -150M0 -60L-22 -84M0 -60L22 -84M0 -100L-18 -122M0 -100L18 -122"


def lions_mane(size: float = 1.0, seed: int = 3) -> Print:
    """A globe of hanging spines, drawn row upon row from below; size 0.3 is a young one."""
    dice, p, radius = random.Random(seed), Print(), 170 * size
    rows, fine = max(5, int(10 * size)), size < 0.6
    p.fill(ellipse(0, -radius * 0.05, radius * 0.9, radius * 0.86), "#e6d5ad")
    for row in range(rows, -1, -1):
        y = -radius * 0.96 + row * (1.66 * radius / rows)
        half = math.sqrt(max(radius**2 - y**2, 0))
        n = max(3, round(half * 2 / (15 if fine else 19)))
        step, strokes = half * 2 / n, ""
        d = f"M{-half:.0f} {y:.0f}Q0 {y - radius * 0.16:.0f} {half:.0f} {y:.0f}"
        for k in range(n - 1, -1, -1):
            x, drop = -half + k * step, (44 + dice.random() * 34) * (0.4 + size * 0.6)
            lean, jog = (x + step / 2) * 0.1, dice.uniform(-4, 4)
            tip, waist = x + step / 2 + lean + jog, y + drop * 0.6
            d += f"Q{x + step * 0.9 + lean:.0f} {waist:.0f} {tip:.0f} {y + drop:.0f}"
            d += f"Q{x + step * 0.1 + lean:.0f} {waist:.0f} {x:.0f} {y:.0f}"
            if dice.random() < 0.42:
                strokes += (
                    f"M{x + step / 2:.0f} {y + drop * 0.1:.0f}"
                    f"q{lean * 0.5:.0f} {drop * 0.3:.0f} {lean + jog:.0f} {drop * 0.72:.0f}"
                )
        p.fill(d + "Z", (WHITE, "#f3e8cc", "#fbf3df")[row % 3])
        p.line(strokes, 2, "#8c7a55")
    return p


def oyster(colour: str = SLATE, light: str = "#c3cad0") -> Print:
    """A cluster of fans leaning out from one base."""
    p = Print()
    for x, y, w, lean in (
        (-120, -150, 130, -60),
        (110, -190, 150, 50),
        (-10, -260, 150, -6),
        (-170, -30, 120, -70),
        (150, -60, 130, 70),
        (0, -90, 160, 6),
    ):
        p.fill(
            f"M{x - w * 0.34:.0f} {y + 24}Q{x - lean * 0.5:.0f} {y + 90} -22 150L26 150"
            f"Q{x + w * 0.2 - lean * 0.3:.0f} {y + 100} {x + w * 0.34:.0f} {y + 24}Z",
            CREAM,
        )
        p.line(
            f"M{x - w * 0.2:.0f} {y + 46}Q{x - lean * 0.4:.0f} {y + 100} -8 140"
            f"M{x + w * 0.2:.0f} {y + 46}Q{x - lean * 0.2:.0f} {y + 100} 12 140",
            3,
        )
        cap = (
            f"M{x - w} {y + 18}Q{x - w * 0.9:.0f} {y - 70} {x} {y - 74}"
            f"Q{x + w * 0.9:.0f} {y - 70} {x + w} {y + 18}Q{x + w * 0.5:.0f} {y + 46} {x} {y + 40}"
            f"Q{x - w * 0.5:.0f} {y + 46} {x - w} {y + 18}Z"
        )
        p.both(cap, colour)
        p.fill(
            f"M{x - w * 0.8:.0f} {y - 8}Q{x - w * 0.6:.0f} {y - 58} {x} {y - 60}"
            f"Q{x - w * 0.3:.0f} {y - 30} {x - w * 0.8:.0f} {y - 8}Z",
            light,
        )
        p.line("".join(f"M{x + k * w * 0.22:.0f} {y + 22}l{-k * 5} 16" for k in range(-3, 4)), 3)
    return p


def shiitake(seed: int = 1, cap: str = BARK) -> Print:
    """A brown cap with pale flecks on a short stem."""
    dice, p = random.Random(seed), Print()
    p.both("M-38 0Q-30 90 -46 150Q0 172 46 150Q30 90 38 0Z", CREAM)
    p.both("M-170 10Q-160 -120 0 -128Q160 -120 170 10Q90 44 0 40Q-90 44 -170 10Z", cap)
    p.fill("M-150 -6Q-136 -96 -14 -108Q-80 -60 -150 -6Z", "#a9744f")
    for _ in range(16):
        a, r = dice.uniform(math.pi * 1.05, math.pi * 1.95), dice.uniform(0.35, 0.9)
        x, y = math.cos(a) * 150 * r, math.sin(a) * 116 * r + 6
        p.fill(f"M{x - 13:.0f} {y:.0f}l12 -7l14 5l-8 9l-14 1Z", CREAM)
    p.line("M-20 60Q-16 100 -24 140M14 64Q14 100 20 140", 3)
    return p


def sprig(leaf: str = MOSS, light: str = LEAF, pairs: int = 3) -> Print:
    """A stalk with leaves in pairs."""
    p = Print()
    p.line(f"M0 0Q14 {-60 * pairs} 0 {-110 * pairs - 40}", 5)
    blade: list[tuple[float, float, float, float]] = [(0, -110 * pairs - 20, -4, 1)]
    for k in range(pairs):
        blade += [(4, -60 - 110 * k, -58, 0.95 - k * 0.1), (6, -100 - 110 * k, 56, 0.95 - k * 0.1)]
    for place in blade:
        p.both(moved("M0 0C-62 -50 -50 -130 0 -178C50 -130 62 -50 0 0Z", *place), leaf)
        p.fill(moved("M0 0C50 -50 44 -130 0 -178Z", *place), light)
        p.line(moved(VEINS, *place), 2.5)
    return p


def kit(face: str = MOSS, band: str = CREAM) -> Print:
    """A growing kit: a block in a box, with a round cut-out where the mushrooms come."""
    p = Print()
    p.fill("M-190 -220L-150 -262H250L210 -220Z", "#d8c39a").fill("M210 -220L250 -262V206L210 250Z", "#b99d6d")
    p.both(box(-190, -220, 400, 470, 4), "#cdb183")
    p.line("M-190 -220L-150 -262H250L210 -220M250 -262V206L210 250")
    p.fill(box(-190, 60, 400, 150), face)
    p.fill(box(-160, 84, 150, 14), band).fill(box(-160, 112, 230, 8), band).fill(
        box(-160, 132, 190, 8), band
    ).fill(box(-160, 172, 70, 14), band)
    p.fill(ellipse(150, 134, 36, 36), STRAW)
    p.line("M-190 60h400M-190 210h400", 3)
    p.line("M132 146q18 -44 36 0M150 146v18", 4)
    p.both(ellipse(10, -84, 104, 104), "#6b4a35")
    return p


def log() -> Print:
    """A beech log, its cut end to the right."""
    p = Print()
    p.both("M-320 20Q-330 110 -280 150H250Q330 150 330 60Q330 -30 250 -40H-280Q-318 -30 -320 20Z", "#7a5a45")
    p.both(ellipse(256, 56, 70, 96), "#d9bb86").line(ellipse(256, 56, 44, 62) + ellipse(256, 56, 18, 28), 3)
    p.line("M-270 10h120M-90 40h160M-240 90h90M-60 110h190M20 -6h120", 3)
    return p


def dowels() -> Print:
    """Grooved beech pegs, tipped out in a heap."""
    p = Print()
    heap = ((-190, 120, 20), (-60, 140, -8), (90, 130, 14), (210, 120, -24), (-120, 60, -30), (20, 70, 6))
    for x, y, turn in (*heap, (140, 60, 40), (-50, 0, 24), (70, 0, -16), (10, -60, 50)):
        a = math.radians(turn)
        peg = f"M{x} {y}l{math.cos(a) * 110:.0f} {math.sin(a) * 110:.0f}"
        p.line(peg, 44).line(peg, 36, "#d9bb86").line(peg, 3, BARK)
    return p
