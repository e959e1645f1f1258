"""What is used: pots, cups, kettles and tools.

Knows shapes and pigments; refuses to know which picture they end up in.
"""

from storefront.demo.art.press import BARK, BLUE, CREAM, INK, SKY, SLATE, STRAW, WHITE, Print, box, ellipse


def teapot(body: str = BLUE, light: str = SKY) -> Print:
    """A round pot, its spout to the right."""
    p = Print()
    p.both("M-190 -60Q-330 -120 -320 20Q-310 110 -170 110L-160 78Q-268 78 -274 6Q-276 -66 -184 -26Z", body)
    p.both("M170 60Q250 40 270 -60Q280 -110 330 -124L344 -100Q310 -70 300 -10Q280 110 160 140Z", body)
    p.both(
        "M-200 40C-210 -100 -100 -140 0 -140S210 -100 200 40C196 150 110 180 0 180S-196 150 -200 40Z", body
    )
    p.fill("M-168 30C-170 -70 -90 -108 -40 -112C-110 -60 -128 10 -112 96C-150 84 -166 70 -168 30Z", light)
    p.both("M-96 -136Q-80 -186 0 -188Q80 -186 96 -136Q0 -116 -96 -136Z", body)
    p.both(ellipse(0, -206, 24, 20), CREAM)
    p.line("M-192 66Q0 126 192 66", 3).line("M-120 184Q0 204 120 184", 5)
    return p


def cup(body: str = WHITE, tea: str = STRAW, steam: bool = True) -> Print:
    """A small bowl of a cup, full of tea."""
    p = Print()
    p.both("M-120 -60Q-116 80 -40 96H40Q116 80 120 -60Z", body)
    p.both(ellipse(0, -60, 120, 26), body)
    p.fill(ellipse(0, -56, 104, 18), tea)
    p.fill("M-96 -20Q-80 60 -34 84L-6 88Q-60 50 -66 -14Z", "#e9e1cb")
    p.both("M-44 96h88l8 18h-104Z", body)
    p.line("M-92 10Q0 42 94 8", 3)
    if steam:
        p.line("M-30 -104c-26 -34 26 -56 0 -96M26 -112c-26 -34 26 -56 0 -96", 5)
    return p


def kettle(body: str = "#e8e2d2", shade: str = "#cfc6b0") -> Print:
    """A kettle with a long thin spout."""
    p = Print()
    p.both("M110 120C250 130 210 -120 330 -150L346 -126C270 -90 290 180 120 170Z", body)
    p.both("M-170 180L-120 -90Q0 -120 120 -90L170 180Q0 204 -170 180Z", body)
    p.fill("M-170 180L-120 -90Q-90 -98 -64 -102L-92 192Q-140 188 -170 180Z", shade)
    p.both("M-100 -98Q-90 -130 0 -132Q90 -130 100 -98Q0 -82 -100 -98Z", shade)
    p.both(ellipse(0, -148, 20, 18), BARK)
    p.both("M-122 -76C-260 -110 -290 40 -236 96L-210 84C-244 30 -226 -70 -130 -44Z", BARK)
    return p


def whisk() -> Print:
    """A bamboo whisk, standing."""
    p = Print()
    p.both("M-26 -230H26L34 -40H-34Z", STRAW)
    p.fill("M-34 -40H34Q96 120 60 200H-60Q-96 120 -34 -40Z", "#ecd08a")
    p.line(
        "".join(f"M{k * 7} -40Q{k * 22} 110 {k * 13} 200" for k in range(-4, 5)) + "M-36 -40h72M-36 -26h74", 3
    )
    return p


def mister() -> Print:
    """A spray bottle with water in it."""
    p = Print()
    p.both("M-90 240Q-100 20 -40 -70V-120H40V-70Q100 20 90 240Q0 262 -90 240Z", SKY)
    p.fill("M-90 240Q-96 60 -54 -30Q-60 120 -50 250Q-76 246 -90 240Z", WHITE, 0.6)
    p.both("M-46 -190H110V-158H60V-120H-46Z", STRAW).line("M84 -158Q96 -110 70 -84", 5)
    p.line("M140 -190l40 -22M144 -172h46M140 -154l40 22", 4)
    return p


def server() -> Print:
    """A glass jug, two thirds full."""
    p = Print()
    p.both("M118 -90C250 -110 260 90 132 96L128 66C210 60 200 -70 122 -60Z", "#dfe6e2")
    p.both("M-120 -170L-150 -196L-96 -190Q0 -176 116 -190L140 170Q0 204 -140 170Z", "#dfe6e2")
    p.fill("M-126 -40Q0 -20 126 -40L138 168Q0 200 -138 168Z", STRAW)
    p.fill("M-110 -170L-126 160Q-110 172 -90 176L-76 -168Z", WHITE, 0.5)
    return p.line("M-124 -40Q0 -20 126 -40", 3)


def tray() -> Print:
    """A slatted tray, seen from a little above."""
    p = Print()
    p.both("M-340 40L-270 -60H270L340 40Z", "#b98a5c").both("M-340 40H340V96H-340Z", BARK)
    slats = "".join(f"M{-300 + 60 * k} 40L{-238 + 47.6 * k:.0f} -60" for k in range(1, 10))
    return p.line(slats, 3).line("M-300 70H-200M200 70H300", 3)


def strainer() -> Print:
    """A deep sieve with a wooden handle."""
    p = Print()
    p.both("M140 -66L360 -132L370 -100L150 -30Z", BARK)
    p.both("M-160 -40Q-150 130 0 136Q150 130 160 -40Z", SLATE).both(ellipse(0, -40, 160, 34), "#dfe6e2")
    p.line("".join(f"M{-120 + 40 * k} -6Q{-90 + 30 * k} 70 {-60 + 20 * k} 116" for k in range(7)), 2)
    return p.line("M-146 30Q0 66 146 30M-124 76Q0 104 124 76", 2)


def flask(body: str = BLUE) -> Print:
    """A tall flask with a screwed cap."""
    p = Print()
    p.both(box(-96, -190, 192, 430, 34), body).fill(box(-96, -150, 44, 360, 20), WHITE, 0.25)
    p.both(box(-70, -270, 140, 84, 10), "#dfe6e2").line(
        "M-70 -214H70M-40 -270V-214M0 -270V-214M40 -270V-214", 3
    )
    return p.both(box(-96, 40, 192, 70, 0), SKY).line("M-50 76H50", 5)


def knife() -> Print:
    """A folding knife with a brush at the end of its handle."""
    p = Print()
    p.both("M-34 -60V-290Q44 -240 40 -60Z", "#dfe6e2").line("M-10 -80V-230", 3)
    p.both("M-44 -60H50Q60 60 40 170H-36Q-58 60 -44 -60Z", BARK)
    p.both("M-36 170H40L52 250H-48Z", STRAW).line("M-24 180V246M0 180V246M24 180V246", 3)
    return p.fill(ellipse(2, -20, 12, 12), INK)
