"""What posts earned in a period, as its page prints it: sums, charts, and the same as tables.

Knows words and places; refuses to count anything itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_percent
from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from storefront.config import settings
from storefront.money import Money
from storefront.refunds.words import reason_words
from storefront.reports.earnings import Earned, PostEarned, View, earned, earned_by
from storefront.reports.periods import Grain, Period
from storefront.reports.sales import Takings, all_of
from storefront.staff.charts import Bars, Chart, bars, curves
from storefront.staff.period_form import Asked
from storefront.staff.sales_page import Figure, brief, cut, days, name_of_part, of_sales
from storefront.web.text import money_text, page_locale

VIEWS = {
    View.CARD: _l("Card or link used"),
    View.FIRST: _l("First post read"),
    View.LAST: _l("Latest post read"),
}
_MOST_BARS = 10
_NONE = "–"


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post in the table, or what stands beneath all: texts; `url` leads to the post, "" for the last rows."""

    title: str
    url: str
    readers: str
    orders: str
    sales: str
    refunds: str
    disputes: str
    net: str
    rate: str
    reasons: str = ""


@dataclass(frozen=True, slots=True)
class PartRow:
    """A day, week or month in the table; texts, of which `others` are what was direct and what was taken in all."""

    name: str
    orders: str
    posts: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EarningsShown:
    """The page. The charts are None where there is nothing to draw.

    remembers: readings are kept; of_shop: what the shop took besides is shown.
    """

    days: str
    view: str
    remembers: bool
    of_shop: bool
    figures: tuple[Figure, ...]
    rows: tuple[PostRow, ...]
    sums: tuple[PostRow, ...]
    best: Bars | None
    net: Chart | None
    part: str
    parts: tuple[PartRow, ...]


@dataclass(frozen=True, slots=True)
class CountedEarnings:
    """The figures themselves, and the parts of the period they are cut into."""

    parts: tuple[Period, ...]
    earned: Earned
    currency: str


def counted_earnings(asked: Asked, view: View) -> CountedEarnings:
    """What the ledger says of the period, by post."""
    currency = settings().currency
    parts = asked.period.cut(asked.grain)
    return CountedEarnings(parts, earned(parts, view=view, currency=currency), currency)


def earnings_shown(asked: Asked, view: View, *, of_shop: bool) -> EarningsShown:
    """All that the page shows of a period; with what the shop took besides for who may see that."""
    counted = counted_earnings(asked, view)
    found, currency = counted.earned, counted.currency
    posts = all_of((each.takings for each in found.posts), currency=currency)
    names = [name_of_part(part, asked.grain) for part in counted.parts]
    by_part = [all_of(each.values(), currency=currency) for each in found.by_part]
    return EarningsShown(
        days=days(asked.period),
        view=str(VIEWS[view]),
        remembers=settings().remember_posts,
        of_shop=of_shop,
        figures=_figures(found, posts, of_shop=of_shop),
        rows=tuple(map(_row, found.posts)),
        sums=(_sum(_("Direct"), found.direct), _sum(_("In all"), found.whole))
        if of_shop
        else (_sum(_("Through posts"), posts),),
        best=_best(found.posts),
        net=_net(by_part, found.whole_by_part if of_shop else (), names, currency),
        part={Grain.DAY: _("Day"), Grain.WEEK: _("Week"), Grain.MONTH: _("Month")}[asked.grain],
        parts=tuple(
            _part(name, took, others if of_shop else ())
            for name, took, *others in zip(
                names, by_part, found.direct_by_part, found.whole_by_part, strict=True
            )
        ),
    )


def earnings_line(post_id: int) -> str:
    """What a post has earned, in one line."""
    took = earned_by(post_id, currency=settings().currency)
    if not took.orders:
        return _("Nothing was bought through its cards and links yet.")
    return ngettext(
        "%(num)s order through its cards and links brought %(amount)s, net of refunds.",
        "%(num)s orders through its cards and links brought %(amount)s, net of refunds.",
        took.orders,
        amount=money_text(took.net),
    )


def _figures(found: Earned, posts: Takings, *, of_shop: bool) -> tuple[Figure, ...]:
    whole = found.whole
    share = _share(posts.net, whole.net) if of_shop else ""
    of_all = _("%(amount)s in all", amount=money_text(whole.sales)) if of_shop else ""
    sold = sum(1 for each in found.posts if each.takings.orders)
    direct = Figure(_("Direct"), money_text(found.direct.net), _("net, from no post"))
    return (
        Figure(
            _("Net of refunds"),
            money_text(posts.net),
            _("%(share)s of all takings", share=share) if share else "",
        ),
        Figure(_("Sales through posts"), money_text(posts.sales), of_all),
        Figure(_("Refunds"), money_text(-posts.refunds), of_sales(-posts.refunds, posts.sales)),
        *([direct] if of_shop else []),
        Figure(_("Posts that sold"), str(sold), ""),
    )


def _share(part: Money, whole: Money) -> str:
    if part.minor < 0 or whole.minor <= 0:
        return ""
    return str(format_percent(part.minor / whole.minor, "#,##0.0%", locale=page_locale()))


def _row(post: PostEarned) -> PostRow:
    reasons = "; ".join(
        f"{reason_words(reason) if reason else _('Unknown')} {money_text(-amount)}"
        for reason, amount in post.reasons
    )
    return _texts(
        post.title, url_for("staff.post", post_id=post.post_id), str(post.readers), post.takings, reasons
    )


def _sum(title: str, took: Takings) -> PostRow:
    return _texts(title, "", _NONE, took, "")


def _texts(title: str, url: str, readers: str, took: Takings, reasons: str) -> PostRow:
    return PostRow(
        title=title,
        url=url,
        readers=readers,
        orders=str(took.orders),
        sales=money_text(took.sales),
        refunds=money_text(took.refunds),
        disputes=money_text(took.disputes),
        net=money_text(took.net),
        rate=_share(-took.refunds, took.sales) or _NONE,
        reasons=reasons,
    )


def _part(name: str, posts: Takings, others: Sequence[Takings]) -> PartRow:
    return PartRow(
        name, str(posts.orders), money_text(posts.net), tuple(money_text(each.net) for each in others)
    )


def _best(posts: Sequence[PostEarned]) -> Bars | None:
    rows = [
        (cut(each.title), each.takings.net.minor, money_text(each.takings.net))
        for each in posts[:_MOST_BARS]
        if each.takings.net.minor > 0
    ]
    if not rows:
        return None
    summary = _(
        "Best posts: %(title)s earned most, %(amount)s net of refunds.", title=rows[0][0], amount=rows[0][2]
    )
    return bars(rows, summary=summary)


def _net(
    by_part: Sequence[Takings], whole: Sequence[Takings], names: Sequence[str], currency: str
) -> Chart | None:
    posts, all_ = [each.net.minor for each in by_part], [each.net.minor for each in whole]
    if not any(posts):
        return None
    highest = max(range(len(posts)), key=posts.__getitem__)
    said = {
        "sum": money_text(Money(sum(posts), currency)),
        "name": names[highest],
        "most": money_text(Money(posts[highest], currency)),
    }
    if whole:
        all_of_it = money_text(Money(sum(all_), currency))
        summary = _(
            "Net of refunds through posts: %(sum)s of %(all)s, most in %(name)s with %(most)s.",
            all=all_of_it,
            **said,
        )
    else:
        summary = _("Net of refunds through posts: %(sum)s, most in %(name)s with %(most)s.", **said)
    return curves(posts, all_, names=names, said=brief(currency), summary=summary)
