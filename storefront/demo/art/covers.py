"""The covers of the demo shop's journal, drawn twice as wide as the goods: one for each post.

Knows compositions; refuses to know files. What matters stands in the middle: lists and posts cut them differently.
"""

from storefront.demo.art.brewing import cup, kettle, knife, mister, server, teapot, tray
from storefront.demo.art.growing import dowels, kit, lions_mane, log, oyster, shiitake, sprig
from storefront.demo.art.keeping import jar, pouch, tin
from storefront.demo.art.press import BLUE, CLAY, INK, LEAF, MOSS, ROSE, SKY, STRAW, Print, ellipse, picture

WIDE = (1200, 800)


def covers() -> dict[str, str]:
    """Every cover by name, as SVG text; the same text each time."""
    return _growing() | _brewing() | _cooking()


def _growing() -> dict[str, str]:
    crop = (
        kit(BLUE).at(560, 490, 0.95),
        oyster().at(570, 350, 0.76),
        sprig(pairs=2).at(960, 650, 0.9, 16),
    )
    fog = (mister().at(330, 470, 1.15), lions_mane(0.7, 5).at(800, 420, 1.5))
    caps = (
        shiitake(4).at(380, 375, 1, -8),
        shiitake(2).at(740, 330, 1.25, 6),
        shiitake(7).at(560, 430, 0.75),
    )
    winter = (kit(SKY).at(270, 520, 0.66), kit(MOSS).at(595, 520, 0.66), kit(STRAW).at(920, 520, 0.66))
    fruits = (lions_mane(0.6, 8).at(277, 460, 0.7), oyster(STRAW, "#f2d68f").at(927, 425, 0.5))
    return {
        "cover-crop": picture("blush", *crop, size=WIDE, table=("", 640), sun=(620, 330, 260)),
        "cover-mist": picture("mist", *fog, size=WIDE, table=("", 660), sun=(800, 420, 270)),
        "cover-mane": picture(
            "moss",
            lions_mane(1, 3).at(480, 360, 1.5),
            lions_mane(0.6, 9).at(880, 430, 1.2),
            size=WIDE,
            table=("", 660),
            sun=(520, 370, 320),
        ),
        "cover-log": picture(
            "moss", *caps, log().at(590, 590, 1.45), size=WIDE, table=("", 650), sun=(820, 300, 230)
        ),
        "cover-winter": picture("stone", *winter, *fruits, size=WIDE, table=("", 650), sun=(640, 320, 250)),
    }


def _brewing() -> dict[str, str]:
    cool = (tin(LEAF).at(320, 460, 0.85), cup(tea=LEAF, steam=False).at(660, 540, 1.2))
    water = (server().at(420, 440, 1.1), cup(SKY, BLUE, steam=False).at(820, 540, 1.15))
    pots = (teapot().at(350, 480, 0.85), teapot(CLAY, ROSE).at(720, 520, 0.62))
    street = (kettle().at(380, 450, 1.05), cup(tea=CLAY).at(900, 560, 1.15))
    return {
        "cover-cool": picture(
            "mist",
            *cool,
            sprig(pairs=2).at(980, 640, 0.9, 16),
            size=WIDE,
            table=("", 620),
            sun=(640, 340, 230),
        ),
        "cover-water": picture("stone", *water, size=WIDE, table=("", 640), sun=(430, 380, 270)),
        "cover-pots": picture(
            "blush", *pots, cup().at(990, 560, 0.8), size=WIDE, table=("", 640), sun=(400, 380, 260)
        ),
        "cover-stems": picture(
            "straw", *street, pouch(CLAY).at(650, 500, 0.62), size=WIDE, table=("", 640), sun=(860, 330, 220)
        ),
    }


def _cooking() -> dict[str, str]:
    hung = (shiitake(3).at(270, 300, 0.66, -8), shiitake(5).at(500, 330, 0.74, 6), jar().at(840, 450, 0.95))
    string = Print().line("M-40 150Q600 320 1240 110", 6).at(0, 0)
    bowl = (tray().at(600, 640, 1.15), cup(INK, BLUE).at(430, 500, 1.25), dowels().at(860, 540, 0.5))
    pan = (
        Print()
        .fill(ellipse(520, 470, 360, 250), "#38405f")
        .fill(ellipse(520, 455, 310, 205), "#4d577c")
        .fill("M850 430H1200V492H850Z", "#38405f")
        .at(0, 0)
    )
    fried = (
        oyster().at(420, 420, 0.42, -14),
        oyster(ROSE, "#f3c3ba").at(640, 460, 0.4, 24),
        sprig(pairs=1).at(560, 560, 0.6, 70),
    )
    return {
        "cover-dry": picture("straw", string, *hung, size=WIDE, table=("", 660), sun=(420, 330, 250)),
        "cover-broth": picture("moss", *bowl, size=WIDE, table=("", 620), sun=(500, 360, 270)),
        "cover-pan": picture("blush", pan, *fried, knife().at(1010, 640, 0.7, 60), size=WIDE),
    }
