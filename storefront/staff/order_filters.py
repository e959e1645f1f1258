"""The filters of the list of orders, as they stand in its address.

Knows what may be typed and chosen, and what it asks for; refuses to know how orders are found. What cannot be
understood is told, and asks for nothing.
"""

import re
from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, SearchField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from storefront import clock
from storefront.checkout.forms import CountryBox
from storefront.config import settings
from storefront.money import Money, NotAnAmount
from storefront.orders.models import OrderState, id_of_number
from storefront.orders.sought import Matter, Parcel, Sort, Sought, terms_of
from storefront.policies import words
from storefront.policies.queries import current_policy
from storefront.policies.rules import served_countries

ANY = ""
LONGEST_SEARCH = 200
# What a shop can have been open in; beyond it some zones have no instant.
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2200, 1, 1)
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


def _year(_form: Any, field: Any) -> None:
    if field.data and not _FIRST_DAY <= field.data <= _LAST_DAY:
        raise ValidationError(_("This day is too far away."))


def _amount(_form: Any, field: Any) -> None:
    try:
        amount = Money.parse(field.data, settings().currency)
    except NotAnAmount as problem:
        raise ValidationError(str(problem)) from problem
    if amount.minor < 0:
        raise ValidationError(_("Amounts begin at 0."))


def _trimmed(typed: str | None) -> str:
    return (typed or "").strip()


class OrderFilters(FlaskForm):
    """Every filter, empty where all is asked for. Sent by GET: it changes nothing, and needs no token."""

    class Meta:
        csrf = False

    q = SearchField(
        _l("Find"),
        filters=[_trimmed],
        validators=[Length(max=LONGEST_SEARCH, message=_l("This is too long to be searched for."))],
        render_kw={"maxlength": LONGEST_SEARCH},
    )
    state = SelectField(
        _l("Payment"),
        choices=[
            SelectChoice(ANY, _l("Any")),
            SelectChoice(OrderState.AWAITING_PAYMENT, _l("Waiting for payment")),
            SelectChoice(OrderState.PROCESSING, _l("Waiting for the bank")),
            SelectChoice(OrderState.PAID, _l("Paid")),
            SelectChoice(OrderState.CANCELLED, _l("Cancelled")),
        ],
        default=ANY,
    )
    parcel = SelectField(
        _l("Parcel"),
        choices=[
            SelectChoice(ANY, _l("Any")),
            SelectChoice(Parcel.TO_PACK, _l("To pack")),
            SelectChoice(Parcel.PARTLY, _l("Partly sent")),
            SelectChoice(Parcel.SHIPPED, _l("Shipped")),
            SelectChoice(Parcel.DELIVERED, _l("Delivered")),
        ],
        default=ANY,
    )
    matter = SelectField(
        _l("Money back"),
        choices=[
            SelectChoice(ANY, _l("Any")),
            SelectChoice(Matter.REFUNDED, _l("Refunded, all or in part")),
            SelectChoice(Matter.ALL_REFUNDED, _l("All refunded")),
            SelectChoice(Matter.DISPUTED, _l("Disputed")),
            SelectChoice(Matter.UNDECIDED, _l("Disputed, not decided")),
            SelectChoice(Matter.IN_REVIEW, _l("Payment in review")),
        ],
        default=ANY,
    )
    country = SelectField(_l("Country"), default=ANY, widget=CountryBox())
    since = DateField(_l("Placed from"), validators=[Optional(), _year])
    until = DateField(_l("Placed until"), validators=[Optional(), _year])
    least = StringField(
        _l("Total from"),
        filters=[_trimmed],
        validators=[Optional(), _amount],
        render_kw={"inputmode": "decimal"},
    )
    most = StringField(
        _l("Total up to"),
        filters=[_trimmed],
        validators=[Optional(), _amount],
        render_kw={"inputmode": "decimal"},
    )
    sort = SelectField(
        _l("Sort by"),
        choices=[
            SelectChoice(Sort.NEWEST, _l("Newest")),
            SelectChoice(Sort.OLDEST, _l("Oldest")),
            SelectChoice(Sort.HIGHEST, _l("Highest total")),
            SelectChoice(Sort.LOWEST, _l("Lowest total")),
        ],
        default=Sort.NEWEST,
    )


def filters_of(args: MultiDict[str, str]) -> OrderFilters:
    """The filters in an address, validated; what cannot be understood has errors."""
    # Empty fields of the form ask for nothing, and need not be in the way of a default.
    form = OrderFilters(MultiDict((name, text) for name, text in args.items() if text))
    codes = served_countries(current_policy().document)
    form.country.choices = [
        SelectChoice(ANY, _("All")),
        *sorted((SelectChoice(code, words.country(code)) for code in codes), key=_label),
    ]
    form.validate()
    return form


def _label(choice: SelectChoice) -> str:
    return str(choice.label)


def sought_of(form: OrderFilters) -> Sought:
    """What the filters ask for; those that cannot be understood ask for nothing."""
    said = {field.name: field.data for field in form if field.data and not field.errors}
    zone, currency = settings().timezone, settings().currency
    since, until = said.get("since"), said.get("until")
    return Sought(
        terms=terms_of(said.get("q", "")),
        state=OrderState(said["state"]) if "state" in said else None,
        parcel=Parcel(said["parcel"]) if "parcel" in said else None,
        matter=Matter(said["matter"]) if "matter" in said else None,
        country=said.get("country", ""),
        since=clock.end_of_day(since - timedelta(days=1), zone) if since else None,
        until=clock.end_of_day(until, zone) if until else None,
        least=Money.parse(said["least"], currency).minor if "least" in said else None,
        most=Money.parse(said["most"], currency).minor if "most" in said else None,
        sort=Sort(said.get("sort", Sort.NEWEST)),
    )


def in_address(form: OrderFilters) -> dict[str, str]:
    """The filters in force as values of an address, in the order of the form."""
    return {
        field.name: request.args[field.name]
        for field in form
        if field.data and not field.errors and field.name in request.args and field.data != field.default
    }


def place_in(args: MultiDict[str, str], name: str) -> int | None:
    """The id of the order whose number stands in an address as the end of a page; None for anything else."""
    text = args.get(name, "")
    return id_of_number(int(text)) if _NUMBER.fullmatch(text) else None


def number_typed(text: str) -> int | None:
    """The order's number that somebody typed, with or without the sign before it; None where it is something else."""
    text = text.strip().removeprefix("#")
    return int(text) if _NUMBER.fullmatch(text) else None


def list_url(values: dict[str, str], **more: str | int) -> str:
    """The address of the list with these filters."""
    return url_for("staff.orders", **(values | more))  # type: ignore[arg-type]


def file_url(values: dict[str, str]) -> str:
    """The address of the same orders as a file."""
    return url_for("staff.orders_csv", **values)  # type: ignore[arg-type]
