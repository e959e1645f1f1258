"""The brewing ware of the demo shop.

Knows its words and prices; refuses to know how it is stored.
"""

from storefront.demo.shelf import Product, Variant, one, shown

POT = Product(
    slug="blue-stoneware-pot",
    title="Blue stoneware pot",
    subtitle="Thrown in Bürgel, pours without a drip",
    description="""\
Thrown by one pair of hands in Bürgel, where they have been making blue pots for longer than anybody has
drunk tea in Thuringia. The spout is cut late, when the clay is almost dry; that is why it does not drip.

The strainer is part of the body, so there is nothing to lose. Safe in the dishwasher, though it would
rather not.
""",
    pictures=shown("stoneware-pot", "A round blue teapot with a pale knob"),
    options=("Size",),
    variants=(
        Variant("CK-WP-040", 4200, 6, 620, ("400 ml",)),
        Variant("CK-WP-060", 4800, 9, 780, ("600 ml",)),
        Variant("CK-WP-090", 5600, 0, 1010, ("900 ml",)),
    ),
)

CUP = Product(
    slug="tasting-cup",
    title="Tasting cup",
    subtitle="120 ml, thin at the lip",
    description="""\
A cup that is mostly lip. It cools a strong tea to drinking heat in a minute, shows the colour against
the glaze, and stacks.

We use the white one to judge a tea and the blue one to drink it.
""",
    pictures=shown("tasting-cup", "A small white cup of tea, steaming"),
    options=("Glaze", "Set", "Saucer"),
    variants=(
        Variant("CK-WC-W1", 650, 3, 110, ("White", "One", "Without")),
        Variant("CK-WC-W1S", 950, 12, 210, ("White", "One", "With")),
        Variant("CK-WC-W4", 2400, 8, 440, ("White", "Four", "Without")),
        Variant("CK-WC-W4S", 3500, 5, 840, ("White", "Four", "With")),
        Variant("CK-WC-B1", 750, 18, 110, ("Blue", "One", "Without")),
        Variant("CK-WC-B1S", 1050, 0, 210, ("Blue", "One", "With")),
        Variant("CK-WC-B4", 2800, 6, 440, ("Blue", "Four", "Without")),
        Variant("CK-WC-B4S", 3900, 0, 840, ("Blue", "Four", "With")),
    ),
)

KETTLE = Product(
    slug="pouring-kettle",
    title="Pouring kettle",
    subtitle="For gas and induction",
    description="""\
A long spout that puts the water where you look. The base is flat for induction, the handle is beech and
stays cool, and the lid sits so tightly that you can pour the last drop without holding it.

Pour slowly, then stop: it stops too.
""",
    pictures=shown("pouring-kettle", "A pale kettle with a long thin spout and a wooden handle"),
    options=("Size",),
    variants=(
        Variant("CK-WK-080", 5200, 10, 690, ("0.8 l",), compare_at=5900),
        Variant("CK-WK-120", 6200, 7, 860, ("1.2 l",)),
    ),
)

WHISK = Product(
    slug="bamboo-whisk",
    title="Bamboo whisk",
    subtitle="Eighty tines from one piece",
    description="""\
Split from a single piece of bamboo, eighty tines, tied with black thread. Soak it in warm water for a
minute before use, never wash it with soap, and let it dry standing.

It wears out. A daily bowl takes about a year, and then it makes a good brush for the kettle’s spout.
""",
    pictures=shown("whisk", "A bamboo whisk, standing"),
    variants=one("CK-WW-080", 1800, 26, 40),
)

SERVER = Product(
    slug="glass-server",
    title="Glass server",
    subtitle="So that every cup is the same",
    description="""\
Pour the whole pot into the server, then from the server into the cups: the first guest does not get
water and the last one ink. Half a litre, heat-proof, with a lip that cuts the stream.
""",
    pictures=shown("glass-server", "A glass jug, two thirds full of golden tea"),
    variants=one("CK-WG-050", 2200, 14, 310),
)

TRAY = Product(
    slug="tea-tray",
    title="Slatted tea tray",
    subtitle="Walnut, with a drawer for the spills",
    description="""\
Rinse the pot, warm the cups, be generous: what misses runs between the slats into a drawer. Oiled
walnut, made by a joiner in Naumburg who also makes our shelves.

Room for a pot and four cups. Wipe it, do not soak it.
""",
    pictures=shown("tea-tray", "A slatted wooden tray with two cups"),
    variants=one("CK-WT-001", 7400, 4, 1900),
)

STRAINER = Product(
    slug="deep-strainer",
    title="Deep strainer",
    subtitle="Room for whole leaves to open",
    description="""\
Most strainers are thimbles, and a leaf that cannot open cannot give. This one hangs to the bottom of
the cup, in steel so fine that buckwheat stays behind.
""",
    pictures=shown("strainer", "A deep sieve with a wooden handle"),
    variants=one("CK-WS-001", 1350, 37, 90),
)

FLASK = Product(
    slug="travel-flask",
    title="Travel flask",
    subtitle="Hot for eight hours, quiet in a bag",
    description="""\
Double steel, a cap that is also a cup, and a sieve that can be screwed in above or below. Fill it
before the train and it will burn your tongue at the other end.
""",
    pictures=shown("travel-flask", "A tall blue flask with a screwed cap"),
    options=("Colour",),
    variants=(
        Variant("CK-WF-BLU", 3600, 13, 380, ("Blue",)),
        Variant("CK-WF-STL", 3400, 0, 380, ("Bare steel",)),
    ),
)

WARE = (POT, CUP, KETTLE, WHISK, SERVER, TRAY, STRAINER, FLASK)
