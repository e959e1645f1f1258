"""The first staff page: what waits, what was sold, what is nearly out; each part to whom it is open.

Knows which part needs which permission; refuses to count anything itself.
"""

from flask import Response, make_response, render_template, request, url_for

from storefront import clock
from storefront.accounts.access import current_customer
from storefront.config import settings
from storefront.reports.shelf import nearly_out
from storefront.staff.blueprint import blueprint
from storefront.staff.period_form import CHOSEN, Asked, PeriodForm, asked
from storefront.staff.sales_file import sales_file
from storefront.staff.sales_page import counted, sales_shown
from storefront.staff.waiting import waiting
from storefront.web import open_to


@blueprint.get("")
@open_to("staff")
def dashboard() -> str:
    """What waits for this person, and the figures of a period."""
    person = current_customer()
    form = PeriodForm(request.args)
    chosen = asked(form, clock.today(settings().timezone))
    form.first.data, form.last.data = chosen.period.first, chosen.period.last
    return render_template(
        "staff/dashboard.html",
        waiting=waiting(person.may),
        form=form,
        sales=sales_shown(chosen) if person.may("reports.view") else None,
        short=nearly_out() if person.may("catalogue.view") else None,
        file_url=_file_url(chosen),
    )


def _file_url(chosen: Asked) -> str:
    first, last = chosen.period.first.isoformat(), chosen.period.last.isoformat()
    return url_for("staff.sales_csv", span=CHOSEN, first=first, last=last, by=chosen.grain.value)


@blueprint.get("/sales.csv")
@open_to("reports.view")
def sales_csv() -> Response:
    """The same figures as a file."""
    chosen = asked(PeriodForm(request.args), clock.today(settings().timezone))
    response = make_response(sales_file(counted(chosen)))
    response.mimetype = "text/csv"
    name = f"sales-{chosen.period.first}-{chosen.period.last}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
