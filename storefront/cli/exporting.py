"""The commands `storefront export …`: what stands here into files for elsewhere.

Knows how it is said in a terminal; refuses to know any format.
"""

from pathlib import Path

import click
from flask_babel import ngettext

from storefront.cli.progress import Bar


@click.group("export")
def export_group() -> None:
    """Take out what is kept here."""


@export_group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["shopify", "woocommerce"]), default="shopify", show_default=True
)
def products(file: Path, form: str) -> None:
    """Write all products into a CSV file that `storefront import products` reads back without a change.

    A file that stands there is replaced, when the new one is whole.
    """
    from storefront import create_app
    from storefront.transfer.exporting import export_products

    with create_app().app_context(), Bar("Products") as bar:
        count = export_products(file, form=form, progress=bar.show)
        text = ngettext("%(num)s product written.", "%(num)s products written.", count)
    click.echo(text)
