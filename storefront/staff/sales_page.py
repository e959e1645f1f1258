"""The figures of a period as the dashboard prints them: sums, two charts, and the same as a table.

Knows words and places; refuses to count anything itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from babel.numbers import format_percent
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.config import settings
from storefront.money import Money, format_briefly
from storefront.reports.periods import Grain, Period
from storefront.reports.sales import Sold, Takings, all_of, best_sellers, other_currencies, takings
from storefront.staff.charts import Bars, Chart, bars, columns, curves
from storefront.staff.period_form import Asked
from storefront.web.text import day_text, money_text, page_locale, short_day_text, skeleton

_LONGEST_NAME = 44


@dataclass(frozen=True, slots=True)
class Figure:
    """One large number, and what it is held against."""

    title: str
    value: str
    beside: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; texts."""

    name: str
    orders: str
    sales: str
    refunds: str
    disputes: str
    net: str
    before: str


@dataclass(frozen=True, slots=True)
class Seller:
    """One of the best sellers."""

    product_id: int
    title: str
    pieces: int
    amount: str


@dataclass(frozen=True, slots=True)
class SalesShown:
    """The part of the dashboard about money. The charts are None where there is nothing to draw."""

    days: str
    figures: tuple[Figure, ...]
    rows: tuple[Row, ...]
    total: Row
    part: str
    net: Chart | None
    orders: Chart | None
    sellers: tuple[Seller, ...]
    seller_bars: Bars | None
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures themselves: each part of the period, and the days as long before it."""

    parts: tuple[Period, ...]
    now: tuple[Takings, ...]
    before: tuple[Takings, ...]
    currency: str


def counted(asked: Asked) -> Counted:
    """What the ledger says of the period and of the one before. One statement."""
    currency = settings().currency
    parts = asked.period.cut(asked.grain)
    earlier = [part.shifted(-asked.period.days) for part in parts]
    found = takings([*parts, *earlier], currency=currency)
    return Counted(parts, found[: len(parts)], found[len(parts) :], currency)


def sales_shown(asked: Asked) -> SalesShown:
    """All that the dashboard shows of a period. Four statements, and two for each other currency."""
    figures = counted(asked)
    now, before = (
        all_of(figures.now, currency=figures.currency),
        all_of(figures.before, currency=figures.currency),
    )
    names = [name_of_part(part, asked.grain) for part in figures.parts]
    sellers = best_sellers(asked.period, currency=figures.currency)
    return SalesShown(
        days=days(asked.period),
        figures=_figures(now, before, asked.period),
        rows=tuple(map(_row, names, figures.now, figures.before)),
        total=_row(_("In all"), now, before),
        part={Grain.DAY: _("Day"), Grain.WEEK: _("Week"), Grain.MONTH: _("Month")}[asked.grain],
        net=_net_chart(figures, names, asked),
        orders=_orders_chart(figures, names),
        sellers=tuple(
            Seller(each.product_id, each.title, each.pieces, money_text(each.amount)) for each in sellers
        ),
        seller_bars=_seller_bars(sellers),
        others=_others(asked.period, figures.currency),
    )


def days(period: Period) -> str:
    """A period in words."""
    if period.first == period.last:
        return day_text(period.first)
    return _(
        "%(first)s to %(last)s", first=day_text(period.first, "long"), last=day_text(period.last, "long")
    )


def name_of_part(part: Period, grain: Grain) -> str:
    """A day, week or month in words."""
    if grain is Grain.MONTH:
        return skeleton("yMMM", part.first, page_locale())
    return short_day_text(part.first) if grain is Grain.DAY else skeleton("MMMd", part.first, page_locale())


def _row(name: str, now: Takings, before: Takings) -> Row:
    amounts = (now.sales, now.refunds, now.disputes, now.net, before.net)
    return Row(name, str(now.orders), *map(money_text, amounts))


def _figures(now: Takings, before: Takings, period: Period) -> tuple[Figure, ...]:
    return (
        Figure(_("Net takings"), money_text(now.net), _against(now.net.minor, before.net.minor, period)),
        Figure(_("Sales"), money_text(now.sales), _against(now.sales.minor, before.sales.minor, period)),
        Figure(_("Orders"), str(now.orders), _against(now.orders, before.orders, period)),
        Figure(_("Average order"), money_text(now.average) if now.average else "–", _average(before)),
        Figure(_("Refunds"), money_text(-now.refunds), of_sales(-now.refunds, now.sales)),
        Figure(_("Kept by disputes"), money_text(-now.disputes), of_sales(-now.disputes, now.sales)),
    )


def _against(now: int, before: int, period: Period) -> str:
    days = ngettext("the day before", "the %(num)s days before", period.days)
    if before <= 0:
        return _("Nothing in %(days)s", days=days)
    if now == before:
        return _("The same as in %(days)s", days=days)
    share = format_percent(abs(now - before) / before, locale=page_locale())
    if now > before:
        return _("%(share)s more than in %(days)s", share=share, days=days)
    return _("%(share)s less than in %(days)s", share=share, days=days)


def _average(before: Takings) -> str:
    return _("%(amount)s before", amount=money_text(before.average)) if before.average else ""


def of_sales(part: Money, sales: Money) -> str:
    """Which part of sales that is, in words; empty for nothing."""
    if not part or sales.minor <= 0:
        return ""
    share = format_percent(part.minor / sales.minor, "#,##0.0%", locale=page_locale())
    return _("%(share)s of sales", share=share)


def _net_chart(figures: Counted, names: Sequence[str], asked: Asked) -> Chart | None:
    now, before = (
        [taken.net.minor for taken in figures.now],
        [taken.net.minor for taken in figures.before],
    )
    if not any(now) and not any(before):
        return None
    highest = max(range(len(now)), key=now.__getitem__)
    summary = _(
        "Net takings, %(days)s: %(sum)s in all, most in %(name)s with %(most)s; %(before)s in the days before.",
        days=days(asked.period),
        sum=money_text(Money(sum(now), figures.currency)),
        name=names[highest],
        most=money_text(Money(now[highest], figures.currency)),
        before=money_text(Money(sum(before), figures.currency)),
    )
    return curves(now, before, names=names, said=brief(figures.currency), summary=summary)


def brief(currency: str) -> Callable[[int], str]:
    """How a chart writes minor units of a currency."""
    return lambda minor: format_briefly(Money(minor, currency), locale=page_locale())


def _orders_chart(figures: Counted, names: Sequence[str]) -> Chart | None:
    orders = [taken.orders for taken in figures.now]
    if not any(orders):
        return None
    highest = max(range(len(orders)), key=orders.__getitem__)
    summary = _(
        "Orders: %(sum)s in all, most in %(name)s with %(most)s.",
        sum=sum(orders),
        name=names[highest],
        most=orders[highest],
    )
    return columns(orders, names=names, said=str, summary=summary)


def _seller_bars(sellers: Sequence[Sold]) -> Bars | None:
    if not sellers:
        return None
    rows = [(cut(each.title), each.amount.minor, money_text(each.amount)) for each in sellers]
    summary = _("Best sellers: most was paid for %(title)s, %(amount)s.", title=rows[0][0], amount=rows[0][2])
    return bars(rows, summary=summary)


def cut(title: str) -> str:
    """A title that fits above a bar."""
    return title if len(title) <= _LONGEST_NAME else title[: _LONGEST_NAME - 1].rstrip() + "…"


def _others(period: Period, currency: str) -> tuple[str, ...]:
    found = ((other, takings([period], currency=other)[0]) for other in other_currencies(currency))
    return tuple(money_text(taken.net) for _other, taken in found if taken.orders or taken.net)
