"""What each post earns: a page for whoever looks after the journal, and the same as a file.

Knows addresses; refuses to count anything itself.
"""

from typing import Any

from flask import Response, render_template, request, stream_with_context, url_for
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField

from storefront import clock
from storefront.config import settings
from storefront.reports.earnings import View
from storefront.staff.blueprint import blueprint
from storefront.staff.earnings_file import earnings_file
from storefront.staff.earnings_page import VIEWS, counted_earnings, earnings_shown
from storefront.staff.goods_words import may
from storefront.staff.period_form import CHOSEN, Asked, PeriodForm, asked
from storefront.web import open_to

# What the shop took besides is for who sees its figures anywhere else.
OF_SHOP = "reports.view"


class EarningsForm(PeriodForm):
    """A period, and to which post a sale is put down."""

    view = SelectField(
        _l("Count by"),
        choices=[SelectChoice(view.value, title) for view, title in VIEWS.items()],
        default=View.CARD.value,
    )


@blueprint.get("/earnings")
@open_to("content.view")
def earnings() -> str:
    """What each post earned in a period, net of refunds. Three statements, and four more for each 1,000 orders from
    different posts."""
    form = EarningsForm(request.args)
    chosen, view = _asked(form)
    form.first.data, form.last.data, form.view.data = chosen.period.first, chosen.period.last, view.value
    return render_template(
        "staff/earnings.html",
        form=form,
        earned=earnings_shown(chosen, view, of_shop=may(OF_SHOP)),
        file_url=_file_url(chosen, view),
    )


@blueprint.get("/earnings.csv")
@open_to("content.view")
def earnings_csv() -> Response:
    """The same figures as a file, part by part."""
    chosen, view = _asked(EarningsForm(request.args))
    lines = earnings_file(counted_earnings(chosen, view), of_shop=may(OF_SHOP))
    response = Response(stream_with_context(lines), mimetype="text/csv")
    name = f"posts-{view.value}-{chosen.period.first}-{chosen.period.last}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(form: EarningsForm) -> tuple[Asked, View]:
    chosen = asked(form, clock.today(settings().timezone))
    known: dict[Any, View] = {view.value: view for view in View}
    return chosen, known.get(form.view.data, View.CARD)


def _file_url(chosen: Asked, view: View) -> str:
    first, last = chosen.period.first.isoformat(), chosen.period.last.isoformat()
    return url_for(
        "staff.earnings_csv", span=CHOSEN, first=first, last=last, by=chosen.grain.value, view=view.value
    )
