"""Pictures for tests, taken as the shop takes them.

Knows small coloured rectangles; refuses to write files of its own.
"""

import io

import sqlalchemy as sa
from PIL import Image as Pixels

from storefront import jobs
from storefront.catalogue.models import Image
from storefront.catalogue.pictures import add_picture, make_sizes
from storefront.database import session
from storefront.jobs import Job

STAFF = ("staff", 1)


def bytes_of(kind: str = "JPEG", *, size: tuple[int, int] = (800, 1000), colour: str = "teal") -> bytes:
    """A picture as a file holds it."""
    file = io.BytesIO()
    Pixels.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def a_picture_of(slug: str, *, kind: str = "JPEG", width: int = 800, sized: bool = False) -> str:
    """The file of a new picture behind those of a product, with its sizes made where `sized`. Opens transactions."""
    content = bytes_of(kind, size=(width, width * 5 // 4))
    file = add_picture(slug, content, alt="A teapot", by=STAFF)
    if sized:
        make_sizes(file=file)
    return file


def the_images() -> list[Image]:
    """Every picture as it now stands, by product and position."""
    select = sa.select(Image).order_by(Image.product_id, Image.position)
    return list(session().scalars(select, execution_options={"populate_existing": True}))


def owed(name: str) -> list[dict[str, object]]:
    """What every waiting job of this name was given."""
    waiting = sa.select(Job.args).where(Job.name == name, Job.state == jobs.JobState.QUEUED).order_by(Job.id)
    return list(session().scalars(waiting))
