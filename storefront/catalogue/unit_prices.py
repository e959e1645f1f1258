"""Prices for 100 g or a litre in words, and amounts beside them.

Knows words and places; refuses to compute a price.
"""

from functools import lru_cache

from babel.core import Locale
from babel.numbers import format_decimal

from storefront.catalogue.measures import Amount, Measure, Measured
from storefront.money import Money
from storefront.web.text import gettext as _
from storefront.web.text import money_text, page_locale

_SIGNS = {Measure.SQUARE_METRE: "m\u00b2", Measure.LITRE: "l"}


def per_unit(contents: Measured | None, price: Money) -> str:
    """“€4.80 per 100 g” of something that costs `price`; empty where nothing is said of its contents."""
    if contents is None:
        return ""
    return _("%(price)s per %(base)s", price=money_text(contents.price_of(price)), base=_base(contents.base))


def amount_text(amount: Amount) -> str:
    """“250 g”, “1.5 l”, “3 pieces”."""
    number = _number(amount, page_locale())
    if amount.measure is Measure.PIECE:
        return _("%(number)s pieces", number=number) if amount.thousandths != 1_000 else _("1 piece")
    return f"{number}\N{NO-BREAK SPACE}{_SIGNS.get(amount.measure, amount.measure.value)}"


def _base(base: Amount) -> str:
    if base.thousandths != 1_000:
        return amount_text(base)
    names = {Measure.LITRE: _("litre"), Measure.METRE: _("metre"), Measure.PIECE: _("piece")}
    return str(names.get(base.measure) or _SIGNS.get(base.measure) or base.measure.value)


@lru_cache(maxsize=1024)
def _number(amount: Amount, locale: Locale) -> str:
    return str(format_decimal(amount.decimal, locale=locale))
