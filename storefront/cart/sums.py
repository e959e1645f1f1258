"""Amounts that add up, as every page and paper of an order prints them: goods, discounts, shipping, tax, the total.

Knows what each row is called; refuses to compute what stands in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from babel.numbers import format_percent

from storefront import money
from storefront.cart.payer import names
from storefront.cart.quote import Quote
from storefront.credit.tender import Tender
from storefront.money import Money
from storefront.policies import words
from storefront.pricing.models import DiscountKind
from storefront.pricing.offers import Given
from storefront.pricing.tax import TaxSplit
from storefront.web.text import gettext as _
from storefront.web.text import money_text, page_locale


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
