"""The larder and the books of the demo shop.

Knows their words and prices; refuses to know how they are stored.
"""

from storefront.demo.shelf import Product, Variant, one, shown

SHIITAKE = Product(
    slug="dried-shiitake",
    title="Dried shiitake",
    subtitle="Whole caps, thick and cracked",
    description="""\
Grown on logs, dried slowly until the caps crack into a white star. Soak them overnight in cold water in
the fridge: warm water is quicker and takes half the taste.

The water is the better half. Twelve grams make 300 ml of broth at 80 °C in thirty minutes.
""",
    pictures=shown("dried-shiitake", "A glass jar full of dried mushroom caps"),
    options=("Weight",),
    variants=(
        Variant("CK-LS-050", 890, 41, 210, ("50 g",), contents="50 g"),
        Variant("CK-LS-150", 2200, 12, 420, ("150 g",), contents="150 g"),
    ),
)

SALT = Product(
    slug="mushroom-salt",
    title="Mushroom salt",
    subtitle="Three mushrooms and coarse salt",
    description="""\
What does not fit into a jar as a whole cap is dried again, ground, and mixed with coarse salt, the
thing that this town was built on. On eggs, on popcorn, on the tomato that is not quite ripe.
""",
    pictures=shown("mushroom-salt", "A white jar with a red lid"),
    variants=one("CK-LX-120", 750, 48, 230, contents="120 g"),
)

BROTH = Product(
    slug="broth-powder",
    title="Broth powder",
    subtitle="Shiitake, leek, lovage, a little salt",
    description="""\
A heaped spoon, a mug, hot water: supper when there was no time for one. No yeast, no sugar, and so
little salt that the rest is yours to decide.
""",
    pictures=shown("broth-powder", "A brown pouch with a yellow seal"),
    variants=one("CK-LB-150", 1100, 25, 150, contents="150 g"),
)

HONEY = Product(
    slug="forest-honey",
    title="Forest honey",
    subtitle="From eleven hives behind the dairy",
    description="""\
Dark, malty, with a note of resin: what bees make when there are more trees than flowers. Stirred, so it
spreads; if it sets hard, stand the jar in warm water and wait.

Not for children under one year, as no honey is.
""",
    pictures=shown("forest-honey", "A yellow jar with a brown lid"),
    variants=one("CK-LH-250", 980, 3, 420, contents="250 g"),
)

PICKLED = Product(
    slug="pickled-oysters",
    title="Pickled oyster mushrooms",
    subtitle="In cider vinegar and mustard seed",
    description="""\
The crop of a good week, blanched and put up in cider vinegar with mustard seed and bay. Sour first,
then sweet, then gone. Beside cheese, or straight from the jar at the open fridge.
""",
    pictures=shown("pickled-oysters", "A green jar with a blue lid"),
    variants=one("CK-LP-300", 850, 0, 520, contents="300 g"),
)

LARDER = (SHIITAKE, SALT, BROTH, HONEY, PICKLED)

SHELF_BOOK = Product(
    slug="a-shelf-of-mushrooms",
    title="A Shelf of Mushrooms",
    subtitle="Growing at home, month by month",
    description="""\
Twelve chapters, one for each month, by the people who fill our blocks. What to grow when, what went
wrong and why, and two recipes for every crop. With a voucher for a kit at the back.

Hardback, 192 pages, printed in Leipzig.
""",
    pictures=shown("book-shelf", "A red book with a mushroom on its cover"),
    options=("Binding",),
    variants=(
        Variant("CK-BS-H", 3200, 16, 680, ("Hardback",)),
        Variant("CK-BS-P", 2200, 28, 470, ("Paperback",)),
    ),
)

SLOW_LEAF = Product(
    slug="the-slow-leaf",
    title="The Slow Leaf",
    subtitle="Tea in ten kitchens",
    description="""\
Ten people and how they make tea when nobody is watching: the potter, the night nurse, the man who
weighs everything. Photographs, drawings, and not a single rule.
""",
    pictures=shown("book-leaf", "A green book with a leaf on its cover"),
    variants=one("CK-BL-001", 2800, 11, 610),
)

LOG_BOOK = Product(
    slug="logs-in-the-shade",
    title="Logs in the Shade",
    subtitle="Outdoor growing on wood",
    description="""\
Which tree, which season, which end up. A short, exact book for anybody with a corner of shade and the
patience to leave it alone for a year.
""",
    pictures=shown("book-log", "A brown book with a mushroom on its cover"),
    variants=one("CK-BW-001", 1900, 3, 320),
)

WATER_BOOK = Product(
    slug="water-first",
    title="Water First",
    subtitle="Why your tea tastes of the tap",
    description="""\
Ninety pages on the ingredient that makes up the other 99 percent. How to read a water report, when a
filter helps and when it hurts, and a table for every larger town between Hamburg and Graz.
""",
    pictures=shown("book-water", "A blue book with a leaf on its cover"),
    variants=one("CK-BF-001", 1450, 22, 210),
)

NOTEBOOK = Product(
    slug="growers-notebook",
    title="Grower’s notebook",
    subtitle="A page a day for two seasons",
    description="""\
Date, temperature, what you did, what it did. Ruled, thread-sewn so that it lies flat, with a pocket for
labels. The one we use, stains not included.
""",
    pictures=shown("book-notes", "A light blue book with ruled lines on its cover"),
    variants=one("CK-BN-001", 1200, None, 260),
)

BOOKS = (SHELF_BOOK, SLOW_LEAF, LOG_BOOK, WATER_BOOK, NOTEBOOK)
