"""What is kept: tins, pouches, jars and books.

Knows shapes and pigments; refuses to know which picture they end up in.
"""

from storefront.demo.art.press import (
    BARK,
    BLUE,
    CLAY,
    CREAM,
    INK,
    LEAF,
    MOSS,
    SKY,
    STRAW,
    Print,
    box,
    ellipse,
)


def tin(body: str = BLUE, label: str = CREAM) -> Print:
    """A round tin with a leaf on its label."""
    p = Print()
    p.both("M-130 -200V200Q0 236 130 200V-200Q0 -164 -130 -200Z", body)
    p.fill("M-130 -200V200Q-104 212 -84 214V-186Q-112 -192 -130 -200Z", "#ffffff", 0.22)
    p.both(ellipse(0, -200, 130, 32), body)
    p.both("M-120 -204V-246Q0 -216 120 -246V-204Q0 -172 -120 -204Z", "#d9c79c")
    p.both(ellipse(0, -246, 120, 28), "#e6d8b2")
    p.both("M-130 -90V110Q0 146 130 110V-90Q0 -54 -130 -90Z", label, 3)
    p.both("M0 70C-44 40 -40 -20 0 -52C40 -20 44 40 0 70Z", LEAF, 3)
    p.line("M0 62V-30M0 20l-16 -14M0 20l16 -14", 2.5)
    p.line("M-70 98Q0 114 70 98", 5)
    return p


def pouch(body: str = STRAW, label: str = CREAM, seal: str = BARK) -> Print:
    """A bag with a folded, sealed top."""
    p = Print()
    p.both("M-140 -210L140 -210L150 220Q0 240 -150 220Z", body)
    p.fill("M-140 -210H-96L-110 226Q-136 224 -150 220Z", "#ffffff", 0.25)
    p.both("M-146 -250H146V-204H-146Z", seal)
    p.both(box(-92, -110, 184, 220, 2), label, 3)
    p.both("M0 10C-54 -14 -44 -66 0 -86C44 -66 54 -14 0 10Z", CLAY, 3).line("M0 4V-64", 2.5)
    p.fill(box(-60, 40, 120, 10), INK).fill(box(-40, 62, 80, 8), INK)
    return p


def jar() -> Print:
    """A glass jar of dried caps."""
    p = Print()
    p.both(box(-130, -150, 260, 370, 36), "#dfe6e2").both(box(-112, -206, 224, 58, 6), BARK)
    for x, y, t in (
        (-60, 150, 8),
        (40, 160, -14),
        (-20, 90, 20),
        (64, 84, 4),
        (-70, 40, -10),
        (20, 26, 12),
        (70, 10, -20),
        (-40, -24, 6),
    ):
        p.both(f"M{x - 50} {y}q50 {-60 + t} 100 0q-30 12 -36 6l4 40h-34l4 -40q-18 6 -38 -6Z", CREAM, 3)
    p.both(box(-70, -110, 140, 60, 2), CREAM, 3).fill(box(-46, -92, 92, 9), INK).fill(
        box(-30, -74, 60, 7), INK
    )
    return p


def crock(body: str, lid: str = BARK, label: str = CREAM) -> Print:
    """A squat jar with a broad label."""
    p = Print()
    p.both(box(-130, -130, 260, 350, 44), body)
    p.fill("M-130 -86Q-130 -130 -86 -130H-70V220H-86Q-130 220 -130 176Z", "#ffffff", 0.25)
    p.both(box(-138, -190, 276, 64, 8), lid).line("M-138 -150H138", 3)
    p.both(box(-100, -50, 200, 170, 2), label, 3)
    p.fill(box(-70, -16, 140, 14), INK).fill(box(-70, 14, 90, 10), INK)
    return p.both(ellipse(0, 74, 26, 26), STRAW, 3)


def cake() -> Print:
    """A cake of pressed tea in its paper, leaning back."""
    p = Print()
    p.both(ellipse(0, 0, 230, 230), CREAM).fill(ellipse(-30, -20, 190, 190), "#fffaf0", 0.6)
    p.line(
        "M-212 -60Q-150 -40 -120 -70M-180 120Q-130 110 -110 140M60 214Q70 170 110 160M190 110Q150 90 160 50"
    )
    p.both(box(-86, -120, 172, 240, 2), CLAY, 3).fill(box(-56, -92, 112, 12), CREAM)
    p.both("M0 70C-44 40 -40 -20 0 -52C40 -20 44 40 0 70Z", LEAF, 3)
    return p.line("M0 62V-30M0 20l-16 -14M0 20l16 -14", 2.5)


def gift_card() -> Print:
    """A card lying askew, with a leaf on it, a line to write on and a ribbon around its corner."""
    p = Print()
    p.fill(box(-236, -136, 500, 300, 20), INK, 0.14)
    p.both(box(-250, -160, 500, 300, 20), CREAM)
    p.both("M40 60C-32 12 -26 -84 40 -136C106 -84 112 12 40 60Z", LEAF, 3)
    p.line("M40 50V-100M40 -10l-26 -22M40 -10l26 -22M40 -50l-20 -18M40 -50l20 -18", 2.5)
    p.line("M-20 100H200", 5)
    p.both("M-250 -44L-134 -160H-84L-250 6Z", BLUE, 3)
    p.both("M-176 -86C-250 -150 -262 -60 -176 -86Z", BLUE, 3).both(
        "M-176 -86C-150 -176 -80 -150 -176 -86Z", BLUE, 3
    )
    return p.both(ellipse(-176, -86, 17, 17), SKY, 3)


def binding(cover: str) -> Print:
    """A book without its emblem, seen from the front and a little from below."""
    p = Print()
    p.fill("M-170 -250L170 -250L170 250L-170 250Z", cover).fill(box(-170, -250, 34, 500), "#000000", 0.18)
    p.fill("M170 -244L186 -232V262H-150L-170 250H170Z", CREAM)
    p.line(box(-170, -250, 340, 500) + "M-136 -250V250M170 -244L186 -232V262H-150L-170 250", 4)
    p.fill(box(-96, -196, 220, 20), CREAM).fill(box(-96, -160, 150, 20), CREAM).fill(
        box(-96, 196, 110, 10), CREAM
    )
    return p


def mushroom_book(cover: str = CLAY) -> Print:
    """A book about mushrooms."""
    p = binding(cover)
    p.both("M-90 60Q-80 -60 16 -64Q112 -60 122 60Q16 88 -90 60Z", STRAW)
    return p.both("M-10 72Q-4 120 -18 160H54Q40 120 44 72Z", CREAM)


def leaf_book(cover: str = MOSS) -> Print:
    """A book about tea."""
    p = binding(cover).both("M16 150C-70 90 -60 -30 16 -90C92 -30 102 90 16 150Z", LEAF)
    return p.line("M16 140V-50M16 60l-30 -30M16 60l30 -30M16 0l-24 -26M16 0l24 -26", 3)


def ruled_book(cover: str = STRAW) -> Print:
    """A book to write in."""
    return binding(cover).line("M-90 -20h210M-90 30h210M-90 80h210M-90 130h120", 4)
