"""The last page before paying, in words: to whom, how, for how much, on which terms.

Knows a draft, its quote and its open order; refuses to compute a price.
"""

from dataclasses import dataclass

from babel.dates import format_time
from flask import url_for
from flask_babel import gettext as _

from storefront import clock
from storefront.cart.page import Code, arrival, code_of
from storefront.cart.quote import Quote
from storefront.cart.sums import Sums, sums
from storefront.checkout.addresses import address_lines
from storefront.checkout.models import CheckoutDraft
from storefront.checkout.queries import StandingOrder
from storefront.config import settings
from storefront.money import Money
from storefront.policies import words
from storefront.policies.rules import ShippingOption
from storefront.policies.terms import terms
from storefront.web.text import moment_text, money_text


@dataclass(frozen=True, slots=True)
class ShippingChoice:
    """A way to ship, as it is offered."""

    code: str
    name: str
    price: Money
    estimate: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class OwnCredit:
    """The customer's store credit: `text` says what becomes of it, `button` and `choice` how it is changed."""

    text: str
    button: str
    choice: str


@dataclass(frozen=True, slots=True)
class Review:
    """All that the review says; `differences` are what changed since its sum was last shown."""

    email: str
    delivery_address: list[str]
    billing_address: list[str] | None
    details_url: str
    shipping: list[ShippingChoice]
    sums: Sums
    total: Money
    credit: Money
    own_credit: "OwnCredit | None"
    terms: list[str]
    terms_url: str
    differences: list[str]
    hold: str | None
    button: str
    action: str
    is_by_card: bool
    code: Code | None
    seen: str


def reviewed(
    draft: CheckoutDraft,
    quote: Quote,
    *,
    standing: StandingOrder | None,
    saves_credit: bool,
    differences: list[str],
    seen: str,
) -> Review:
    """The review of a draft's quote, beside the order that already holds goods for it; `saves_credit`: the customer's
    store credit is left alone; `seen` is what the form says it showed."""
    return Review(
        email=draft.email,
        delivery_address=address_lines(draft.delivery),
        billing_address=address_lines(draft.billing) if draft.billing else None,
        details_url=url_for("checkout.details"),
        shipping=[_choice(option, quote) for option in quote.options],
        sums=sums(quote),
        total=quote.total,
        credit=quote.tender.paid,
        own_credit=_own_credit(quote, saves=saves_credit),
        terms=_terms(quote),
        terms_url=url_for("policies.money_back"),
        differences=differences,
        hold=_hold(standing),
        button=_button(quote),
        action=url_for("checkout.order"),
        is_by_card=bool(quote.tender.rest),
        code=code_of(quote, url=url_for("checkout.take_code")),
        seen=seen,
    )


def _own_credit(quote: Quote, *, saves: bool) -> OwnCredit | None:
    own = next(
        (each for each in quote.tender.funds if not each.is_card and each.balance and not each.is_closed),
        None,
    )
    if own is None:
        return None
    if saves:
        text = _("You have %(amount)s of store credit.", amount=money_text(own.balance))
        use = _("Use your store credit (%(amount)s)", amount=money_text(own.balance))
        return OwnCredit(text, use, "use")
    spent = money_text(quote.tender.paid_by(own.account_id))
    text = _(
        "%(spent)s of your store credit (%(amount)s) is used.", spent=spent, amount=money_text(own.balance)
    )
    return OwnCredit(text, _("Do not use it"), "save")


def _choice(option: ShippingOption, quote: Quote) -> ShippingChoice:
    days = option.arrival(today=clock.today(settings().timezone)) if quote.requires_shipping else None
    chosen = quote.chosen is not None and option.code == quote.chosen.code
    return ShippingChoice(option.code, option.name, option.price, arrival(days), chosen)


def _terms(quote: Quote) -> list[str]:
    return terms(
        quote.policy.document,
        country=quote.country,
        zone=settings().timezone,
        method=quote.chosen.code if quote.chosen else None,
        gift_cards=quote.gift_cards,
    )


def _hold(standing: StandingOrder | None) -> str | None:
    now = clock.now()
    if standing is None or standing.hold_until <= now:
        return None
    zone = settings().timezone
    until = standing.hold_until.astimezone(zone)
    is_today = until.date() == now.astimezone(zone).date()
    short = (
        format_time(until, "short", tzinfo=zone, locale=words.locale()) if is_today else moment_text(until)
    )
    return _("Your goods are held until %(time)s.", time=short)


def _button(quote: Quote) -> str:
    if not quote.total:
        return _("Order, nothing to pay")
    if not quote.tender.rest:
        return _("Order and pay with your credit")
    return _("Order and pay %(amount)s", amount=money_text(quote.tender.rest))


def differences(quote: Quote, *, shown_total_minor: int, shown_credit_minor: int) -> list[str]:
    """What of the sums is no longer as the shopper last saw it, a sentence each; the total last."""
    found = list(quote.problems)
    for line in quote.lines:
        if line.problem:
            found.append(f"{line.title}: {line.problem}")
        elif line.seen is not None:
            found.append(
                _(
                    "%(title)s was %(before)s and is now %(now)s.",
                    title=line.title,
                    before=money_text(line.seen),
                    now=money_text(line.unit),
                )
            )
    if shown_total_minor not in {-1, quote.total.minor}:
        before = money_text(Money(shown_total_minor, quote.currency))
        found.append(
            _("The total was %(before)s and is now %(now)s.", before=before, now=money_text(quote.total))
        )
    if shown_credit_minor not in {-1, quote.tender.paid.minor}:
        before = money_text(Money(shown_credit_minor, quote.currency))
        found.append(
            _(
                "Gift cards and credit paid %(before)s of it and now pay %(now)s.",
                before=before,
                now=money_text(quote.tender.paid),
            )
        )
    return found
