"""The `stripe` library without a socket: its HTTP client that calls the sandbox in the same process.

Imported by tests only.
"""

from collections.abc import Mapping
from typing import Any, cast

import stripe
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from storefront.sandbox.app import Sandbox


class InProcess(stripe.HTTPClient):
    """`StripeClient(key, http_client=InProcess(sandbox))`: requests become WSGI calls."""

    name = "sandbox"

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self._sandbox = sandbox

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Answer a request of the library; a broken connection is what the library makes of one."""
        builder = EnvironBuilder(
            path=url, method=method.upper(), headers=Headers(dict(headers or {})), data=post_data
        )
        builder.environ_base = {"REMOTE_ADDR": "127.0.0.1"}
        try:
            body, status, answered = run_wsgi_app(self._sandbox, builder.get_environ(), buffered=True)
        except ConnectionError as problem:
            raise stripe.APIConnectionError("The connection broke.", should_retry=True) from problem
        # werkzeug's headers know no case, which is what the library counts on.
        return b"".join(body).decode(), int(status.split()[0]), cast(Mapping[str, str], answered)

    def close(self) -> None:
        """There is nothing to close."""
