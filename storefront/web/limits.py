"""How often an address may do what costs or guesses.

Knows addresses and rates; refuses to know why a route is limited. Counted in Redis where given, else here.
"""

import ipaddress
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from flask import Flask, Response, request
from flask.globals import request_ctx
from flask_limiter import Limiter
from limits import RateLimitItem, parse_many

from storefront.config import Settings
from storefront.web.counters import ProcessCounters


def client_address() -> str:
    """The caller's address after the trusted proxies; of IPv6 the /64, since a household has that many."""
    return _counted_as(request.remote_addr or "unknown")


@lru_cache(maxsize=1024)
def _counted_as(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        # A socket open to both kinds writes IPv4 as ::ffff:203.0.113.1, of which all have one /64.
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return text


limiter = Limiter(key_func=client_address, headers_enabled=True)


def init_app(app: Flask, settings: Settings) -> None:
    """Count in Redis where a URL is given, and in this process while Redis does not answer."""
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or f"{ProcessCounters.STORAGE_SCHEME[0]}://"
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = bool(settings.redis_url)
    limiter.init_app(app)
    # The hook that looks, at every request, for limits of all routes: ours stand on the routes (65 µs of 370).
    app.before_request_funcs[None].pop()
    # The same of the hook that writes into every answer what was counted, and of the one that forgets it.
    tell = app.after_request_funcs[None].pop()
    app.teardown_request_funcs[None].pop()

    def tell_if_counted(response: Response) -> Any:
        return tell(response) if hasattr(request_ctx, "_limiter_request_context") else response

    app.after_request(tell_if_counted)


def limited_to(rate: Callable[[], str], *, scope: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let an address do so many POSTs in a time, all views of one `scope` together.

    While they are counted in this process and there are not too many, that is all: the library's way was an eighth of
    adding to the cart. The rest (Redis, a refusal and what is said of it) is the library's, which counts under the
    same key.
    """

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        strictly = limiter.shared_limit(rate, scope=scope, methods=["POST"])(view)

        @wraps(view)
        def page(*args: Any, **kwargs: Any) -> Any:
            is_free = request.method != "POST" or _is_within(rate(), scope)
            return view(*args, **kwargs) if is_free else strictly(*args, **kwargs)

        return page

    return mark


def _is_within(rate: str, scope: str) -> bool:
    """Count once more in this process, if that is where it is counted and it may be."""
    counters, items = limiter.storage, _parsed(rate)
    if not isinstance(counters, ProcessCounters) or len(items) != 1:
        return False
    key = items[0].key_for(client_address(), scope)
    return counters.take(key, items[0].get_expiry(), most=items[0].amount)


@lru_cache(maxsize=64)
def _parsed(rate: str) -> list[RateLimitItem]:
    return parse_many(rate)
