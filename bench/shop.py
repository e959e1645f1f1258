"""A shop to be measured: the demo's goods, one good that never runs out, and shoppers ready to order it.

Knows the shop from inside, so that only what is measured goes over HTTP; refuses to measure.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client

from storefront.config import environment_name

MANY = 10_000_000
BERLIN = {
    "country": "DE",
    "name": "Mara Lindt",
    "street_address": "Gartenweg 8",
    "postal_code": "10115",
    "city": "Berlin",
}
_SECRET = "whsec_bench"
POST = "/blog/bench"
CARDS, COMMENTS = 3, 100


@dataclass(frozen=True, slots=True)
class Ordering:
    """What the browser of a shopper at the review sends: its cookies and the form."""

    cookies: str
    body: bytes


class BenchShop:
    """A shop in `folder` over SQLite; `environ` is what its server needs to serve the same one."""

    def __init__(self, folder: Path, *, port: int, sandbox_port: int) -> None:
        origin = f"http://127.0.0.1:{port}"
        sandbox = f"http://127.0.0.1:{sandbox_port}"
        rate = "1000000 per second"
        named = {
            "secret_key": "0123456789abcdef" * 4,
            "database_url": f"sqlite:///{folder / 'shop.db'}",
            "instance_dir": str(folder),
            "origin": origin,
            "stripe_secret_key": "sk_test_sandbox_0123456789abcdef",
            "stripe_webhook_secret": _SECRET,
            "stripe_api_url": sandbox,
            "payment_origin": sandbox,
            "sandbox_state": str(folder / "sandbox.db"),
            "sandbox_port": str(sandbox_port),
            "sandbox_webhook_url": f"{origin}/webhooks/stripe",
            "smtp_url": "mailbox:",
            "limit_payments": rate,
            "limit_cart": rate,
        }
        self.environ = {environment_name(name): text for name, text in named.items()}
        self.origin = origin
        self.app = _filled(self.environ)
        self.product, self.collection, self.variants = self._goods()

    @property
    def pages(self) -> dict[str, str]:
        """The public pages by name."""
        return {
            "home": "/",
            "all goods": "/products",
            "collection": f"/collections/{self.collection}",
            "product": f"/products/{self.product}",
            "post": POST,
        }

    def browser(self) -> Client:
        """A browser inside this process, for what is not measured."""
        return Client(self.app, use_cookies=False)

    def cart_cookies(self, lines: int) -> str:
        """The cookies of somebody who has put so many goods into the cart: a session begins at the checkout."""
        from storefront.cart.contents import Cart, CartLine
        from storefront.cart.cookie import packed

        with self.app.test_request_context(base_url=self.origin):
            chosen = (CartLine(variant_id, 1) for variant_id in self.variants[:lines])
            return f"cart={packed(Cart('bench', tuple(chosen)))}"

    def orderings(self, count: int) -> list[Ordering]:
        """So many shoppers at the review, each with a cart and an address of their own."""
        from storefront.cart.contents import Cart, CartLine, new_id
        from storefront.cart.cookie import packed
        from storefront.cart.quote import Quote
        from storefront.checkout import drafts
        from storefront.web import sign

        session, token = self._form_token()
        found = []
        for _ in range(count):
            with self.app.test_request_context(base_url=self.origin):
                cart = Cart(new_id(), (CartLine(self.variants[0], 1),))
                draft = drafts.keep_details(None, email="mara@example.org", delivery=BERLIN, billing=None)
                quote = Quote.of(cart, country="DE")
                code = quote.chosen.code if quote.chosen else ""
                form = f"csrf_token={token}&shipping={code}&total={quote.total.minor}"
                found.append(
                    Ordering(f"cart={packed(cart)}; draft={sign('draft', draft)}; {session}", form.encode())
                )
        return found

    def signed_events(self, count: int) -> list[tuple[bytes, dict[str, str]]]:
        """Stripe's word, with its signature, that the newest orders were paid, one event for each."""
        from storefront.database import session
        from storefront.payments.models import PaymentAttempt

        with self.app.app_context():
            newest = sa.select(PaymentAttempt.id, PaymentAttempt.session_id)
            newest = newest.where(PaymentAttempt.session_id.is_not(None)).limit(count)
            return [_signed(_event(row.id, row.session_id)) for row in session().execute(newest)]

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The statements sent within the block."""
        from storefront.database import db

        said: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("PRAGMA", "BEGIN")):
                said.append(statement)

        with self.app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield said
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    def _goods(self) -> tuple[str, str, list[int]]:
        """The product with most variants, its collection, and variants in stock, the endless one first."""
        from storefront.catalogue.models import Collection, Product, Variant
        from storefront.database import session

        with self.app.app_context():
            per_product = sa.select(Product.slug).join(Variant, Variant.product_id == Product.id)
            many = per_product.group_by(Product.id).order_by(sa.func.count().desc(), Product.id).limit(1)
            slug = session().scalars(many).one()
            shelf = session().scalars(sa.select(Collection.slug).order_by(Collection.position).limit(1)).one()
            one_each = (
                sa.select(sa.func.min(Variant.id)).where(Variant.on_hand > 0).group_by(Variant.product_id)
            )
            endless = session().scalars(sa.select(Variant.id).where(Variant.on_hand == MANY)).one()
            others = [each for each in session().scalars(one_each) if each != endless]
            return slug, shelf, [endless, *others]

    def _form_token(self) -> tuple[str, str]:
        """A session's cookie and the token that its forms carry."""
        browser = self.browser()
        page = browser.get("/checkout", base_url=self.origin, headers={"Cookie": self.cart_cookies(1)})
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        if found is None:
            raise RuntimeError("the checkout has no token")
        cookie = next(each for each in page.headers.getlist("Set-Cookie") if each.startswith("session="))
        return cookie.partition(";")[0], unescape(found[1])


def _filled(environ: dict[str, str]) -> Flask:
    """The application over a new database with goods."""
    from storefront import create_app
    from storefront.catalogue import actions
    from storefront.catalogue.facts import ProductFacts, VariantFacts
    from storefront.catalogue.models import ProductState
    from storefront.cli.upgrading import upgrade
    from storefront.config import Settings
    from storefront.demo.loading import load
    from storefront.money import Money

    made = Settings.from_environ(environ)
    app = create_app(made)
    with app.app_context():
        upgrade(app)
        load()
        variant = VariantFacts(price=Money(2400, made.currency), values=(), is_counted=True, on_hand=MANY)
        endless = ProductFacts(
            slug="endless", title="Endless kit", variants=(variant,), options=(), state=ProductState.PUBLISHED
        )
        actions.save_product(endless, reference="bench")
        _write_post()
    return app


def _write_post() -> None:
    """A post with cards and a long thread, of which a page shows twenty."""
    from storefront import clock
    from storefront.catalogue.models import Product, ProductState
    from storefront.comments.likeness import digest_of
    from storefront.comments.models import Comment
    from storefront.content import actions
    from storefront.content.commented import KIND
    from storefront.content.texts import PostTexts
    from storefront.database import session, transaction

    by = ("system", None)
    author = actions.add_author("Jonna Reuter", "Grows what she writes about.", by=by)
    sold = sa.select(Product.slug).where(Product.state == ProductState.PUBLISHED).order_by(Product.id)
    slugs = list(session().scalars(sold.limit(CARDS)))
    told = "\n\n".join(
        f"## Day {day}\n\n" + "It rained, and the block stood still. " * 40 for day in range(1, 6)
    )
    body = told + "".join(f"\n\n{{{{ product: {slug} }}}}\n" for slug in slugs)
    post_id = actions.add_post(
        PostTexts("Bench", "bench", body=body, author_id=author, tags=("Growing",)), by=by
    )
    actions.publish(post_id, by=by)
    with transaction() as current:
        for number in range(COMMENTS):
            text = f"Mine stalled on day {number}, then I opened the window and it doubled in two days."
            said = {"subject_kind": KIND, "subject_id": post_id, "text": text, "text_digest": digest_of(text)}
            who = {"name": f"Reader {number}", "email": f"reader{number}@example.org", "state": "published"}
            current.add(Comment(**said, **who, created_at=clock.now()))


def _event(attempt_id: str, session_id: str) -> dict[str, Any]:
    thing = {
        "id": session_id,
        "object": "checkout.session",
        "client_reference_id": attempt_id,
        "metadata": {"attempt": attempt_id},
        "payment_intent": f"pi_{attempt_id}",
    }
    return {
        "id": f"evt_{attempt_id}",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": thing},
    }


def _signed(event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    # https://docs.stripe.com/webhooks#verify-manually
    body, at = json.dumps(event).encode(), int(time.time())
    digest = hmac.new(_SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"Stripe-Signature": f"t={at},v1={digest}", "Content-Type": "application/json"}
