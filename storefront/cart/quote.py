"""What a cart costs now: the one path on which prices, shipping and tax meet.

Knows live prices, stock and policy; refuses to write, and to remember what it answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from storefront import money
from storefront.cart.contents import Cart, CartLine
from storefront.cart.lines import QuoteLine, quote_lines, unit_price
from storefront.cart.offered import Offered, offered, why_not
from storefront.cart.payer import funds_for, tendered
from storefront.cart.queries import Standing, standing
from storefront.cart.reckoning import reckon
from storefront.catalogue.models import Variant
from storefront.catalogue.queries import cart_goods
from storefront.catalogue.shown import CartGoods
from storefront.config import settings
from storefront.credit.tender import Funds, Tender
from storefront.database import lock_all
from storefront.money import Money
from storefront.payments.units import largest_charge, minimum_charge
from storefront.policies import words
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import Basis
from storefront.policies.queries import Policy
from storefront.policies.rules import (
    BasketFacts,
    Progress,
    ShippingOption,
    progress_among,
    served_countries,
    shipping_options,
)
from storefront.policies.terms import GiftCards
from storefront.pricing.lines import LineToPrice, price_line
from storefront.pricing.offers import Given, Reduced, as_given
from storefront.pricing.rates import Rates, rates_for
from storefront.pricing.tax import TaxSplit
from storefront.web.text import gettext as _
from storefront.web.text import money_text

__all__ = ["Cart", "CartLine", "Quote", "QuoteLine"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A cart with all its costs; `problems` are those of the whole, and `unpayable` is why the rest cannot be paid by
    card, "" where it can: more credit may still pay it.

    Prices, goods, discounts and the offers of shipping have tax in them or not (`tax_included`); net, tax, the lines'
    totals, shipping and the total are what they are called, and `taxes` what each rate (basis points) comes to.
    `goods` are before discounts, `discount` is what all of them take off the goods, `given` names each, that of
    shipping too; `code_says` is why the code that was typed takes nothing off, "" where it does. `tender` is how the
    total is paid: gift cards and store credit change nothing else.
    """

    currency: str
    country: str
    policy: Policy
    lines: tuple[QuoteLine, ...]
    goods: Money
    shipping: Money
    shipping_net: Money
    shipping_tax: Money
    net: Money
    tax: Money
    total: Money
    options: list[ShippingOption]
    chosen: ShippingOption | None
    problems: list[str]
    unpayable: str
    progress: Progress | None
    discount: Money
    given: tuple[Given, ...]
    takes_codes: bool
    code: str
    code_says: str
    taxes: tuple[tuple[int, TaxSplit], ...]
    tax_included: bool
    shipping_rate: int
    tender: Tender
    takes_cards: bool

    @classmethod
    def of(
        cls,
        cart: Cart,
        *,
        country: str = "",
        shipping_code: str | None = None,
        stands: Standing | None = None,
        email: str = "",
        region: str = "",
        customer_id: int | None = None,
        for_update: bool = False,
    ) -> "Quote":
        """Price a cart live, by two queries, for an ISO 3166 country; "" is where it most likely goes. Where
        there are discounts, it is one more; where the cart names gift cards or a customer pays, another.

        With how it `stands`, where the caller has just read it, it is one less. `email` is who orders, once it is
        known: discounts may be limited by person; `region` is the address's part of the country, once it is
        typed: tax may be its own; `customer_id` is whose store credit pays. What orders of the cart hold of its
        cards is there for it. Without a shipping code the usual way is chosen; an unknown code is a problem. Within
        a transaction, `for_update` locks the variants first, so that no price changes before the commit. Writes
        nothing.
        """
        variant_ids = [line.variant_id for line in cart.lines]
        if for_update:
            # In the order in which stock is taken: two carts never wait for each other in a circle.
            lock_all(Variant, variant_ids)
        stands = stands or standing()
        policy = stands.policy
        country = country or _likely_country(cart, policy.document)
        found = cart_goods(variant_ids)
        products = [goods.product_id for goods in found.values()]
        meets = offered(cart, products, email=email) if cart.lines and stands.has_discounts else Offered()
        usual = settings().tax_basis_points
        rates = rates_for(country, region, usual=usual) if stands.has_rates else Rates(usual)
        having = funds_for(cart, customer_id)
        terms = _Terms(policy, country, shipping_code, meets, rates, having, stands.has_cards)
        return _priced(cart, terms, found)

    @property
    def is_orderable(self) -> bool:
        """Whether it can be ordered as it stands."""
        wrong = self.problems or self.unpayable or any(line.problem for line in self.lines)
        return bool(self.lines) and self.chosen is not None and not wrong

    @property
    def prices_minor(self) -> dict[int, int]:
        """The price of one piece by variant: what a page that shows this quote has shown."""
        return {line.variant_id: line.unit.minor for line in self.lines if not line.is_gone}

    @property
    def requires_shipping(self) -> bool:
        """Whether anything in it has to be sent."""
        return any(line.requires_shipping for line in self.lines)

    @property
    def gift_cards(self) -> GiftCards:
        """How much of it is gift cards."""
        return GiftCards.among(line.is_gift_card for line in self.lines)

    def arrival(self, *, today: date) -> tuple[date, date] | None:
        """The first and last day on which it should arrive if ordered `today`; None where nothing is sent."""
        if self.chosen is None or not self.requires_shipping:
            return None
        return self.chosen.arrival(today=today)


def line_now(cart: Cart, variant_id: int, facts: CartGoods | None) -> QuoteLine:
    """One line of a cart as it would be sold now; the others change nothing about it."""
    price = unit_price(facts, settings().currency)
    priced = price_line(LineToPrice(price, cart.quantity_of(variant_id)), rate_bp=settings().tax_basis_points)
    alone = Cart(cart.id, tuple(line for line in cart.lines if line.variant_id == variant_id))
    return quote_lines(alone, {variant_id: facts} if facts else {}, [priced])[0]


@dataclass(frozen=True, slots=True)
class _Terms:
    """Under what a cart is priced."""

    policy: Policy
    country: str
    shipping_code: str | None
    meets: Offered
    rates: Rates
    having: tuple[Funds, ...]
    takes_cards: bool


def _likely_country(cart: Cart, document: PolicyDocument) -> str:
    """Where the cart said it goes, else the shop's own country, else the first that is served."""
    likely = next((code for code in (cart.country, settings().country) if document.zone_for(code)), None)
    return likely or next(iter(served_countries(document)), settings().country)


def _priced(cart: Cart, terms: _Terms, found: Mapping[int, CartGoods]) -> Quote:
    made = settings()
    reckoned = reckon(cart, found, rates=terms.rates, offers=terms.meets.offers)
    basket, facts, reduced = reckoned.basket, reckoned.facts, reckoned.reduced
    lines = quote_lines(cart, found, basket.lines)
    options = _options(lines, terms, facts)
    saved = _shipping_off(options, terms, reduced)
    if reduced.free_shipping is not None and options:
        options = [replace(options[0], price=Money.zero(made.currency)), *options[1:]]
    chosen = _chosen(options, terms.shipping_code)
    whole = reckoned.sent_for(chosen.price) if chosen and chosen.price else basket
    tender = tendered(cart, lines, whole.total, terms.having)
    return Quote(
        currency=made.currency,
        country=terms.country,
        policy=terms.policy,
        lines=lines,
        goods=reckoned.before,
        shipping=whole.shipping.total,
        shipping_net=whole.shipping.net,
        shipping_tax=whole.shipping.tax,
        net=whole.net,
        tax=whole.tax,
        total=whole.total,
        options=options,
        chosen=chosen,
        problems=_problems(terms.country, options, chosen),
        unpayable=_unpayable(tender.rest),
        progress=None if reduced.free_shipping else progress_among(options, facts=facts),
        discount=money.total(reduced.of_lines, made.currency),
        given=(*reduced.given, *saved),
        takes_codes=terms.meets.takes_codes,
        code=cart.code,
        code_says=_of_code(cart.code, reduced, saved),
        taxes=reckoned.taxes(whole),
        tax_included=made.prices_include_tax,
        shipping_rate=reckoned.shipping_rate,
        tender=tender,
        takes_cards=terms.takes_cards,
    )


def _shipping_off(options: Sequence[ShippingOption], terms: _Terms, reduced: Reduced) -> tuple[Given, ...]:
    """What free shipping saves: the price of the usual way, where that is the one chosen."""
    chosen = _chosen(options, terms.shipping_code)
    if reduced.free_shipping is None or chosen is None or chosen != options[0] or chosen.free:
        return ()
    return (as_given(reduced.free_shipping, chosen.price),)


def _of_code(code: str, reduced: Reduced, saved: tuple[Given, ...]) -> str:
    free = reduced.free_shipping
    if free is not None and free.code is not None and free.code == code and not saved:
        return _("The code %(code)s makes the usual way to ship free, which costs nothing here.", code=code)
    return why_not(code, reduced)


def _options(lines: Sequence[QuoteLine], terms: _Terms, facts: BasketFacts) -> list[ShippingOption]:
    if lines and not any(line.requires_shipping for line in lines):
        return [_nothing_to_send(facts.currency)]
    return shipping_options(terms.policy.document, country=terms.country, facts=facts)


def _nothing_to_send(currency: str) -> ShippingOption:
    free = Money.zero(currency)
    return ShippingOption("none", _("Nothing to send"), free, None, Basis.AFTER_DISCOUNTS, 0, 0)


def _chosen(options: Sequence[ShippingOption], code: str | None) -> ShippingOption | None:
    if not code:
        return options[0] if options else None
    return next((option for option in options if option.code == code), None)


def _problems(country: str, options: Sequence[ShippingOption], chosen: ShippingOption | None) -> list[str]:
    if not options:
        return [_("We do not ship to %(country)s.", country=words.country(country))]
    return [] if chosen else [_("This way to ship is no longer offered. Please choose another.")]


def _unpayable(rest: Money) -> str:
    least, most = minimum_charge(rest.currency), largest_charge(rest.currency)
    if rest and rest < least:
        return _("The smallest sum that can be paid by card is %(amount)s.", amount=money_text(least))
    if rest > most:
        return _("The largest sum that can be paid at once is %(amount)s.", amount=money_text(most))
    return ""
