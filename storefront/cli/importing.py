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
@click.option(
    "--fetch-images", is_flag=True, help="Fetch pictures from the addresses in the file, over https."
)
def products(file: Path, fetch_images: bool) -> None:
    """Add and update products from a product CSV file of Shopify's or WooCommerce's; may be run again.

    The header says whose file it is. Exits with 1 where the file is refused or any row was left out; not where a
    picture could not be fetched.
    """
    from storefront import create_app
    from storefront.transfer.products import import_products

    with create_app().app_context():
        with Bar("Products") as bar:
            report = import_products(file, progress=bar.show)
        if fetch_images:
            # What became of each is said below.
            del report.remarks["pictures"]
        click.echo(report.text())
        if fetch_images:
            _fetch_pictures()
    sys.exit(1 if report.has_failed else 0)


@import_group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--fetch-images",
    is_flag=True,
    help="Fetch covers and pictures from the addresses in the texts, over https.",
)
def posts(file: Path, fetch_images: bool) -> None:
    """Add and update posts and pages, with their comments, from a WordPress export (WXR); may be run again.

    Nobody is written to. Exits with 1 where the file is refused, the import stopped, or any post or page was left
    out; not where a picture could not be fetched.
    """
    from storefront import create_app
    from storefront.transfer.post_pictures import fetch_post_pictures
    from storefront.transfer.posts import import_posts

    with create_app().app_context():
        with Bar("Posts") as bar:
            report = import_posts(file, progress=bar.show)
        if fetch_images:
            # What became of each is said below.
            del report.remarks["pictures"], report.remarks["covers"]
        click.echo(report.text())
        if fetch_images:
            with Bar("Pictures") as bar:
                fetched = fetch_post_pictures(progress=bar.show)
            click.echo(fetched.text())
    sys.exit(1 if report.has_failed else 0)


def _fetch_pictures() -> None:
    """Fetch the pictures of which only the address is known, those of earlier imports too."""
    from storefront.transfer.pictures import fetch_pictures

    with Bar("Pictures") as bar:
        fetched = fetch_pictures(progress=bar.show)
    click.echo(fetched.text())
