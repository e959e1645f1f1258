"""The servers that are measured: `python -m bench.server hello|least|shop|anew|stub <port> <threads> [seconds]`.

`shop` is `storefront serve` as it is. `anew` is the same where the rows of a product or post are others than before
at each request: what was made of all of them is forgotten, its parts and the rest of the page are not. `stub` is the
same with one thing replaced in this process alone: opening a payment page answers by itself after so many seconds, so
that the shop's own part of placing an order is seen.
"""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from storefront.cli import serving

SECONDS = 0.0


def main() -> None:
    """Serve until a signal ends it."""
    kind, port, threads, *rest = sys.argv[1:]
    if kind in {"hello", "least"}:
        serve_plain(f"bench.{kind}:app", int(port), int(threads))
    if kind == "stub":
        # Workers are forked: they find what is set here.
        globals()["SECONDS"] = float(rest[0])
        vars(serving)["load"] = load_with_stub
    if kind == "anew":
        vars(serving)["load"] = load_forgetful
    if kind in {"shop", "anew", "stub"}:
        serving.serve("127.0.0.1", int(port), 1, int(threads))


def serve_plain(app: str, port: int, threads: int) -> None:
    """Bare Flask behind the same server with the same settings as the shop's."""
    Granian(
        app,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
    ).serve()


_load = serving.load


def load_forgetful() -> Any:
    """The shop that has never seen the rows of the product or post that is asked for together."""
    app = _load()
    from storefront.catalogue import product_page
    from storefront.content import post_page
    from storefront.shop import journal_views, views

    def forgetting(environ: Any, start_response: Callable[..., Any]) -> Any:
        product_page._page.cache_clear()
        post_page._page.cache_clear()
        views._product.forget()
        journal_views._post.forget()
        return app(environ, start_response)

    return forgetting


def load_with_stub() -> Any:
    """The shop with a payment provider that answers from within."""
    app = _load()
    from storefront.database import require_released
    from storefront.payments import gateway
    from storefront.payments.evidence import PaymentSession
    from storefront.payments.units import from_units

    def open_session(params: Mapping[str, Any], *, key: str) -> PaymentSession:
        require_released()
        time.sleep(SECONDS)
        items = [item["price_data"] for item in params["line_items"]]
        return PaymentSession(
            id=f"cs_{key}",
            url=f"http://127.0.0.1:9/pay/{key}",
            status="open",
            payment_status="unpaid",
            amount=from_units(sum(item["unit_amount"] for item in items), items[0]["currency"]),
            attempt_id=key,
            payment_intent_id=None,
            intent_status=None,
            livemode=False,
        )

    vars(gateway)["open_session"] = open_session
    return app


if __name__ == "__main__":
    main()
