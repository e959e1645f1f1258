"""`python -m storefront.sandbox`: serve the sandbox on 127.0.0.1 until SIGTERM."""

import argparse
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from werkzeug.serving import WSGIRequestHandler, make_server

from storefront.sandbox.app import NotASandboxKey, create_sandbox
from storefront.sandbox.store import StrangeState

DEFAULT_PORT = 8010


class QuietHandler(WSGIRequestHandler):
    """Logs errors only, and sends each answer at once."""

    # Without this, header and body wait for one another's acknowledgement: 40 ms per answer.
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of a request that was answered."""

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        """A connection that was to break breaks at once; the caller would else wait for its time limit."""
        self.close_connection = True


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        sandbox = create_sandbox(
            options.state,
            secret_key=options.secret_key,
            webhook_url=options.webhook_url or None,
            webhook_secret=options.webhook_secret,
            shop_origins=[origin for origin in options.shop_origin if origin],
            shop=options.shop,
            origin=options.origin or None,
        )
    except (NotASandboxKey, StrangeState, ValueError) as problem:
        print(f"The sandbox does not start: {problem}", file=sys.stderr)
        return 2
    server = make_server("127.0.0.1", options.port, sandbox, threaded=True, request_handler=QuietHandler)
    signal.signal(signal.SIGTERM, _stop)
    print(f"Stripe sandbox on http://127.0.0.1:{server.port} (no money moves)", flush=True)
    try:
        server.serve_forever()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.server_close()
        sandbox.close()
    return 0


def _stop(signal: int, frame: Any) -> NoReturn:
    raise SystemExit(0)


def _parser() -> argparse.ArgumentParser:
    env = os.environ.get
    shop = env("STOREFRONT_ORIGIN", "")
    hook = env("STOREFRONT_SANDBOX_WEBHOOK_URL") or (f"{shop.rstrip('/')}/webhooks/stripe" if shop else "")
    parser = argparse.ArgumentParser(prog="python -m storefront.sandbox", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=int(env("STOREFRONT_SANDBOX_PORT", str(DEFAULT_PORT))))
    add("--state", type=Path, default=Path(env("STOREFRONT_SANDBOX_STATE", "instance/sandbox.db")))
    add("--secret-key", default=env("STOREFRONT_STRIPE_SECRET_KEY", ""))
    add("--webhook-secret", default=env("STOREFRONT_STRIPE_WEBHOOK_SECRET", ""))
    add("--webhook-url", default=hook)
    add(
        "--shop-origin",
        action="append",
        default=[shop, *re.split(r"[\s,]+", env("STOREFRONT_OTHER_ORIGINS", ""))],
    )
    add("--shop", default=env("STOREFRONT_SHOP_NAME", "Storefront"))
    add("--origin", default=env("STOREFRONT_PAYMENT_ORIGIN", ""), help="where browsers reach its page")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
