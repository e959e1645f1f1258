"""Papers to print: one document of an order, or the slips and invoices of many.

Knows addresses; refuses to know what stands on a paper.
"""

import re
from collections.abc import Sequence

from flask import abort, render_template, request
from flask_babel import gettext as _

from storefront.errors import NotFound, Refused
from storefront.orders.books import DocumentKind
from storefront.orders.models import id_of_number
from storefront.orders.queries import OrderRecord, order_record, order_records
from storefront.shop.papers import Paper, packing_slip, paper_of
from storefront.staff.blueprint import blueprint
from storefront.staff.order_views import ID, NUMBER
from storefront.web import open_to

# As many as a list has on a page, and more than a printer's tray likes.
MOST_PAPERS = 200
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


@blueprint.get("/packing-slips")
@open_to("orders.view")
def packing_slips() -> str:
    """The packing slips of the orders named by `n`, as often as there are orders; one sheet each."""
    return _printed(_("Packing slips"), [packing_slip(record) for record in _records()])


@blueprint.get("/invoices")
@open_to("orders.view")
def invoices() -> str:
    """The invoices of the orders named by `n`; an order that was never paid has none."""
    papers = [
        paper_of(record, document)
        for record in _records()
        for document in record.documents
        if document.kind == DocumentKind.INVOICE
    ]
    return _printed(_("Invoices"), papers)


@blueprint.get(f"/orders/{NUMBER}/documents/{ID}document_id>")
@open_to("orders.view")
def document(number: int, document_id: int) -> str:
    """One invoice or credit note of an order."""
    record = order_record(id_of_number(number))
    found = next((each for each in record.documents if each.id == document_id), None)
    if found is None:
        abort(404)
    paper = paper_of(record, found)
    return _printed(paper.title, [paper])


def _records() -> Sequence[OrderRecord]:
    numbers = list(dict.fromkeys(request.args.getlist("n")))
    if not numbers or len(numbers) > MOST_PAPERS:
        raise Refused(_("Choose 1 to %(most)s orders.", most=MOST_PAPERS)) if numbers else NotFound()
    if not all(_NUMBER.fullmatch(number) for number in numbers):
        raise NotFound()
    return order_records([id_of_number(int(number)) for number in numbers])


def _printed(title: str, papers: list[Paper]) -> str:
    if not papers:
        abort(404)
    return render_template("staff/order/papers.html", title=title, papers=papers)
