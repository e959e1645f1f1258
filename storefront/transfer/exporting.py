"""Every product into a CSV file that the importer reads back without a change.

Knows how a file is written whole or not at all; refuses to know what a format says.
"""

import csv
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.catalogue.models import Product
from storefront.catalogue.whole import Whole, whole_products
from storefront.database import session
from storefront.errors import Refused
from storefront.transfer import to_shopify, to_woocommerce
from storefront.transfer.columns import SHOPIFY, WOOCOMMERCE
from storefront.transfer.guard import guarded
from storefront.transfer.saving import Progress

_FORMS: dict[str, tuple[tuple[str, ...], Callable[[Whole], Iterator[dict[str, str]]]]] = {
    SHOPIFY.word: (to_shopify.HEADER, to_shopify.rows),
    WOOCOMMERCE.word: (to_woocommerce.HEADER, to_woocommerce.rows),
}
FORMS = tuple(_FORMS)


def export_products(path: str | Path, *, form: str, progress: Progress = lambda done, of: None) -> int:
    """Write all products into a file in the format `form`, one of FORMS; how many there are.

    Read and written a few hundred at a time. The file appears whole, in the place of one that stood there, or not
    at all. Raises Refused where it cannot be written. `progress` is told how many products are done, of how many.
    """
    header, rows_of = _FORMS[form]
    of = session().scalar(sa.select(sa.func.count(Product.id))) or 0
    done = 0
    with _whole_file(Path(path)) as file:
        out = csv.DictWriter(file, header, restval="", lineterminator="\r\n")
        out.writeheader()
        for done, whole in enumerate(whole_products(), start=1):
            for row in rows_of(whole):
                out.writerow({name: guarded(cell) for name, cell in row.items()})
            if done % 200 == 0:
                progress(done, max(of, done))
    progress(done, done)
    return done


@contextmanager
def _whole_file(path: Path) -> Iterator[TextIO]:
    """A file beside `path` that takes its place at the end, and is gone where anything was raised."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        # Renaming over a device would remove it.
        raise Refused(_("“%(path)s” is no file.", path=path))
    beside = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}")
    try:
        with beside.open("x", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise Refused(_("The file cannot be written: %(reason)s.", reason=error.strerror)) from error
    finally:
        with suppress(OSError):
            beside.unlink()
