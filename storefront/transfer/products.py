"""Products from a CSV file of Shopify's or WooCommerce's: looked through whole before the first write, then saved.

Knows the order in which things happen; refuses to know what any cell means.
"""

from pathlib import Path

from flask_babel import gettext as _

from storefront.transfer import shopify, woocommerce
from storefront.transfer.columns import SHOPIFY, columns_of, form_of
from storefront.transfer.csvfile import FileRefused, header_of, rows_of
from storefront.transfer.report import Report
from storefront.transfer.saving import Progress, save_all


def import_products(path: str | Path, *, progress: Progress = lambda done, of: None) -> Report:
    """Add and update the products of a file; prices are in the shop's currency. May be run again.

    The header decides whose file it is. `progress` is told how many rows are done, of how many. Raises FileRefused,
    before anything is written, where the file is no product file; a product that cannot be saved is left out alone
    and reported.
    """
    path, report = Path(path), Report()
    header = header_of(path).cells
    form = form_of(header)
    columns = columns_of(header, form)
    if form is SHOPIFY:
        rows = sum(1 for _row in rows_of(path))
        candidates = shopify.candidates(path, columns, report)
    else:
        families = woocommerce.Families(path, columns)
        rows = families.rows
        candidates = woocommerce.candidates(path, columns, families, report)
    if not rows:
        raise FileRefused(_("The file has a header, but no products."))
    save_all(candidates, report, form=form.word, rows=rows, progress=progress)
    report.left_out.sort(key=lambda each: each.line)
    return report
