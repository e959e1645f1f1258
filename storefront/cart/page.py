"""The cart, and the basket beside the checkout, as their pages say them.

Knows words and places on a page; refuses to compute a price.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import ngettext

from storefront import clock
from storefront.cart.payer import payer_name, why_not_card
from storefront.cart.quote import Quote, QuoteLine
from storefront.cart.sums import Sums, sums
from storefront.catalogue.unit_prices import per_unit
from storefront.config import settings
from storefront.money import Money
from storefront.payments.units import minimum_charge
from storefront.pictures.plates import Plate, plate
from storefront.policies import words
from storefront.policies.rules import Progress
from storefront.policies.terms import GiftCards
from storefront.web.text import gettext as _
from storefront.web.text import money_text, short_day_text


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line: `typed` stands in its field, `error` says why it cannot stay, `notice` what is good to know."""

    key: int
    title: str
    url: str | None
    options: str
    quantity: int
    typed: str
    unit: Money
    total: Money
    picture: Plate | None
    error: str | None
    notice: str | None
    per_unit: str = ""

    @property
    def is_as_sold(self) -> bool:
        """Whether it says what any cart's line would: nothing was typed, and nothing is wrong or new."""
        return self.error is None and self.notice is None and self.typed == str(self.quantity)


@dataclass(frozen=True, slots=True)
class Meter:
    """How far it is to free shipping, in words and percent."""

    text: str
    label: str
    percent: int


@dataclass(frozen=True, slots=True)
class Basket:
    """What is being bought, in brief."""

    lines: tuple[PageLine, ...]
    count: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class CartPage:
    """All that the cart's page says; `refused` is why there is no way to the checkout, or None, and `unpayable` what
    is in the way of paying at its end."""

    lines: tuple[PageLine, ...]
    sums: Sums
    progress: Meter | None
    delivery: str
    terms: str
    update_url: str
    checkout_url: str
    refused: str | None
    unpayable: str
    code: "Code | None"


@dataclass(frozen=True, slots=True)
class Code:
    """The field for discount codes and gift cards; `taken` is the discount code that was typed, `says` why it takes
    nothing off. `typed` is what was refused, `wrong` why."""

    taken: str
    says: str
    url: str
    label: str = ""
    cards: "tuple[Card, ...]" = ()
    typed: str = ""
    wrong: str = ""

    @property
    def is_open(self) -> bool:
        """Whether there is a field to type another into."""
        return bool(self.label)


@dataclass(frozen=True, slots=True)
class Card:
    """A gift card whose code was typed; `says` why it pays nothing."""

    id: str
    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way to a page; the page itself needs no address."""

    title: str
    url: str = ""


NOTHING: Mapping[int, str] = {}


def cart_page(
    quote: Quote,
    *,
    typed: Mapping[int, str] = NOTHING,
    errors: Mapping[int, str] = NOTHING,
    said: Mapping[int, str] = NOTHING,
    typed_code: str = "",
    wrong_code: str = "",
) -> CartPage:
    """The page of a quoted cart, by variant: what was `typed` wrong, with its `errors`, or what was changed by
    itself and is `said` beside the line; and the code that was refused, with why."""
    promise = quote.policy.document.money_back
    return CartPage(
        lines=tuple(_line(line, typed=typed, errors={**said, **errors}) for line in quote.lines),
        sums=sums(quote),
        progress=_meter(quote.progress, quote.country),
        delivery=arrival(quote.arrival(today=clock.today(settings().timezone))),
        terms="" if quote.gift_cards is GiftCards.ALL or not promise.is_offered else words.window(promise),
        update_url=url_for("cart.update"),
        checkout_url=url_for("checkout.details"),
        refused=_refusal(quote, errors),
        unpayable=unpayable(quote),
        code=code_of(quote, url=url_for("cart.take_code"), typed=typed_code, wrong=wrong_code),
    )


def code_of(quote: Quote, *, url: str, typed: str = "", wrong: str = "") -> Code | None:
    """The field, which posts to `url`; None in a shop without codes and gift cards."""
    if not (quote.takes_codes or quote.takes_cards or quote.code):
        return None
    label = _("Discount code") if not quote.takes_cards else _("Discount code or gift card")
    if not quote.takes_codes:
        label = _("Gift card")
    is_open = quote.takes_cards or not quote.code
    cards = (
        Card(each.account_id, payer_name(each.code_end), why_not_card(each))
        for each in quote.tender.funds
        if each.is_card
    )
    return Code(quote.code, quote.code_says, url, label if is_open else "", tuple(cards), typed, wrong)


def basket(quote: Quote) -> Basket:
    """The goods beside a form of the checkout."""
    pieces = sum(line.quantity for line in quote.lines)
    return Basket(
        lines=tuple(_line(line, typed=NOTHING, errors=NOTHING) for line in quote.lines),
        count=ngettext("%(num)d piece", "%(num)d pieces", pieces),
        sums=sums(quote),
    )


def _line(line: QuoteLine, *, typed: Mapping[int, str], errors: Mapping[int, str]) -> PageLine:
    seen = line.seen
    return PageLine(
        key=line.variant_id,
        title=line.title,
        url=None if line.is_gone else url_for("shop.product", slug=line.slug),
        options=line.variant_title,
        quantity=line.quantity,
        typed=typed.get(line.variant_id, str(line.quantity)),
        unit=line.unit,
        total=line.before,
        # The title beside it says what it is: an alternative text would be read twice.
        picture=plate(line.picture, alt=""),
        error=errors.get(line.variant_id) or line.problem,
        notice=None if seen is None else _("The price was %(amount)s before.", amount=money_text(seen)),
        per_unit=per_unit(line.contents, line.unit),
    )


def _meter(progress: Progress | None, country: str) -> Meter | None:
    if progress is None:
        return None
    reached = progress.goal - progress.missing
    return Meter(
        text=_(
            "%(amount)s to free shipping to %(country)s",
            amount=money_text(progress.missing),
            country=words.country(country),
        ),
        label=_("%(amount)s of %(goal)s", amount=money_text(reached), goal=money_text(progress.goal)),
        percent=100 * reached.minor // progress.goal.minor,
    )


def arrival(days: tuple[date, date] | None) -> str:
    """“Delivery Thu, Nov 26 to Mon, Nov 30.”; empty where nothing is sent."""
    if days is None:
        return ""
    first, last = map(short_day_text, days)
    if first == last:
        return _("Delivery %(day)s.", day=first)
    return _("Delivery %(first)s to %(last)s.", first=first, last=last)


def _refusal(quote: Quote, errors: Mapping[int, str]) -> str | None:
    if quote.problems:
        return " ".join(quote.problems)
    if errors or not quote.lines or any(line.problem for line in quote.lines):
        return _("Please put the marked lines right; then you can go on.")
    return None


def unpayable(quote: Quote) -> str:
    """Why what is left to pay cannot be paid by card, and what helps; "" where it can. Credit may be named later than
    on the cart's page, so only the payment is refused for it."""
    if quote.tender.rest >= minimum_charge(quote.currency):
        return quote.unpayable
    return f"{quote.unpayable} {_what_helps(quote)}" if quote.unpayable else ""


def _what_helps(quote: Quote) -> str:
    if quote.gift_cards is GiftCards.NONE and (quote.takes_cards or quote.tender.funds):
        return _("Please put something more in your cart, or pay all of it with a gift card or store credit.")
    return _("Please put something more in your cart.")
