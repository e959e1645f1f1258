"""Where posts and pages are that moved in, for whoever still has the address they had before.

Knows the addresses WordPress makes; refuses to lead anywhere but to a public page of ours.
"""

from flask import request, url_for

from storefront.content import queries
from storefront.content.models import PostKind
from storefront.web import leads_on

_SCRIPT = "/index.php"
_LONGEST_NUMBER = 18


@leads_on
def present_url() -> str | None:
    """The present path of what was at this address elsewhere: by path, else by number. Two statements at most."""
    path = request.path.removeprefix(_SCRIPT)
    if not path.isprintable():
        return None
    return _url(queries.post_that_was_at(path)) or url_by_number()


def url_by_number() -> str | None:
    """The present path of what `?p=12` or `?page_id=12` asks for. One statement, where it asks for something."""
    text = request.args.get("p") or request.args.get("page_id") or ""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        return None
    return _url(queries.post_that_was(int(text)))


def _url(found: tuple[PostKind, str] | None) -> str | None:
    if found is None:
        return None
    return url_for("shop.page" if found[0] == PostKind.PAGE else "shop.post", slug=found[1])
