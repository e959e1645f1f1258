"""The list of orders as it is printed: rows, chips, views and the ways to other pages.

Knows words and addresses; refuses to know how the orders were found.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import ngettext

from storefront.orders.kept_views import LONGEST_NAME, KeptView
from storefront.orders.listing import OrderPage
from storefront.orders.models import Fulfilment, OrderState, number_of_id
from storefront.orders.rows import OrderRow
from storefront.orders.sought import Matter, Parcel, Sort
from storefront.staff.order_filters import OrderFilters, in_address, list_url
from storefront.web.text import day_text, moment_text, money_text
from storefront.web.text import gettext as _


@dataclass(frozen=True, slots=True)
class Tag:
    """A word that qualifies an order; `kind` is "", "good", "bad" or "marker"."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the template prints it."""

    number: int
    url: str
    name: str
    place: str
    goods: str
    payment: Tag
    parcel: str
    placed: str
    total: str


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A chip or a view; `current` where the page is that view."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    """See `templates/staff/_pager.html`."""

    label: str
    text: str
    first_url: str | None
    previous_url: str | None
    next_url: str | None


def shown(row: OrderRow) -> ShownRow:
    """A row in words."""
    return ShownRow(
        number=row.number,
        url=url_for("staff.order", number=row.number),
        name=row.name or row.email,
        place=", ".join(part for part in (row.city, row.country) if part),
        goods=ngettext("%(num)d good", "%(num)d goods", row.pieces),
        payment=payment_tag(row),
        parcel=parcel_text(row),
        placed=moment_text(row.placed_at, "short"),
        total=money_text(row.total),
    )


def payment_tag(row: OrderRow) -> Tag:
    """How the money stands, the worst first."""
    if row.is_disputed:
        return Tag(_("Disputed"), "bad")
    if row.in_review:
        return Tag(_("Payment review"), "bad")
    if row.is_all_refunded:
        return Tag(_("Refunded"))
    if row.refunded:
        return Tag(_("Part refunded"))
    return _state_tag(row.state)


def _state_tag(state: OrderState) -> Tag:
    # Not a table: it would look up four texts for each of fifty rows.
    match state:
        case OrderState.AWAITING_PAYMENT:
            return Tag(_("Waiting for payment"), "marker")
        case OrderState.PROCESSING:
            return Tag(_("Waiting for the bank"), "marker")
        case OrderState.PAID:
            return Tag(_("Paid"), "good")
        case OrderState.CANCELLED:
            return Tag(_("Cancelled"))


def parcel_text(row: OrderRow) -> str:
    """How far the goods have come; nothing where nothing is to be sent."""
    if row.fulfilment == Fulfilment.PARTLY:
        return _("Partly sent")
    if row.is_to_pack:
        return _("To pack")
    return {Fulfilment.SHIPPED: _("Shipped"), Fulfilment.DELIVERED: _("Delivered")}.get(row.fulfilment, "")


def chips(form: OrderFilters) -> list[ShownLink]:
    """The filters in force but for the sorting, each with the address of the list without it."""
    values = in_address(form)
    return [
        ShownLink(
            _said(form, name), list_url({other: text for other, text in values.items() if other != name})
        )
        for name in values
        if name != "sort"
    ]


def _said(form: OrderFilters, name: str) -> str:
    field = form[name]
    value = field.data
    if name == "q":
        value = f"“{value}”"
    elif name in {"since", "until"}:
        value = day_text(value, "medium")
    elif hasattr(field, "choices"):
        value = next(choice.label for choice in field.choices if choice.value == value)
    return _("%(filter)s: %(value)s", filter=field.label.text, value=value)


def views(form: OrderFilters, kept: Iterable[KeptView]) -> list[ShownLink]:
    """What is looked at every day, then what the person keeps; each is an address that can be sent on."""
    values = in_address(form)
    every: list[tuple[str, dict[str, str]]] = [
        (_("All"), {}),
        (_("To pack"), {"parcel": Parcel.TO_PACK, "sort": Sort.OLDEST}),
        (_("Waiting for payment"), {"state": OrderState.AWAITING_PAYMENT}),
        (_("Payment review"), {"matter": Matter.IN_REVIEW}),
        (_("Disputed"), {"matter": Matter.DISPUTED}),
        (_("Refunded"), {"matter": Matter.REFUNDED}),
    ]
    every += [(each.name, each.filters) for each in kept]
    return [ShownLink(label, list_url(view), current=values == view) for label, view in every]


@dataclass(frozen=True, slots=True)
class OwnView:
    """One of the views that the person keeps, with where it is removed."""

    name: str
    url: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class OwnViews:
    """The person's own views, and where the filters of this page are kept under a name."""

    rows: tuple[OwnView, ...]
    keep_url: str
    most_letters: int = LONGEST_NAME


def own_views(form: OrderFilters, kept: Iterable[KeptView]) -> OwnViews:
    """The views that somebody keeps, and the way to keep the one that this page shows."""
    rows = tuple(
        OwnView(each.name, list_url(each.filters), url_for("staff.remove_order_view", view_id=each.id))
        for each in kept
    )
    return OwnViews(rows, url_for("staff.keep_order_view", **in_address(form)))  # type: ignore[arg-type]


def pager(page: OrderPage, form: OrderFilters) -> Pager:
    """The ways to other pages, and what this one holds."""
    values = in_address(form)
    return Pager(
        label=_("Pages of orders"),
        text=_extent(page, form),
        first_url=list_url(values) if page.before else None,
        previous_url=list_url(values, before=number_of_id(page.before)) if page.before else None,
        next_url=list_url(values, after=number_of_id(page.after)) if page.after else None,
    )


def _extent(page: OrderPage, form: OrderFilters) -> str:
    count = ngettext("%(num)d order shown.", "%(num)d orders shown.", len(page.rows))
    if page.stopped and page.after:
        return _(
            "%(count)s Looked through as far as order %(number)d: the next page looks further.",
            count=count,
            number=number_of_id(page.after),
        )
    return count
