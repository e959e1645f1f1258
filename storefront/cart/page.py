"""The cart, and the basket beside the checkout, as their pages say them.

Knows words and places on a page; refuses to compute a price.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from babel.numbers import format_percent
from flask import url_for
from flask_babel import ngettext

from storefront import clock, money
from storefront.cart.payer import names, payer_name, why_not_card
from storefront.cart.quote import Quote, QuoteLine
from storefront.catalogue.unit_prices import per_unit
from storefront.config import settings
from storefront.credit.tender import Tender
from storefront.money import Money
from storefront.pictures.plates import Plate, plate
from storefront.policies import words
from storefront.policies.rules import Progress
from storefront.policies.terms import GiftCards
from storefront.pricing.models import DiscountKind
from storefront.pricing.offers import Given
from storefront.pricing.tax import TaxSplit
from storefront.web.text import gettext as _
from storefront.web.text import money_text, page_locale, short_day_text


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
class SumRow:
    """One amount of a sum; `text` where a word says it better."""

    label: str
    amount: Money
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """Amounts that add up to the total; `paid` is what credit pays of it, and `rest` what is left, None where credit
    pays nothing."""

    rows: tuple[SumRow, ...]
    total_label: str
    total: Money
    tax_note: str | None
    paid: tuple[SumRow, ...] = ()
    rest: SumRow | None = None


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
    """All that the cart's page says; `refused` is why there is no way to the checkout, or None."""

    lines: tuple[PageLine, ...]
    sums: Sums
    progress: Meter | None
    delivery: str
    terms: str
    update_url: str
    checkout_url: str
    refused: str | None
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


def sums(quote: Quote) -> Sums:
    """Goods, discounts, shipping and the total, with the tax that is in it or comes to it."""
    note = tax_note(quote.taxes, quote.currency) if quote.tax_included else None
    if not quote.tender.parts:
        return Sums(tuple(_sum_rows(quote)), _("Total"), quote.total, note)
    paid, rest = tuple(_paid_rows(quote.tender)), SumRow(_("To pay"), quote.tender.rest)
    return Sums(tuple(_sum_rows(quote)), _("Total"), quote.total, note, paid, rest)


def _paid_rows(tender: Tender) -> Iterator[SumRow]:
    called = names(tender)
    for part in tender.parts:
        yield SumRow(called[part.account_id], -part.amount)


def _sum_rows(quote: Quote) -> list[SumRow]:
    rows = [SumRow(_("Goods"), quote.goods), *discount_rows(quote.given)]
    if quote.chosen is not None and quote.requires_shipping:
        label = _("Shipping to %(country)s", country=words.country(quote.country))
        sent = quote.shipping if quote.tax_included else quote.shipping_net
        rows.append(SumRow(label, sent, "" if sent else _("free")))
    return rows if quote.tax_included else [*rows, *tax_rows(quote.taxes)]


def tax_rows(taxes: Iterable[tuple[int, TaxSplit]]) -> Iterator[SumRow]:
    """“Tax 19%”, for prices that tax is added to; what is not taxed has no row."""
    for rate_bp, split in taxes:
        if split.tax:
            yield SumRow(_("Tax %(rate)s", rate=rate_text(rate_bp)), split.tax)


def tax_note(taxes: Iterable[tuple[int, TaxSplit]], currency: str) -> str | None:
    """How much tax is in a total, and where there are several rates, how much of each; None where there is none."""
    found = [(rate_bp, split.tax) for rate_bp, split in taxes if split.tax]
    if not found:
        return None
    whole = money_text(money.total((tax for _rate, tax in found), currency))
    if len(found) == 1:
        return _("Includes %(amount)s tax.", amount=whole)
    each = ", ".join(
        _("%(amount)s at %(rate)s", amount=money_text(tax), rate=rate_text(rate)) for rate, tax in found
    )
    return _("Includes %(amount)s tax: %(each)s.", amount=whole, each=each)


def rate_text(basis_points: int) -> str:
    """“19%”, “5.5%”."""
    return str(format_percent(basis_points / 10_000, format="#,##0.##%", locale=page_locale()))


def discount_rows(given: Iterable[Given]) -> Iterator[SumRow]:
    """What discounts take off the goods, each by its name; that of shipping is seen in the price of shipping."""
    for each in given:
        if each.kind != DiscountKind.SHIPPING:
            yield SumRow(discount_name(each), -each.amount)


def discount_name(given: Given) -> str:
    """“Discount SPRING10”, or “Discount: Spring sale” where nothing was typed."""
    if given.code:
        return _("Discount %(code)s", code=given.code)
    return _("Discount: %(title)s", title=given.title)


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
    if errors or not quote.is_orderable:
        return _("Please put the marked lines right; then you can go on.")
    return None
