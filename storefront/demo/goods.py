"""Everything the demo shop sells: five shelves, forty goods, a gift card, and the words on its front page.

Knows what is on the shelves; refuses to know how it gets there. All texts and pictures are our own.
"""

from storefront.demo.kits import KITS
from storefront.demo.larder import BOOKS, LARDER
from storefront.demo.shelf import Collection, Cover, Picture, Product
from storefront.demo.teas import TEAS
from storefront.demo.till import BESIDE_THE_TILL
from storefront.demo.ware import WARE

SHOP_NAME = "Cap & Kettle"
TAGLINE = "Grown, brewed and written in Halle"
ADDRESS_LINE = "Cap & Kettle, Saalestraße 12, 06114 Halle, Germany."
VENDOR = "Cap & Kettle"

COVER = Cover(
    title="Something to grow while the kettle boils",
    lead="Mushrooms for the kitchen shelf, teas we drink ourselves, and the pots to make them in.",
    picture=Picture(
        "cover-shelf.svg",
        "A growing kit with a lion’s mane mushroom, a blue teapot and a steaming cup on a wooden shelf",
        (1500, 1350),
    ),
)

COLLECTIONS = (
    Collection(
        "growing-kits",
        "Growing kits",
        "A block of beech and bran with living mushroom in it. Cut the bag, mist twice a day, and wait:"
        " most kits crop within two weeks.",
        KITS,
    ),
    Collection(
        "tea",
        "Tea",
        "Thirteen that we drink ourselves, from a stem roasted over charcoal to a cake"
        " that is seven years old.",
        TEAS,
    ),
    Collection(
        "brewing-ware",
        "Brewing ware",
        "Pots, cups and tools that do one thing, made by people we can telephone.",
        WARE,
    ),
    Collection(
        "larder",
        "Larder",
        "What the crop becomes when there is more of it than anybody can eat.",
        LARDER,
    ),
    Collection(
        "books",
        "Books",
        "For the evenings in which nothing grows and the water takes its time.",
        BOOKS,
    ),
)

# What the front page shows first, by slug.
ON_THE_SHELF = (
    "lions-mane-kit",
    "blue-stoneware-pot",
    "roasted-stem-tea",
    "shiitake-log",
    "grey-oyster-kit",
    "mountain-oolong",
    "pouring-kettle",
    "tasting-cup",
)


def _in_order() -> tuple[Product, ...]:
    goods = {good.slug: good for shelf in COLLECTIONS for good in shelf.goods}
    first = tuple(goods.pop(slug) for slug in ON_THE_SHELF)
    return (*first, *goods.values(), *BESIDE_THE_TILL)


# All goods, in the order of the front page and of the list of everything.
PRODUCTS: tuple[Product, ...] = _in_order()
