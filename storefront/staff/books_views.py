"""The books: a month's statement as a page and a file, and the proof that they are right.

Knows addresses and permissions; refuses to count anything itself.
"""

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront import clock
from storefront.accounts.access import current_actor, current_customer
from storefront.config import settings
from storefront.reports.actions import ask_for_proof
from storefront.reports.queries import checks
from storefront.reports.statement import first_month, statement
from storefront.staff.blueprint import blueprint
from storefront.staff.books_file import books_file
from storefront.staff.books_page import books_shown, day_of, month_of
from storefront.staff.jobs_views import Notice
from storefront.web import csrf, open_to


@blueprint.get("/books")
@open_to("reports.view")
def books() -> str:
    """A month's statement, this month's by default, and what the last checks found."""
    today = clock.today(settings().timezone)
    month = month_of(request.args.get("month", ""), today=today)
    first = day_of(first_month(), today=today)
    return render_template(
        "staff/books.html",
        books=books_shown(statement(month), checks(), first=first, today=today),
        file_url=url_for("staff.books_csv", month=f"{month.first:%Y-%m}"),
        may_prove=current_customer().may("payments.review"),
        notices=[Notice(_("The worker proves the books now; look again in a moment."))]
        if request.args.get("asked")
        else [],
    )


@blueprint.get("/books.csv")
@open_to("reports.view")
def books_csv() -> Response:
    """The same figures as a file."""
    month = month_of(request.args.get("month", ""), today=clock.today(settings().timezone))
    response = make_response(books_file(statement(month)))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="books-{month.first:%Y-%m}.csv"'
    return response


@blueprint.post("/books/proof")
@open_to("payments.review")
def prove_books() -> Any:
    """Let the worker prove the books now."""
    csrf.protect()
    ask_for_proof(by=current_actor())
    return redirect(url_for("staff.books", asked=1), 303)
