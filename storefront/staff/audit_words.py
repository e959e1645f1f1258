"""The record in words: what each verb says, whom and what it is about, and where that is shown.

Knows the verbs that rooms write; refuses to know what they did. A verb without words here is shown as it is.
"""

from collections.abc import Mapping
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from storefront.orders.models import number_of_id

VERBS: Mapping[str, Any] = {
    "order.placed": _l("Order placed"),
    "order.processing": _l("Payment under way"),
    "order.paid": _l("Order paid"),
    "order.cancelled": _l("Order cancelled"),
    "order.attached": _l("Order added to an account"),
    "order.shipped": _l("Parcel sent"),
    "order.delivered": _l("Parcel delivered"),
    "order.tracking_corrected": _l("Tracking corrected"),
    "order.contact_changed": _l("Contact changed"),
    "order.delivery_changed": _l("Delivery address changed"),
    "order.noted": _l("Note written"),
    "order.note_erased": _l("Note erased"),
    "order.mail_resent": _l("Mail sent once more"),
    "order.payment_link": _l("Payment link made"),
    "kept_view.kept": _l("View of orders kept"),
    "kept_view.removed": _l("View of orders removed"),
    "orders.exported": _l("Orders taken out as a file"),
    "order.disputed": _l("Payment disputed"),
    "payment.review": _l("Payment set aside for review"),
    "payment.accepted": _l("Payment in review accepted"),
    "payment.returned": _l("Payment in review given back"),
    "refund.requested": _l("Refund asked for"),
    "refund.approved": _l("Refund approved"),
    "refund.declined": _l("Refund declined"),
    "refund.settled": _l("Refund arrived"),
    "refund.failed": _l("Refund failed"),
    "refund.set_aside": _l("Failed refund set aside"),
    "refund.accepted": _l("Refund at Stripe that was not owed accepted"),
    "refund.regained": _l("Refund at Stripe that was not owed taken out of credit"),
    "return.asked": _l("Return asked for"),
    "return.approved": _l("Return approved"),
    "return.declined": _l("Return declined"),
    "return.received": _l("Returned goods recorded"),
    "return.refunded": _l("Money of a return sent back"),
    "return.ended": _l("Return ended without money"),
    "return.taken_back": _l("Return taken back"),
    "withdrawal.received": _l("Withdrawal received"),
    "withdrawal.matched": _l("Withdrawal matched with its order"),
    "withdrawal.accepted": _l("Withdrawal accepted"),
    "withdrawal.refused": _l("Withdrawal refused"),
    "product.added": _l("Product added"),
    "product.changed": _l("Product changed"),
    "product.published": _l("Product published"),
    "product.unpublished": _l("Product hidden"),
    "product.withdrawn": _l("Product withdrawn"),
    "product.options": _l("Options changed"),
    "product.value_renamed": _l("Option renamed"),
    "product.picture_added": _l("Picture added"),
    "product.picture_removed": _l("Picture removed"),
    "product.picture_moved": _l("Picture moved"),
    "product.picture_described": _l("Picture described"),
    "products.imported": _l("Products imported"),
    "posts.imported": _l("Posts imported"),
    "variant.added": _l("Variant added"),
    "variant.changed": _l("Variant changed"),
    "variant.moved": _l("Variant moved"),
    "variant.withdrawn": _l("Variant withdrawn"),
    "variant.sold_again": _l("Variant sold again"),
    "stock.adjusted": _l("Stock counted or moved"),
    "stock.threshold": _l("Low-stock number changed"),
    "comment.publish": _l("Comment published"),
    "comment.reject": _l("Comment rejected"),
    "comment.spam": _l("Comment put among the spam"),
    "comment.restore": _l("Comment taken back for another look"),
    "comments.close": _l("Comments closed"),
    "comments.open": _l("Comments opened again"),
    "post.added": _l("Post written"),
    "post.cover": _l("Cover of a post changed"),
    "post.changed": _l("Post changed"),
    "post.published": _l("Post published"),
    "post.scheduled": _l("Post scheduled"),
    "post.unscheduled": _l("Post taken off the schedule"),
    "post.withdrawn": _l("Post withdrawn"),
    "post.held_back": _l("Post held back for marked phrases"),
    "post.sent": _l("Post sent to subscribers"),
    "post.sending_stopped": _l("Sending to subscribers stopped"),
    "post.sending_resumed": _l("Sending to subscribers resumed"),
    "subscriber.left": _l("Letters ended"),
    "subscriber.bounced": _l("Address marked: mails come back"),
    "subscriber.unbounced": _l("Address no longer marked"),
    "subscribers.exported": _l("Subscribers taken out as a file"),
    "author.added": _l("Author added"),
    "author.changed": _l("Author changed"),
    "author.picture": _l("Picture of an author changed"),
    "tag.renamed": _l("Tag renamed"),
    "claim.source": _l("Source given for a marked phrase"),
    "claim.accept": _l("Marked phrase accepted"),
    "claim.recall": _l("Decision about a marked phrase taken back"),
    "lexicon.category": _l("Lexicon: category changed"),
    "lexicon.category_added": _l("Lexicon: category added"),
    "lexicon.phrase_on": _l("Lexicon: phrase switched on"),
    "lexicon.phrase_off": _l("Lexicon: phrase switched off"),
    "collection.added": _l("Collection added"),
    "collection.changed": _l("Collection changed"),
    "collection.moved": _l("Collection moved"),
    "collection.picture": _l("Collection's picture changed"),
    "collection.placed": _l("Product placed in a collection"),
    "collection.taken_off": _l("Product taken off a collection"),
    "discount.made": _l("Discount made"),
    "discount.changed": _l("Discount changed"),
    "discount.ended": _l("Discount ended"),
    "credit.given": _l("Gift card or store credit given"),
    "credit.adjusted": _l("Gift card or store credit put right"),
    "credit.closed": _l("Gift card or store credit closed"),
    "credit.opened": _l("Gift card or store credit opened again"),
    "credit.sent_anew": _l("Code of a gift card sent anew"),
    "tax_rate.set": _l("Rate of tax set"),
    "tax_rate.removed": _l("Rate of tax removed"),
    "policy.published": _l("Policy published"),
    "sign_in": _l("Signed in"),
    "sign_in.failed": _l("Sign-in failed"),
    "sign_in.proved": _l("Proved again who it is"),
    "sign_in.ended": _l("Sign-in ended"),
    "sign_in.all_ended": _l("Signed out everywhere"),
    "sign_out": _l("Signed out"),
    "account.made": _l("Account made"),
    "account.email_asked": _l("New e-mail address asked for"),
    "account.email": _l("E-mail address changed"),
    "account.password": _l("Password changed"),
    "account.password_reset": _l("Password set anew"),
    "account.passkey_added": _l("Passkey added"),
    "account.passkey_removed": _l("Passkey removed"),
    "account.codes_on": _l("Authenticator app set up"),
    "account.codes_off": _l("Authenticator app removed"),
    "account.recovery": _l("Recovery codes made anew"),
    "staff.invited": _l("Staff invited"),
    "staff.invitation_withdrawn": _l("Invitation withdrawn"),
    "staff.link_made": _l("Sign-in link made"),
    "staff.roles": _l("Roles changed"),
    "person.erased": _l("Person erased"),
    "person.copied": _l("Copy of a person's data taken"),
    "books.proof_asked": _l("Proof of the books asked for"),
    "job.retried": _l("Failed job run again"),
    "mail.sent_again": _l("Refused mail sent again"),
}

KINDS: Mapping[str, Any] = {
    "order": _l("Order"),
    "product": _l("Product"),
    "variant": _l("Variant"),
    "collection": _l("Collection"),
    "discount": _l("Discount"),
    "credit": _l("Credit"),
    "tax_rate": _l("Rate of tax"),
    "post": _l("Post"),
    "author": _l("Author"),
    "comment": _l("Comment"),
    "claim_category": _l("Lexicon"),
    "customer": _l("Account"),
    "subscriber": _l("Subscriber"),
    "policy": _l("Policy"),
    "books": _l("Books"),
    "job": _l("Job"),
    "mail": _l("Mail"),
    "kept_view": _l("View"),
    "withdrawal": _l("Withdrawal"),
}

# Where a kind of thing is shown: endpoint and the name of its id there.
_PAGES = {
    "order": ("staff.order", "number"),
    "product": ("staff.product", "product_id"),
    "variant": ("staff.stock_of", "variant_id"),
    "collection": ("staff.collection", "collection_id"),
    "discount": ("staff.discount", "discount_id"),
    "post": ("staff.post", "post_id"),
    "comment": ("staff.comment", "comment_id"),
    "claim_category": ("staff.lexicon_category", "category_id"),
    "subscriber": ("staff.subscriber", "subscriber_id"),
    "withdrawal": ("staff.withdrawal", "withdrawal_id"),
}


def verb_text(verb: str) -> str:
    """What was done: “Order paid”."""
    return str(VERBS.get(verb, verb.replace(".", ": ", 1).replace("_", " ").capitalize()))


def subject_text(kind: str, subject_id: str) -> str:
    """What it was done to: “Order 1001”."""
    return f"{KINDS.get(kind, kind.replace('_', ' ').capitalize())} {_number(kind, subject_id)}".strip()


def subject_url(kind: str, subject_id: str) -> str:
    """The page of it, or nothing where it has none."""
    if kind == "credit":
        return url_for("staff.credit_account", account_id=subject_id)
    endpoint, name = _PAGES.get(kind, ("", ""))
    if endpoint not in current_app.view_functions or not _is_number(subject_id):
        return ""
    return url_for(endpoint, **{name: int(_number(kind, subject_id))})  # type: ignore[arg-type]


def actor_text(kind: str, name: str, actor_id: str | None) -> str:
    """Who did it: a person's name, else what kind of somebody it was."""
    if name:
        return name
    if kind == "system":
        return _("The shop itself")
    known = {"staff": _("Staff"), "customer": _("Customer"), "stripe": "Stripe"}
    return f"{known.get(kind, kind)} {actor_id or ''}".strip()


def _number(kind: str, subject_id: str) -> str:
    is_order = kind == "order" and _is_number(subject_id)
    return str(number_of_id(int(subject_id))) if is_order else subject_id


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
