"""The commands `storefront pictures …`: what staff will do on a page, said in a terminal.

Knows files by their paths; refuses to know what a picture may be.
"""

from pathlib import Path

import click


@click.group("pictures")
def pictures_group() -> None:
    """Pictures of products."""


@pictures_group.command()
@click.argument("product")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--alt", required=True, help="What it shows, for those who cannot see it.")
def add(product: str, file: Path, alt: str) -> None:
    """Put the picture FILE behind those of PRODUCT (its address, such as `lions-mane-kit`)."""
    from storefront import create_app
    from storefront.catalogue.actions import add_picture
    from storefront.pictures.door import MOST_BYTES

    with create_app().app_context(), file.open("rb") as opened:
        # One byte more than is allowed is enough to be refused.
        add_picture(product, opened.read(MOST_BYTES + 1), alt=alt, by=("command", None))
    click.echo("The picture is there; the worker makes its sizes.")


@pictures_group.command("list")
@click.argument("product")
def list_(product: str) -> None:
    """Name the pictures of PRODUCT, in their order: file and words."""
    from storefront import create_app
    from storefront.catalogue.pictures import pictures_of

    with create_app().app_context():
        for picture in pictures_of(product):
            click.echo(f"{picture.file or picture.source_url}\t{picture.alt}")


@pictures_group.command()
@click.argument("product")
@click.argument("file")
def remove(product: str, file: str) -> None:
    """Take the picture FILE (its name, as `list` says it) of PRODUCT down."""
    from storefront import create_app
    from storefront.catalogue.actions import remove_picture_named

    with create_app().app_context():
        remove_picture_named(product, file, by=("command", None))
    click.echo("The picture is gone from the page; the worker deletes its files.")
