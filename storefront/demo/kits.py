"""The growing kits, logs and tools of the demo shop.

Knows their words and prices; refuses to know how they are stored.
"""

from storefront.demo.shelf import Picture, Product, Variant, one, shown

LIONS_MANE = Product(
    slug="lions-mane-kit",
    title="Lion’s mane kit",
    subtitle="Beech block in a box, first crop in 12 days",
    description="""\
We fill the blocks on Mondays in an old dairy in Halle: beech sawdust from a sawmill up the valley,
wheat bran, water, and spawn that we keep going ourselves. Three weeks later the block is white all
through, and ready to leave.

Cut a cross in the bag behind the round window, stand the box out of the sun, and mist the opening
morning and evening. A tuft appears on the third or fourth day. When the spines are as long as a grain
of rice, twist the whole head off and cook it the same day, slowly, in butter.

### The four steps

1. Cut the bag behind the window.
2. Mist twice a day, at 16 to 22 °C.
3. Crop when the spines are 5 to 8 mm long.
4. Rest the block for ten days, soak it, begin again.

Contains wheat. Begin within three weeks, or six in the fridge.
""",
    pictures=(
        Picture("lions-mane-kit.webp", "A box with a round window; a white, shaggy mushroom fills it"),
        Picture("lions-mane-kit-day-3.webp", "Day 3: a first white tuft in the opening"),
        Picture("lions-mane-kit-day-9.webp", "Day 9: the mushroom is the size of a fist"),
        Picture("lions-mane-kit-cut.webp", "The cropped mushroom beside a sprig of bay"),
    ),
    options=("Size", "Wrapping"),
    variants=(
        Variant("CK-LM-015", 2400, 3, 1500, ("1.5 kg", "Plain box"), compare_at=2900),
        Variant("CK-LM-015-G", 2800, 3, 1600, ("1.5 kg", "Gift wrap"), compare_at=3300),
        Variant("CK-LM-030", 3800, 14, 3000, ("3 kg", "Plain box")),
        Variant("CK-LM-030-G", 4200, 9, 3100, ("3 kg", "Gift wrap")),
        Variant("CK-LM-050", 5400, 0, 5000, ("5 kg", "Plain box")),
        Variant("CK-LM-050-G", 5800, 0, 5100, ("5 kg", "Gift wrap")),
    ),
)

GREY_OYSTER = Product(
    slug="grey-oyster-kit",
    title="Grey oyster kit",
    subtitle="Two to three crops from one block",
    description="""\
The kit to begin with. Grey oysters forgive a draught, a forgotten evening and a window that faces the
wrong way, and they grow so fast that you can look twice a day and see the difference.

The first crop comes after eight days and fills a pan for three. Tear the caps by hand and fry them hot,
so that the edges brown before the juice runs.

Contains wheat. The larger block needs a shelf 30 cm deep.
""",
    pictures=shown("oyster-kit", "Grey fans of mushroom growing out of a box with a blue label"),
    options=("Size",),
    variants=(
        Variant("CK-GO-015", 1950, 22, 1500, ("1.5 kg",)),
        Variant("CK-GO-030", 2950, 11, 3000, ("3 kg",)),
    ),
)

PINK_OYSTER = Product(
    slug="pink-oyster-kit",
    title="Pink oyster kit",
    subtitle="Likes a warm kitchen",
    description="""\
A summer mushroom the colour of a boiled prawn. It wants 20 to 30 °C and sulks below that, so keep it
near the stove or wait for May. The colour fades in the pan; the bite stays, and so does a taste that
people call bacon.

Eat it within a day of cutting. It does not keep, which is why you never see it in a supermarket.

Contains wheat.
""",
    pictures=shown("pink-oyster-kit", "Pink fans of mushroom growing out of a box with a red label"),
    variants=one("CK-PO-015", 2100, 0, 1500),
)

GOLDEN_OYSTER = Product(
    slug="golden-oyster-kit",
    title="Golden oyster kit",
    subtitle="Small yellow caps in tight bunches",
    description="""\
Bunches of small caps, yellow as egg yolk, on stems thin enough to eat. They smell of fresh nuts and a
little of citrus, and hold their shape in soup.

It sheds more spores than the others. Crop before the edges turn up, and nobody will mind.

Contains wheat.
""",
    pictures=shown("golden-oyster-kit", "Yellow fans of mushroom growing out of a box with a green label"),
    variants=one("CK-YO-015", 2150, 17, 1500),
)

SHIITAKE_LOG = Product(
    slug="shiitake-log",
    title="Shiitake log",
    subtitle="Beech, for a shady corner outdoors",
    description="""\
A real log, felled in winter, drilled and plugged by us and left to itself for a year. Stand it under a
tree or on the north side of a shed, and soak it overnight when the weather has been dry.

It crops in spring and autumn, a handful at a time, for three to four years. Nothing has to be switched
on, and the bark looks better every season.
""",
    pictures=shown("shiitake-log", "Three brown mushrooms with pale flecks on a log"),
    options=("Length",),
    variants=(
        Variant("CK-SL-030", 3400, 8, 3800, ("30 cm",)),
        Variant("CK-SL-050", 4900, 5, 6500, ("50 cm",)),
    ),
)

DOWELS = Product(
    slug="shiitake-dowels",
    title="Shiitake dowels",
    subtitle="50 plugs for your own log",
    description="""\
Grooved beech plugs, grown through with shiitake. Drill holes of 8 mm a hand apart in a fresh log, tap
in the plugs, seal them with wax, and wait: a year if the summer is wet, a little longer if it is not.

Fifty are enough for one log of a metre. Keep them in the fridge and use them within three months.
""",
    pictures=shown("shiitake-dowels", "A heap of grooved wooden plugs"),
    variants=one("CK-SD-050", 1250, 60, 120),
)

STARTER_PAIR = Product(
    slug="starter-pair",
    title="Starter pair",
    subtitle="Two small blocks, a week apart",
    description="""\
One lion’s mane and one grey oyster, 1 kg each, the second a week younger than the first. So there is
something to look at every morning for a month, and never more than you can eat.

We chose the pair for people who share a kitchen, and for children, who take over the misting by day
two. Contains wheat.
""",
    pictures=shown("starter-pair", "Two small kits side by side, one a week ahead of the other"),
    variants=one("CK-SP-002", 4100, 12, 2100, compare_at=4800),
)

CROPPING_SET = Product(
    slug="cropping-set",
    title="Cropping set",
    subtitle="Curved knife with a brush, linen bag",
    description="""\
A short curved blade that gets under a cluster, a boar-hair brush at the other end of the handle for
what sticks to it, and a linen bag that lets mushrooms breathe on the way to the kitchen.

The knife is made in Solingen and can be sharpened. The handle is walnut, and will outlive several
knives.
""",
    pictures=shown("cropping-set", "A curved knife with a wooden handle that ends in a brush"),
    variants=one("CK-CS-001", 2800, 0, 210),
)

MISTER = Product(
    slug="fine-mister",
    title="Fine mister",
    subtitle="A cloud, not a splash",
    description="""\
Half a litre of water as a cloud that hangs for a second before it settles, which is what a young
mushroom wants. Cheap sprayers make drops; drops make brown spots.

The glass is recycled, the pump can be taken apart, and we sell its gasket for the price of a stamp.
""",
    pictures=shown("fine-mister", "A glass spray bottle with a yellow pump"),
    variants=one("CK-FM-050", 1600, 31, 420),
)

KITS = (
    LIONS_MANE,
    GREY_OYSTER,
    PINK_OYSTER,
    GOLDEN_OYSTER,
    SHIITAKE_LOG,
    DOWELS,
    STARTER_PAIR,
    CROPPING_SET,
    MISTER,
)
