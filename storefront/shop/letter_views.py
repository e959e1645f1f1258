"""Letters, for who is signed in: whether they come to their address, and the two buttons.

Knows the page; refuses to subscribe anybody: the button behind the link in the mail does, here as everywhere.
"""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_customer
from storefront.config import settings
from storefront.newsletter import actions
from storefront.newsletter.models import Subscriber, SubscriberState
from storefront.newsletter.queries import find_subscriber
from storefront.newsletter.wording import wording
from storefront.shop.blueprint import blueprint
from storefront.shop.frame import Link
from storefront.web import csrf, limiter, no_store, open_to
from storefront.web.notices import notices
from storefront.web.text import day_text


@blueprint.get("/account/letters")
@open_to("customers")
@no_store
def own_letters() -> str:
    """Whether letters come, and since when. One statement beside the frame's."""
    customer, found = current_customer(), _own()
    return render_template(
        "shop/own_letters.html",
        email=customer.email,
        said=_said(found),
        gets=found is not None and found.state == SubscriberState.SUBSCRIBED,
        waits=found is not None and found.state == SubscriberState.ASKED,
        wording=wording(),
        crumbs=[Link(_("Your account"), url_for("shop.account")), Link(_("Letters"), "")],
        notices=notices(),
    )


@blueprint.post("/account/letters")
@open_to("customers")
@limiter.limit(lambda: settings().limit_newsletter, deduct_when=lambda answer: answer.status_code == 303)
@no_store
def ask_for_own_letters() -> Any:
    """As every form: a mail with a link goes to their address, and only its button subscribes."""
    csrf.protect()
    email = current_customer().email
    actions.ask_for_letters(email, place="account")
    said = _(
        "We write to %(email)s now. Press the button behind the link in that mail: only then do letters come.",
        email=email,
    )
    flash(said, "good")
    return redirect(url_for("shop.own_letters"), 303)


@blueprint.post("/account/letters/end")
@open_to("customers")
@no_store
def end_own_letters() -> Any:
    """No more letters, at once."""
    csrf.protect()
    if (found := _own()) is not None:
        actions.leave(found.id, customer_id=current_customer().id)
    flash(_("We send no letter to your address any more."), "good")
    return redirect(url_for("shop.own_letters"), 303)


def _own() -> Subscriber | None:
    """The subscription of their address, once it is proved to be theirs."""
    customer = current_customer()
    return find_subscriber(customer.email) if customer.confirmed_at is not None else None


def _said(found: Subscriber | None) -> str:
    """How it stands, in a sentence."""
    if found is None:
        return _("You get no letters.")
    if found.state == SubscriberState.ASKED:
        asked = day_text(found.asked_at, "long")
        return _(
            "You asked for letters on %(day)s. They begin once you confirm it from your mailbox.", day=asked
        )
    if found.state == SubscriberState.SUBSCRIBED:
        begun = found.subscribed_at and day_text(found.subscribed_at, "long")
        return _("You get our letters since %(day)s.", day=begun)
    if found.state == SubscriberState.BOUNCED:
        return _("Letters to your address came back, and we send none. Ask for them once your mailbox works.")
    ended = found.ended_at and day_text(found.ended_at, "long")
    return _("You get no letters: you ended them on %(day)s.", day=ended)
