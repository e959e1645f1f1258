"""A shopper with a browser: fills a cart, types an address, orders and pays, over HTTP.

Knows pages and forms; refuses to know the shop from inside. A page that does not come is asked for again.
"""

import re
import time
from html import unescape

import requests

from tests.builders.cart import BERLIN

PATIENCE_SECONDS = 60.0

_FIELD = re.compile(r'name="(csrf_token|total|credit|seen)" value="([^"]+)"')


class Shopper:
    """One browser with its own cookies. Where `patient`, a lost connection or 5xx is tried again, as people do."""

    def __init__(self, shop: str, *, patient: bool = False) -> None:
        self.shop, self.patient = shop, patient
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.statuses: list[int] = []

    def get(self, path: str) -> requests.Response:
        """Open a page of the shop."""
        return self._ask("GET", path if path.startswith("http") else self.shop + path)

    def post(self, path: str, **fields: str) -> requests.Response:
        """Send a form of the shop, as its own pages do."""
        return self._ask("POST", self.shop + path, fields)

    def fill(self, variant_id: int, *, pieces: int = 1) -> None:
        """Put one piece, or more, in the cart and type the address."""
        self.post("/cart/lines", variant=str(variant_id), quantity=str(pieces))
        self.type_address()

    def type_address(self) -> None:
        """Fill in the checkout's first page; without the cookie of a draft it is another one."""
        self.post("/checkout", **{**BERLIN, **self._hidden(self.get("/checkout").text)})

    def take_code(self, code: str) -> None:
        """Type the code of a discount or a gift card on the cart's page."""
        self.post("/cart/code", code=code, **self._hidden(self.get("/cart").text))

    def review(self) -> dict[str, str]:
        """The hidden fields of the review: what “Order and pay” sends."""
        return {"shipping": "standard", **self._hidden(self.get("/checkout/review").text)}

    def order(self, form: dict[str, str]) -> requests.Response:
        """Press “Order and pay”; a 303 leads to the payment page."""
        return self.post("/checkout/order", **form)

    def pay(self, page: str) -> requests.Response:
        """Pay on the payment page, and follow the way back to the order."""
        answer = self._ask("POST", page, {"choice": "pay"})
        return self.get(answer.headers["Location"])

    def _hidden(self, html: str) -> dict[str, str]:
        return {name: unescape(text) for name, text in _FIELD.findall(html)}

    def _ask(self, method: str, url: str, fields: dict[str, str] | None = None) -> requests.Response:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self.browser.request(
                    method,
                    url,
                    data=fields,
                    headers={"Sec-Fetch-Site": "same-origin"},
                    allow_redirects=False,
                    timeout=30,
                )
            except requests.RequestException:
                if not self.patient or time.monotonic() > until:
                    raise
            else:
                self.statuses.append(answer.status_code)
                if answer.status_code < 500 or not self.patient or time.monotonic() > until:
                    return answer
            time.sleep(0.1)
