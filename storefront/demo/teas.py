"""The teas of the demo shop.

Knows their words and prices; refuses to know how they are stored.
"""

from storefront.demo.shelf import Product, Variant, one, shown

OOLONG = Product(
    slug="mountain-oolong",
    title="Mountain oolong",
    subtitle="Spring picking, rolled, lightly roasted",
    description="""\
Tight green pearls that open over five infusions into whole leaves, stem and all. The first cup is all
lilac and butter; the third is the one to wait for, when the roast comes up from underneath.

Six grams, 300 ml at 92 °C, two minutes. Add half a minute each time.
""",
    pictures=shown("green-oolong", "A green tin with a leaf on its label, a sprig beside it"),
    options=("Weight",),
    variants=(
        Variant("CK-TO-060", 1400, 38, 60, ("60 g",), contents="60 g"),
        Variant("CK-TO-150", 3100, 16, 150, ("150 g",), contents="150 g"),
    ),
)

STEM_TEA = Product(
    slug="roasted-stem-tea",
    title="Roasted stem tea",
    subtitle="Nutty and toasted, for the evening",
    description="""\
The stems and veins that are left when the fine leaf has been picked, roasted over charcoal until they
smell like a bakery. There is little caffeine in a stem, so this is what stands on our own table after
supper.

Hard to get wrong: a spoonful, water off the boil, two minutes or ten.
""",
    pictures=shown("roasted-stem-tea", "A red pouch with a brown seal"),
    options=("Weight",),
    variants=(
        Variant("CK-TS-080", 1150, 44, 80, ("80 g",), contents="80 g"),
        Variant("CK-TS-250", 2900, 20, 250, ("250 g",), contents="250 g"),
    ),
)

SMOKED = Product(
    slug="smoked-black",
    title="Smoked black",
    subtitle="Pine smoke, tar and plum",
    description="""\
Black tea from the hills, dried above a slow pine fire the way it was before steam. It smells like a
sauna and tastes of plums; people love it or open the window.

Also the marinade for mushrooms that we come back to. A cup of it, soy, honey, one night.
""",
    pictures=shown("smoke-tea", "A dark blue tin with a leaf on its label"),
    variants=one("CK-TK-070", 1300, 27, 70, contents="70 g"),
)

STEAMED_GREEN = Product(
    slug="steamed-green",
    title="Steamed green",
    subtitle="First flush, grassy and sweet",
    description="""\
Steamed within an hour of picking, so that it stays the green of a pond. Low water and short minutes: at
70 °C it is sweet and tastes of peas, at 90 °C it is our own fault.

Four grams, one minute. Then again, twenty seconds.
""",
    pictures=shown("steamed-green", "A light green tin with a leaf on its label"),
    variants=one("CK-TG-080", 1650, 3, 80, contents="80 g"),
)

JASMINE = Product(
    slug="jasmine-pearls",
    title="Jasmine pearls",
    subtitle="Scented five nights over blossom",
    description="""\
Young leaf rolled by hand into pearls, then laid with fresh jasmine for five nights, the flowers changed
each evening. No oil, no aroma; the scent is in the leaf and lasts into the fourth cup.
""",
    pictures=shown("jasmine-pearls", "A pink tin with a leaf on its label"),
    variants=one("CK-TJ-060", 1850, 19, 60, contents="60 g"),
)

WHITE_PEONY = Product(
    slug="white-peony",
    title="White peony",
    subtitle="Bud and two leaves, simply dried",
    description="""\
Nobody rolls it, nobody roasts it. The leaves are picked, spread out and left to wither for two days,
and what is left tastes of hay, melon and a clean cupboard.

The leaf is large and light: measure with your hand, not with a spoon.
""",
    pictures=shown("white-peony", "A white pouch with a green seal"),
    variants=one("CK-TW-050", 1500, 21, 50, contents="50 g"),
)

TEA_CAKE = Product(
    slug="tea-cake",
    title="Aged tea cake",
    subtitle="357 g, pressed, seven years old",
    description="""\
Steamed, pressed into a disc, wrapped in paper and forgotten on purpose. Seven years have turned it from
green to brown and from bitter to forest floor and dates.

Break off a corner with a blunt knife, rinse it once with hot water, and steep it as often as it lets
you. Keep the rest in its paper, away from the spices.
""",
    pictures=shown("tea-cake", "A round cake of tea in pale paper with a red label"),
    variants=one("CK-TC-357", 4600, 7, 380, contents="357 g"),
)

BREAKFAST = Product(
    slug="breakfast-black",
    title="Breakfast black",
    subtitle="Strong enough for milk",
    description="""\
Three gardens, one job. Malt for the body, a high-grown leaf for the edge, and enough strength that milk
makes it better instead of hiding it.

Broken leaf, so it is quick: three minutes, four at weekends.
""",
    pictures=shown("breakfast-black", "A blue pouch with a brown seal"),
    options=("Weight",),
    variants=(
        Variant("CK-TB-100", 850, 52, 100, ("100 g",), contents="100 g"),
        Variant("CK-TB-500", 3400, 18, 500, ("500 g",), contents="500 g"),
    ),
)

BUCKWHEAT = Product(
    slug="buckwheat-tea",
    title="Buckwheat tea",
    subtitle="No leaf at all, no caffeine",
    description="""\
Buckwheat, hulled and roasted dark. It tastes of crust, and what is left in the pot goes into the
porridge. Cold, with ice, it is what the kitchen drinks in August.

Gluten-free by nature, packed in a room where wheat bran is handled.
""",
    pictures=shown("buckwheat-tea", "A yellow pouch with a brown seal"),
    variants=one("CK-TQ-200", 780, None, 200, contents="200 g"),
)

GARDEN_MINT = Product(
    slug="garden-mint",
    title="Mint and fennel",
    subtitle="From two gardens near Halle",
    description="""\
Moroccan mint that refuses to stay in its bed, and fennel seed from the neighbour. Cut before flowering,
dried in the attic, nothing else in the bag.
""",
    pictures=shown("garden-mint", "A light green pouch with a dark green seal"),
    variants=one("CK-TM-040", 690, 40, 40, contents="40 g"),
)

RED_BUSH = Product(
    slug="red-bush",
    title="Red bush, vanilla",
    subtitle="With a real pod in the tin",
    description="""\
Long-cut red bush with a split vanilla pod laid in each tin, where it goes on working until the tin is
empty. Naturally without caffeine, and it never turns bitter, however long you forget it.
""",
    pictures=shown("red-bush", "A red tin with a leaf on its label"),
    variants=one("CK-TR-090", 990, 33, 95, contents="90 g"),
)

STONE_GROUND = Product(
    slug="stone-ground-green",
    title="Stone-ground green",
    subtitle="Powder for whisking, or for cake",
    description="""\
Shaded for three weeks before picking, the veins taken out, the rest milled between granite at thirty
turns a minute. The everyday grade is for milk and baking; the bowl grade is for water alone, and tastes
of cream and seaweed.

Two grams, 70 °C, and a whisk. Finish an open tin within a month.
""",
    pictures=shown("stone-ground", "A small green tin and a bamboo whisk"),
    options=("Grade", "Weight"),
    variants=(
        Variant("CK-TX-E30", 1450, 24, 30, ("Everyday", "30 g"), contents="30 g"),
        Variant("CK-TX-E80", 3300, 10, 80, ("Everyday", "80 g"), contents="80 g"),
        Variant("CK-TX-B30", 2600, 3, 30, ("Bowl", "30 g"), contents="30 g"),
        Variant("CK-TX-B80", 5900, 0, 80, ("Bowl", "80 g"), contents="80 g"),
    ),
)

SAMPLER = Product(
    slug="tea-sampler",
    title="Three small tins",
    subtitle="Oolong, breakfast, buckwheat",
    description="""\
Twenty grams of each, in tins that are worth keeping. Enough for a week of breakfasts, a few slow
afternoons, and an opinion.
""",
    pictures=shown("tea-sampler", "Three small tins, blue, red and yellow"),
    variants=one("CK-TZ-003", 1900, 15, 180, compare_at=2300),
)

TEAS = (
    OOLONG,
    STEM_TEA,
    SMOKED,
    STEAMED_GREEN,
    JASMINE,
    WHITE_PEONY,
    TEA_CAKE,
    BREAKFAST,
    BUCKWHEAT,
    GARDEN_MINT,
    RED_BUSH,
    STONE_GROUND,
    SAMPLER,
)
