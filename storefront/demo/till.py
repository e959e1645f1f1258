"""What lies beside the till of the demo shop: gift cards, on no shelf.

Knows their words and amounts; refuses to know who buys them.
"""

from storefront.demo.shelf import Product, Variant, shown

GIFT_CARD = Product(
    slug="gift-card",
    title="Gift card",
    subtitle="For somebody who would rather choose",
    description="""\
Choose an amount and write the code on a card of your own, or pass on our mail as it is. The code comes to
you when the order is paid; nothing is printed, and nothing is sent by post.

It pays for goods, shipping and tax, in one order or in ten, and has no last day. What is left on it stands
in the footer of every page, under “Gift card balance”.
""",
    pictures=shown("gift-card", "A cream card with a leaf on it, tied with a blue ribbon"),
    options=("Amount",),
    variants=(
        Variant("CK-GC-025", 2500, None, 0),
        Variant("CK-GC-050", 5000, None, 0),
        Variant("CK-GC-100", 10000, None, 0),
    ),
    is_gift_card=True,
)

BESIDE_THE_TILL = (GIFT_CARD,)
