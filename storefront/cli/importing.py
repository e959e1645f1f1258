"""The commands `storefront import …`: files from elsewhere, with progress and a report.

Knows how a report is said in a terminal; refuses to know any format.
"""

import sys
from pathlib import Path

import click

from storefront.cli.progress import Bar


@click.group("import")
def import_group() -> None:
    """Bring in what was kept elsewhere."""


@import_group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def products(file: Path) -> None:
    """Add and update products from a product CSV file of Shopify's or WooCommerce's; may be run again.

    The header says whose file it is. Exits with 1 where the file is refused or any row was left out.
    """
    from storefront import create_app
    from storefront.transfer.products import import_products

    with create_app().app_context(), Bar("Products") as bar:
        report = import_products(file, progress=bar.show)
        text = report.text()
    click.echo(text)
    sys.exit(1 if report.has_failed else 0)
