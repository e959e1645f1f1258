"""Those who write the demo shop's journal: nobody in particular, in the same few pigments as everything.

Knows compositions; refuses to know files. The middle of each is shown as a circle.
"""

from storefront.demo.art.press import (
    BARK,
    BLUE,
    CLAY,
    CREAM,
    INK,
    MOSS,
    ROSE,
    SKY,
    STRAW,
    Print,
    ellipse,
    picture,
)

SQUARE = (800, 800)
GREY = "#b9b4ad"
_FACE = "M-138 -80C-138 -190 -80 -226 0 -226C80 -226 138 -190 138 -80C138 60 80 142 0 142C-80 142 -138 60 -138 -80Z"


def portraits() -> dict[str, str]:
    """Every portrait by name, as SVG text; the same text each time."""
    return {
        "author-content": picture("straw", _luca(), size=SQUARE, sun=(400, 380, 310)),
        "author-catalogue": picture("mist", _ewa(), size=SQUARE, sun=(400, 380, 310)),
        "author-owner": picture("moss", _iris(), size=SQUARE, sun=(400, 380, 310)),
    }


def _luca() -> str:
    """A beard, curls, and an apron."""
    p = Print()
    p.both("M-290 420C-280 250 -190 190 0 186C190 190 280 250 290 420Z", BLUE)
    p.both("M-120 420L-104 214Q0 262 104 214L120 420Z", CREAM, 3)
    _neck(p, "#d9a273")
    for x, y, r in ((-120, -170, 66), (-70, -236, 70), (12, -262, 76), (92, -228, 68), (128, -160, 60)):
        p.both(ellipse(x, y, r, r), BARK)
    _head(p, "#e0ac7f")
    p.fill("M-128 -186Q-60 -250 40 -232Q110 -214 130 -170Q60 -196 -20 -190Q-90 -188 -128 -150Z", BARK)
    p.both(
        "M-132 -20C-126 110 -60 158 0 158C60 158 126 110 132 -20C100 30 56 34 0 34C-56 34 -100 30 -132 -20Z",
        BARK,
    )
    _features(p)
    return p.at(400, 430)


def _ewa() -> str:
    """A fringe, a scarf, and round glasses."""
    p = Print()
    p.both("M-178 250C-210 60 -210 -250 0 -270C210 -250 210 60 178 250Z", STRAW)
    p.both("M-290 420C-280 270 -190 210 0 206C190 210 280 270 290 420Z", CLAY)
    _neck(p, "#efc3a4")
    p.both("M-124 170Q0 252 124 170L140 236Q0 320 -140 236Z", SKY)
    _head(p, "#f3cdb0")
    p.both(
        "M-146 -60C-150 -190 -90 -248 0 -248C90 -248 150 -190 146 -60Q120 -140 60 -150Q-60 -150 -146 -60Z",
        STRAW,
    )
    _features(p)
    p.line(ellipse(-62, -46, 46, 44), 5).line(ellipse(62, -46, 46, 44), 5).line("M-16 -50Q0 -60 16 -50", 5)
    return p.at(400, 430)


def _iris() -> str:
    """Grey hair in a knot, and earrings."""
    p = Print()
    p.both(ellipse(6, -300, 76, 62), GREY)
    p.both("M-290 420C-280 260 -190 204 0 200C190 204 280 260 290 420Z", MOSS)
    p.both("M-86 206L0 330L86 206Q0 250 -86 206Z", CREAM, 3)
    _neck(p, "#b97f57")
    p.both("M-158 40C-190 -190 -100 -276 0 -276C100 -276 190 -190 158 40Z", GREY)
    _head(p, "#c68b62")
    p.fill(
        "M-140 -90C-136 -200 -70 -240 0 -240C70 -240 136 -200 140 -90Q96 -186 0 -190Q-96 -186 -140 -90Z",
        GREY,
    )
    p.line("M-136 -96Q-92 -186 0 -190Q92 -186 136 -96", 3)
    _features(p)
    p.both(ellipse(-142, 62, 15, 20), ROSE, 3).both(ellipse(142, 62, 15, 20), ROSE, 3)
    return p.at(400, 430)


def _neck(p: Print, skin: str) -> None:
    p.both("M-62 90H62V214Q0 262 -62 214Z", skin)


def _head(p: Print, skin: str) -> None:
    p.both(ellipse(-138, -20, 24, 38), skin).both(ellipse(138, -20, 24, 38), skin)
    p.both(
        "M-138 -80C-138 -190 -80 -226 0 -226C80 -226 138 -190 138 -80C138 60 80 142 0 142C-80 142 -138 60 -138 -80Z",
        skin,
    )


def _features(p: Print) -> None:
    """Eyes, nose and a mouth."""
    p.fill(ellipse(-58, -50, 11, 13), INK).fill(ellipse(66, -50, 11, 13), INK)
    p.line("M-92 -102Q-62 -122 -32 -104", 6).line("M28 -104Q58 -122 88 -102", 6)
    p.line("M0 -40Q-22 10 -4 22Q8 26 18 20", 4)
    p.line("M-44 70Q0 106 44 70", 6)
    p.fill(ellipse(-88, 26, 26, 17), CLAY, 0.28).fill(ellipse(92, 26, 26, 17), CLAY, 0.28)
