"""The rows that name a picture: told of its sizes once they are made; without one its files go.

Knows that such rows have `file`, `width` and `sizes`; refuses to know what they are.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from storefront.database import release, session, transaction
from storefront.pictures import sizes

# Tables with a picture.
Models = Sequence[type[Any]]


def make_sizes(file: str, models: Models) -> None:
    """Make the smaller files of a picture, then let pages name them. May run twice: the names stay the same."""
    width = _width(file, models)
    release()
    if width is None:
        return
    made = " ".join(map(str, sizes.make_sizes(file, width)))
    with transaction() as current:
        named = [
            row
            for model in models
            for row in current.scalars(sa.select(model).where(model.file == file).with_for_update())
        ]
        for row in named:
            row.sizes = made
    if not named:
        # Removed meanwhile: whoever did so could not know of these.
        sizes.forget(file, width)


def forget(file: str, width: int, models: Models) -> None:
    """Delete the files of a picture that no row names any more. May run twice."""
    if _width(file, models) is None:
        sizes.forget(file, width)


def _width(file: str, models: Models) -> int | None:
    """How wide a picture is; None where nothing names it."""
    widths = (session().scalar(sa.select(model.width).where(model.file == file)) for model in models)
    return next((width for width in widths if width is not None), None)
