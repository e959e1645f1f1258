"""Links from a post to goods say which post it was, so that what is bought there can be told to have come from it.

Knows addresses; refuses to keep anything anywhere: the link alone carries it, and the page it leads to is the same.
"""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from markupsafe import Markup, escape

from storefront.cart.forms import FROM_POST
from storefront.config import settings
from storefront.web import address

# Within a tag alone: the words of a text may hold `href="` too.
_LINK = re.compile(r'(<a\b(?:[^<>"]|"[^"]*")*?\shref=")([^"]*)"')


def lead(url: str, *, post_id: int) -> str:
    """The address of a product as a post leads to it."""
    parts = urlsplit(url)
    asked = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != FROM_POST]
    return urlunsplit(parts._replace(query=urlencode([*asked, (FROM_POST, str(post_id))])))


def leading(html: str, *, post_id: int) -> str:
    """Sanitised HTML of a post, its links to products saying so; all other links are as they were."""
    is_product = _products(settings().origins, _a_product())

    def said(link: re.Match[str]) -> str:
        url = Markup(link[2]).unescape()
        return f'{link[1]}{escape(lead(url, post_id=post_id))}"' if is_product.match(url) else link[0]

    return _LINK.sub(said, html)


def _a_product() -> str:
    return address("shop.product", slug="-").removeprefix(settings().origin)[:-1]


@lru_cache(maxsize=8)
def _products(origins: tuple[str, ...], path: str) -> re.Pattern[str]:
    ours = "|".join(map(re.escape, origins))
    return re.compile(rf"(?:{ours})?{re.escape(path)}[^/?#]+(?:[?#]|$)")
