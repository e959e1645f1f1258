"""Where somebody wanted to go before they were asked who they are.

Knows addresses of this shop, signed; refuses to lead anywhere else.
"""

from flask import Request

from storefront.web import sign, unsign

_PURPOSE = "accounts.next"
_LONGEST = 1500


def after(request: Request) -> str | None:
    """The request's own address as a value for `next`; what a form would have sent leads to nothing."""
    path = request.full_path.rstrip("?")
    # No header holds a line break, and nothing of ours is called so.
    if request.method not in {"GET", "HEAD"} or len(path) > _LONGEST or not path.isprintable():
        return None
    return sign(_PURPOSE, path)


def leading_to(path: str) -> str:
    """`path`, an address of ours, as a value for `next`."""
    return sign(_PURPOSE, path)


def destination(token: str | None, *, otherwise: str) -> str:
    """The address in `token`, or `otherwise` where nothing of ours is in it."""
    path = unsign(_PURPOSE, token)
    return path if isinstance(path, str) and path.startswith("/") and not path.startswith("//") else otherwise
