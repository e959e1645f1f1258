"""What somebody agrees to who subscribes: the one sentence that stands beside each form and is kept with each opt-in.

Knows words; refuses to know who agrees.
"""

from flask_babel import gettext as _

from storefront.config import settings

# Where a form stands; "again" is the page at which somebody has just left, "account" that of who is signed in.
PLACES = ("footer", "post", "page", "again", "account")


def wording() -> str:
    """The sentence, as it reads today."""
    return _(
        "%(shop)s writes to you when there is something new to read. We use your address for nothing else, and each"
        " letter has a link that ends them at once.",
        shop=settings().shop_name,
    )
