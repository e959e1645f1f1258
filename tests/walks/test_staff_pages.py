"""Every staff page in Chromium, with scripts in all that people may have typed: none runs, none is even tried, and
axe objects to nothing in light and dark. A page that is added is walked too, or fails here for want of an id."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from storefront import audit, clock
from storefront.catalogue.models import Collection, Image
from storefront.claims.queries import categories
from storefront.content.naming import tags
from storefront.database import db, release, transaction
from storefront.jobs import Job, JobState
from storefront.mail.models import MailState, OutgoingMail
from storefront.orders import actions
from storefront.orders.books import Document
from storefront.orders.kept_views import LONGEST_NAME, keep_view
from storefront.orders.models import Order, OrderLine, OrderNote, number_of_id
from storefront.policies.actions import publish_policy
from storefront.policies.parts import Quality, Support
from storefront.refunds.models import NoteKind, RefundNote
from storefront.refunds.withdrawing import Statement, declare_withdrawal
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.claims import an_accepted_claim
from tests.builders.comments import a_comment
from tests.builders.content import a_post, an_author
from tests.builders.credit import a_gift_card
from tests.builders.discounts import a_discount
from tests.builders.newsletter import a_subscriber
from tests.builders.orders import LEIPZIG, a_dispute, an_order
from tests.builders.payments import a_refund
from tests.builders.refunds import a_paid_basket, a_payment_in_review
from tests.builders.returns import a_return
from tests.builders.shipments import BY, a_shipment
from tests.needs import needs_npm
from tests.policies.documents import a_document, a_method, a_zone
from tests.walks.live import OF_COLOURS, ON_ONE_ENGINE, LiveShop, faults

pytestmark = pytest.mark.browser

HOSTILE = "\"'><img src=x onerror=ran()><script>ran()</script>"
# What the browser says of it, by itself: a script that ran, and one that the policy of the page kept from running.
LISTEN = """
window.seen = [];
window.ran = () => window.seen.push("ran");
document.addEventListener("securitypolicyviolation", (event) => window.seen.push(event.violatedDirective));
"""
# Columns that hold what somebody typed: shoppers, their browsers, mail servers, carriers, banks, colleagues.
TYPED = {
    "orders": ("email", "shipping_name"),
    "author": ("name", "bio"),
    "subscriber": ("email", "wording"),
    "comment": ("name", "email", "text"),
    "post": ("title", "summary", "body", "alt"),
    "revision": ("title", "summary", "body"),
    "tag": ("title",),
    "order_line": ("title", "variant_title"),
    "order_note": ("text",),
    "refund_note": ("text",),
    "return_note": ("text",),
    "withdrawal": ("name", "text", "number"),
    "product": ("title", "subtitle", "vendor", "kind", "seo_title", "seo_description"),
    "product_tag": ("tag",),
    "collection": ("title", "intro"),
    "discount": ("title",),
    "credit_account": ("email",),
    "claim_category": ("title", "disclaimer"),
    "claim_mark": ("words", "sentence"),
    "claim_phrase": ("text",),
    "claim_reason": ("text",),
    "image": ("alt",),
    "option": ("name",),
    "variant": ("sku",),
    "customer": ("name",),
    "sign_in": ("user_agent",),
    "job": ("error",),
    "outgoing_mail": ("title", "text", "error", "recipient"),
    "audit_detail": ("name", "before", "after"),
    "shipment": ("tracking_number",),
    "stock_adjustment": ("note",),
}
# No page: files to keep, and a way that leads on.
NO_PAGE = {
    "staff.sales_csv",
    "staff.orders_csv",
    "staff.books_csv",
    "staff.comments_csv",
    "staff.earnings_csv",
    "staff.subscribers_csv",
    "staff.go_to_order",
}


@pytest.fixture
def known(shop: LiveShop) -> dict[str, Any]:
    """A shop in which everything was typed by somebody hostile; the ids that lead to its pages."""
    with shop.app.app_context():
        placed = a_paid_basket(shop.sandbox, (2400, 2))
        order_id = placed.order_id
        a_dispute(an_order(paid=True, cart_id="c-2", title="Tray"))
        actions.add_note(order_id, text="Note", key="note", by=BY)
        ids = {
            "number": number_of_id(order_id),
            "attempt_id": a_payment_in_review(shop.sandbox).attempt_id,
            "shipment_id": a_shipment(order_id, pieces=1),
            "refund_id": a_refund(placed, minor=100),
            "post_id": a_post(title="Post", tags=("Growing",)).id,
            "author_id": an_author(),
            "tag_id": tags()[0].id,
            "comment_id": a_comment().id,
            "mark_id": an_accepted_claim().id,
            "category_id": categories()[0].id,
            "version_id": _a_hostile_policy(),
            "subscriber_id": a_subscriber().id,
            "discount_id": a_discount(),
            "account_id": a_gift_card(email="mara@example.org").id,
        }
        with transaction() as current:
            current.add(
                RefundNote(refund_id=ids["refund_id"], kind=NoteKind.NOTE, text="Note", at=clock.now())
            )
        ids["return_id"] = a_return(order_id, reason="damaged", note="Note", exception=True)
        typed = Statement("Name", str(ids["number"]), "mara@example.org", "Text", "a" * 32)
        ids["withdrawal_id"] = declare_withdrawal(typed)
        ids |= _more_ids(order_id)
        _poison()
        release()
    return ids


def _a_hostile_policy() -> int:
    """Its versions refuse to be changed, so it is published as it is."""
    zone = a_zone("*", name=HOSTILE, methods=(a_method(name=HOSTILE, price_minor=0),))
    document = replace(a_document(zone), support=Support(hours=HOSTILE), quality=(Quality(HOSTILE, HOSTILE),))
    return publish_policy(document, author="system", note=HOSTILE)


def _more_ids(order_id: int) -> dict[str, Any]:
    """Ids of rows that belong to the order and its goods, and of a job and a mail that failed."""
    with transaction() as current:
        mail = current.query(OutgoingMail).filter_by(subject=f"order:{order_id}").first()
        assert mail
        job = Job(name="mail.send", args={"mail": mail.id}, state=JobState.DEAD, tries=12, error="No.")
        job.run_at = job.created_at = job.ended_at = clock.now()
        current.add(job)
        current.execute(sa.update(OutgoingMail).values(state=MailState.REFUSED))
        line = current.query(OrderLine).filter_by(order_id=order_id).first()
        image = current.query(Image).first()
        assert line
        assert image
        audit.record("order.changed", subject=("order", order_id), detail={"name": ("before", "after")})
        current.flush()
        return {
            "mail_id": mail.id,
            "job_id": job.id,
            "variant_id": line.variant_id,
            "product_id": image.product_id,
            "image_id": image.id,
            "collection_id": current.scalar(sa.select(sa.func.min(Collection.id))),
            "note_id": current.scalar(sa.select(sa.func.min(OrderNote.id))),
            "document_id": current.scalar(sa.select(Document.id).where(Document.order_id == order_id)),
        }


def _poison() -> None:
    """Add the scripts to all that was typed, wherever it is kept."""
    with transaction() as current:
        for name, columns in TYPED.items():
            table = db.metadata.tables[name]
            current.execute(sa.update(table).values({each: _and_hostile(table.c[each]) for each in columns}))
        address = {**dict.fromkeys(LEIPZIG, HOSTILE), "company_name": HOSTILE, "country": "DE"}
        current.execute(sa.update(Order).values(delivery=address, billing=address))


def _and_hostile(column: sa.Column[str]) -> sa.ColumnElement[str]:
    """What the column holds and the scripts after it; either is cut where the column is short."""
    longest = getattr(column.type, "length", None) or 1000
    kept = sa.func.substr(sa.func.coalesce(column, ""), 1, max(0, longest - len(HOSTILE)))
    return kept.concat(HOSTILE[:longest])


def _let_in(page: Page, shop: LiveShop) -> int:
    with shop.app.app_context():
        person = a_staff_member(role="owner", name=HOSTILE).id
        keep_view(person, name=HOSTILE[:LONGEST_NAME], filters={"q": HOSTILE})
    cookies = signed_in(shop.app, person)._cookies.values()  # type: ignore[union-attr]
    page.context.add_cookies([{"name": each.key, "value": each.value, "url": shop.url} for each in cookies])
    return int(person)


def _addresses(shop: LiveShop, ids: dict[str, Any], person: int) -> Iterator[str]:
    """Every page of staff by its address; and the own page of whoever signed in, where browsers are listed."""
    number = ids["number"]
    queries = {
        "staff.chosen_orders": f"?act=ship&n={number}",
        "staff.packing_slips": f"?n={number}",
        "staff.invoices": f"?n={number}",
        "staff.retry_jobs": f"?up_to={ids['job_id']}",
        "staff.orders": "?state=paid",
    }
    to_page = shop.app.url_map.bind("localhost")
    for rule in shop.app.url_map.iter_rules():
        if (
            rule.endpoint in NO_PAGE
            or not rule.endpoint.startswith("staff.")
            or "GET" not in (rule.methods or ())
        ):
            continue
        values = {each: ids[each] for each in rule.arguments}
        if rule.endpoint == "staff.person":
            values = {"number": person}
        if rule.endpoint == "staff.post_version":
            values["number"] = 1
        yield to_page.build(rule.endpoint, values) + queries.get(rule.endpoint, "")
    yield "/account/security"


@contextmanager
def _listening(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(LISTEN)
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def test_no_script_that_somebody_typed_runs_or_is_tried_on_any_staff_page(
    chromium: Browser, shop: LiveShop, known: dict[str, Any]
) -> None:
    wrong, shown = {}, 0
    with _listening(chromium) as page:
        person = _let_in(page, shop)
        walked = list(_addresses(shop, known, person))
        for path in walked:
            answer = page.goto(shop.url + path)
            assert answer
            shown += page.get_by_text("<script>ran()</script>").count() > 0
            found = [answer.status, page.evaluate("window.seen"), page.locator("img[src='x']").count()]
            if found != [200, [], 0]:
                wrong[path] = found

    assert wrong == {}
    assert len(walked) >= 40
    # The control: what was typed is there to be read, on most pages.
    assert shown >= 25


def test_the_listener_hears_of_what_is_tried(chromium: Browser, shop: LiveShop) -> None:
    """The control: markup that gets into the page is seen, though its script is kept from running."""
    with _listening(chromium) as page:
        page.goto(f"{shop.url}/sign-in")
        page.evaluate("text => document.body.insertAdjacentHTML('beforeend', text)", HOSTILE)
        page.wait_for_function("window.seen.length > 0")

        assert page.evaluate("window.seen") == ["script-src-attr"]


@ON_ONE_ENGINE
def test_axe_finds_nothing_on_any_staff_page_in_light_and_dark(
    chromium: Browser, shop: LiveShop, known: dict[str, Any]
) -> None:
    axe, wrong = needs_npm(), {}
    with _listening(chromium) as page:
        person = _let_in(page, shop)
        for path in _addresses(shop, known, person):
            page.emulate_media(color_scheme="light")
            page.goto(shop.url + path)
            found = faults(page, axe)
            page.emulate_media(color_scheme="dark")
            if found := [*found, *faults(page, axe, rules=OF_COLOURS)]:
                wrong[path] = found

    assert wrong == {}
