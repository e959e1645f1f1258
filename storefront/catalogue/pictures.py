"""Pictures of products: taken through the one door, put behind those that stand, and made in their sizes later.

Knows rows and jobs; refuses to decode anything itself, and to hold a transaction while somebody does.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, database, jobs
from storefront.catalogue.adding import FORGET_JOB, SIZES_JOB, add_images, image_row
from storefront.catalogue.facts import ImageFacts
from storefront.catalogue.gallery import PictureWords, look_at_words
from storefront.catalogue.models import Collection, Image, Product
from storefront.database import lock, require_transaction, session, transaction
from storefront.errors import Refused
from storefront.pictures import named, sizes

Actor = tuple[str, object | None]

_MODELS = (Image, Collection)
_UNFETCHED = (Image.file.is_(None), Image.source_url.is_not(None))


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A picture of which only the address is known."""

    image_id: int
    slug: str
    source_url: str


def add_picture(slug: str, content: bytes, *, alt: str, by: Actor, is_decorative: bool = False) -> str:
    """Put a picture behind those of a product; the name of its file. Raises Refused.

    The file is there before its row, so that no page ever names a missing one.
    """
    words = PictureWords(alt, is_decorative).tidied()
    words.check()
    product_id = _product_id(slug)
    database.release()
    facts = image_facts(content, alt=words.alt)
    try:
        with transaction():
            row = image_row(product_id, _next_position(product_id), facts)
            add_images([row | {"is_decorative": words.is_decorative}])
            look_at_words(_touch(product_id, by=by, alt=words.alt))
    except BaseException:
        discard(facts)
        raise
    return facts.file or ""


def image_facts(content: bytes, *, alt: str) -> ImageFacts:
    """Take a picture and save it; the facts for its row. `discard` them where no row came of it. Raises Refused."""
    file, taken = sizes.keep(content)
    return ImageFacts(file=file, alt=alt, width=taken.width, height=taken.height)


def discard(facts: ImageFacts) -> None:
    """Delete the file of a picture that got no row."""
    if facts.file and facts.width:
        sizes.forget(facts.file, facts.width)


def pictures_of(slug: str) -> list[Any]:
    """The pictures of a product in their order, as rows. Two statements. Raises Refused."""
    select = sa.select(Image.file, Image.source_url, Image.alt).where(Image.product_id == _product_id(slug))
    return list(session().execute(select.order_by(Image.position, Image.id)))


def count_unfetched() -> int:
    """How many pictures are only an address. One statement."""
    return session().scalar(sa.select(sa.func.count()).select_from(Image).where(*_UNFETCHED)) or 0


def unfetched(*, after: int = 0, limit: int = 100) -> list[Unfetched]:
    """The next pictures, by id, of which only the address is known. One statement."""
    select = (
        sa.select(Image.id, Product.slug, Image.source_url)
        .join(Product, Product.id == Image.product_id)
        .where(*_UNFETCHED, Image.id > after)
        .order_by(Image.id)
        .limit(limit)
    )
    return [Unfetched(row.id, row.slug, row.source_url) for row in session().execute(select)]


def fill(image_id: int, content: bytes, *, by: Actor) -> bool:
    """Give a picture that was only an address its file; False where it has one by now. Raises Refused."""
    facts = image_facts(content, alt="")
    try:
        with transaction():
            filled = _fill(image_id, facts, by=by)
    except BaseException:
        discard(facts)
        raise
    if not filled:
        discard(facts)
    return filled


def _fill(image_id: int, facts: ImageFacts, *, by: Actor) -> bool:
    product_id = require_transaction().scalar(sa.select(Image.product_id).where(Image.id == image_id))
    # The product first, as whoever saves it does: two who lock in turns would wait for each other.
    if product_id is None or lock(Product, product_id) is None:
        return False
    image: Image | None = lock(Image, image_id)
    if image is None or image.file is not None:
        return False
    image.file, image.width, image.height = facts.file, facts.width, facts.height
    jobs.enqueue(SIZES_JOB, {"file": facts.file}, key=f"{SIZES_JOB}:{facts.file}")
    _touch(product_id, by=by)
    return True


@jobs.handler(SIZES_JOB)
def make_sizes(*, file: str) -> None:
    """Make the smaller files of a picture, then let pages name them. May run twice: the names stay the same."""
    named.make_sizes(file, _MODELS)


@jobs.handler(FORGET_JOB)
def forget(*, file: str, width: int) -> None:
    """Delete the files of a picture that no row names any more. May run twice."""
    named.forget(file, width, _MODELS)


def _product_id(slug: str) -> int:
    found = session().scalar(sa.select(Product.id).where(Product.slug == slug))
    if found is None:
        raise Refused(_("There is no product “%(slug)s”.", slug=slug))
    return int(found)


def _next_position(product_id: int) -> int:
    lock(Product, product_id)
    last = sa.select(sa.func.max(Image.position)).where(Image.product_id == product_id)
    position: Any = require_transaction().scalar(last)
    return 0 if position is None else position + 1


def _touch(product_id: int, *, by: Actor, alt: str = "") -> Product:
    product: Product = lock(Product, product_id)
    product.updated_at = clock.now()
    product.version += 1
    detail = {"alt": (None, alt)} if alt else {}
    audit.record("product.picture_added", subject=("product", product_id), actor=by, detail=detail)
    return product
