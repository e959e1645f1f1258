"""The staff pages as a whole: this module only gathers them.

Knows which modules have pages; refuses to have any itself but the list of keys.
"""

from flask import render_template
from flask_babel import gettext as _

from storefront.staff import (
    amending_views,
    audit_views,
    books_views,
    bulk_views,
    cancel_views,
    claim_views,
    collection_views,
    comment_views,
    credit_views,
    dashboard_views,
    discount_views,
    earnings_views,
    history_views,
    jobs_views,
    kept_view_views,
    lexicon_views,
    mailing_views,
    naming_views,
    new_order_views,
    order_list_views,
    order_views,
    paper_views,
    payment_review_views,
    people_views,
    picture_views,
    policy_views,
    portrait_views,
    post_cover_views,
    post_views,
    privacy_views,
    product_views,
    refund_queue_views,
    refund_views,
    return_views,
    shipment_views,
    stock_views,
    subscriber_views,
    tax_views,
    thread_views,
    variant_views,
    version_views,
    withdrawal_views,
)
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb
from storefront.staff.keys import key_groups
from storefront.web import open_to

# The modules named beside it hang their pages on the same blueprint.
__all__ = [
    "amending_views",
    "audit_views",
    "blueprint",
    "books_views",
    "bulk_views",
    "cancel_views",
    "claim_views",
    "collection_views",
    "comment_views",
    "credit_views",
    "dashboard_views",
    "discount_views",
    "earnings_views",
    "history_views",
    "jobs_views",
    "kept_view_views",
    "lexicon_views",
    "mailing_views",
    "naming_views",
    "new_order_views",
    "order_list_views",
    "order_views",
    "paper_views",
    "payment_review_views",
    "people_views",
    "picture_views",
    "policy_views",
    "portrait_views",
    "post_cover_views",
    "post_views",
    "privacy_views",
    "product_views",
    "refund_queue_views",
    "refund_views",
    "return_views",
    "shipment_views",
    "stock_views",
    "subscriber_views",
    "tax_views",
    "thread_views",
    "variant_views",
    "version_views",
    "withdrawal_views",
]


@blueprint.get("/shortcuts")
@open_to("staff")
def shortcuts() -> str:
    """Every key, as a page: what `?` shows where there is a script."""
    return render_template(
        "staff/shortcuts.html", groups=key_groups(), crumbs=[Crumb(_("Keyboard shortcuts"), "")]
    )
