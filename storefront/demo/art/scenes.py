"""Every picture of the demo shop: which motif stands where, on which ground.

Knows compositions; refuses to know files.
"""

from collections.abc import Callable

from storefront.demo.art.brewing import (
    cup,
    flask,
    kettle,
    knife,
    mister,
    server,
    strainer,
    teapot,
    tray,
    whisk,
)
from storefront.demo.art.covers import covers
from storefront.demo.art.growing import dowels, kit, lions_mane, log, oyster, shiitake, sprig
from storefront.demo.art.keeping import (
    cake,
    crock,
    gift_card,
    jar,
    leaf_book,
    mushroom_book,
    pouch,
    ruled_book,
    tin,
)
from storefront.demo.art.portraits import portraits
from storefront.demo.art.press import (
    BARK,
    BLUE,
    CLAY,
    CREAM,
    FRONT,
    INK,
    LEAF,
    MOSS,
    ROSE,
    SKY,
    SLATE,
    STRAW,
    WHITE,
    Print,
    picture,
)

CENTRE = (400, 480, 310)


def _tin(ground: str, body: str) -> str:
    return picture(ground, tin(body).at(400, 560, 1.25), table=("", 800), sun=CENTRE, close=1.12)


def _pouch(ground: str, body: str, label: str = CREAM, seal: str = BARK) -> str:
    return picture(
        ground, pouch(body, label, seal).at(400, 560, 1.25), table=("", 800), sun=CENTRE, close=1.12
    )


def _crock(ground: str, body: str, lid: str) -> str:
    return picture(ground, crock(body, lid).at(400, 580, 1.3), table=("", 800), sun=CENTRE, close=1.15)


def _book(ground: str, book: Print) -> str:
    return picture(ground, book.at(395, 560, 1.22), table=("", 840), close=1.12)


def _oyster_kit(ground: str, face: str, colour: str, light: str) -> str:
    fruit = oyster(colour, light).at(395, 500, 0.88)
    box = kit(face).at(385, 640)
    return picture(ground, box, fruit, table=("", 820), sun=(400, 400, 320), close=1.18)


def _lions_mane_kit(ground: str, size: float, seed: int, y: int, scale: float = 1.0) -> str:
    fruit = lions_mane(size, seed).at(396, y, scale)
    return picture(ground, kit().at(385, 610), fruit, table=("", 800), sun=(400, 430, 330), close=1.28)


def _shiitake_log() -> str:
    caps = (
        shiitake(4).at(230, 545, 0.85, -8),
        shiitake(2).at(540, 500, 1.1, 6),
        shiitake(6).at(385, 590, 0.62),
    )
    wood = log().at(400, 720, 1.1)
    return picture("straw", *caps, wood, table=("", 790), sun=(420, 430, 300), close=1.05)


def _front() -> str:
    things = (
        sprig(pairs=3).at(1330, 1230, 1.5, 10),
        kit().at(560, 790, 1.5),
        lions_mane(1, 3).at(580, 580, 1.4),
        teapot().at(1060, 990, 1.08),
        cup(tea=CLAY).at(250, 1090, 1.1),
        shiitake(3).at(1390, 1110, 0.6, 4),
    )
    return picture("mist", *things, size=FRONT, table=("#d9b98b", 1040), sun=(930, 500, 420))


def _kits() -> dict[str, str]:
    pair = (
        kit(SKY).at(250, 700, 0.72),
        lions_mane(0.5, 8).at(258, 634, 0.8),
        kit(STRAW).at(560, 650, 0.72),
        lions_mane(0.72, 3).at(568, 560, 0.8),
    )
    cropped = (lions_mane(0.9, 4).at(400, 430, 1.3), sprig(pairs=2).at(180, 860, 0.9, 62))
    tools = (knife().at(330, 560, 1.15, -12), sprig(pairs=2).at(620, 800, 0.9, 16))
    return {
        "lions-mane-kit": _lions_mane_kit("mist", 0.82, 3, 470, 0.95),
        "lions-mane-kit-day-3": _lions_mane_kit("stone", 0.28, 5, 530),
        "lions-mane-kit-day-9": _lions_mane_kit("straw", 0.55, 8, 510),
        "lions-mane-kit-cut": picture("blush", *cropped, table=("", 640), close=1.12),
        "oyster-kit": _oyster_kit("blush", BLUE, SLATE, "#c3cad0"),
        "pink-oyster-kit": _oyster_kit("moss", CLAY, ROSE, "#f3c3ba"),
        "golden-oyster-kit": _oyster_kit("mist", MOSS, STRAW, "#f2d68f"),
        "shiitake-log": _shiitake_log(),
        "shiitake-dowels": picture("mist", dowels().at(360, 600, 1.15), table=("", 640), sun=CENTRE),
        "starter-pair": picture("straw", *pair, table=("", 780), close=1.1),
        "cropping-set": picture("stone", *tools, table=("", 700), close=1.1),
        "fine-mister": picture("blush", mister().at(380, 580, 1.3), table=("", 820), sun=CENTRE),
    }


def _teas() -> dict[str, str]:
    ground_tea = (tin(LEAF).at(300, 610, 0.95), whisk().at(590, 640, 0.95))
    three = (
        tin(BLUE).at(220, 640, 0.72),
        tin(CLAY).at(400, 600, 0.84),
        tin(STRAW).at(590, 640, 0.72),
    )
    oolong = (tin(MOSS).at(400, 560, 1.25), sprig().at(640, 880, 0.8, 24))
    return {
        "green-oolong": picture("moss", *oolong, table=("", 800), close=1.1),
        "roasted-stem-tea": _pouch("straw", CLAY),
        "smoke-tea": _tin("stone", INK),
        "steamed-green": _tin("mist", LEAF),
        "jasmine-pearls": _tin("blush", ROSE),
        "white-peony": _pouch("moss", WHITE, CREAM, LEAF),
        "tea-cake": picture("stone", cake().at(400, 540, 1.2), table=("", 760), close=1.08),
        "breakfast-black": _pouch("blush", BLUE),
        "buckwheat-tea": _pouch("mist", STRAW),
        "garden-mint": _pouch("stone", LEAF, CREAM, MOSS),
        "red-bush": _tin("straw", CLAY),
        "stone-ground": picture("moss", *ground_tea, table=("", 780), close=1.12),
        "tea-sampler": picture("mist", *three, table=("", 790), sun=CENTRE, close=1.12),
    }


def _ware() -> dict[str, str]:
    served = (tray().at(400, 700), cup(tea=CLAY, steam=False).at(270, 590), cup(BLUE, SKY).at(540, 590))
    return {
        "stoneware-pot": picture(
            "blush", teapot().at(390, 620, 1.02), table=("", 760), sun=(400, 520, 310), close=1.08
        ),
        "tasting-cup": picture("mist", cup().at(400, 620, 1.7), table=("", 740), close=1.15),
        "pouring-kettle": picture(
            "moss", kettle().at(390, 620, 1.05), table=("", 780), sun=(390, 540, 310), close=1.1
        ),
        "whisk": picture("stone", whisk().at(400, 600, 1.35), table=("", 840), close=1.15),
        "glass-server": picture("blush", server().at(380, 590, 1.35), table=("", 800), sun=CENTRE),
        "tea-tray": picture("straw", *served, table=("", 760), sun=CENTRE, close=1.08),
        "strainer": picture("mist", strainer().at(350, 600, 1.15), table=("", 720), sun=CENTRE),
        "travel-flask": picture("straw", flask().at(400, 560, 1.25), table=("", 840), sun=CENTRE),
    }


def _larder() -> dict[str, str]:
    return {
        "dried-shiitake": picture("blush", jar().at(400, 580, 1.3), table=("", 800), close=1.2),
        "mushroom-salt": _crock("mist", WHITE, CLAY),
        "broth-powder": _pouch("moss", BARK, CREAM, STRAW),
        "forest-honey": _crock("blush", STRAW, BARK),
        "pickled-oysters": _crock("straw", LEAF, BLUE),
    }


def _books() -> dict[str, str]:
    return {
        "book-shelf": _book("mist", mushroom_book(CLAY)),
        "book-leaf": _book("straw", leaf_book(MOSS)),
        "book-log": _book("moss", mushroom_book(BARK)),
        "book-water": _book("blush", leaf_book(BLUE)),
        "book-notes": _book("stone", ruled_book(SKY)),
    }


def _till() -> dict[str, str]:
    card = gift_card().at(400, 560, 1.15, -9)
    return {"gift-card": picture("moss", card, table=("", 640), sun=CENTRE, close=1.06)}


DEPARTMENTS: tuple[Callable[[], dict[str, str]], ...] = (
    *(_kits, _teas, _ware, _larder, _books, _till),
    *(covers, portraits),
)


def pictures() -> dict[str, str]:
    """Every picture by name, as SVG text; the same text each time."""
    shown = {"cover-shelf": _front()}
    for department in DEPARTMENTS:
        shown |= department()
    return shown
