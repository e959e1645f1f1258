"""The pictures of one product, as staff hang, order, describe and remove them.

Knows that places are counted from nought without a gap, since the first one stands for the product; refuses to
decode. Every function is a step.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit
from storefront.catalogue.adding import drop_images
from storefront.catalogue.claimed import text_of
from storefront.catalogue.editing import Actor, locked_product, touch
from storefront.catalogue.models import Image, Product, ProductState
from storefront.catalogue.stale import differing, refuse_stale, written
from storefront.claims.steps import look_at, refuse_open
from storefront.database import require_transaction
from storefront.errors import NotFound, Refused

LONGEST_ALT = 300


@dataclass(frozen=True, slots=True)
class PictureWords:
    """What a picture shows in words, or that it decorates and needs none."""

    alt: str
    is_decorative: bool = False

    def tidied(self) -> "PictureWords":
        """As it is kept: without words where it decorates."""
        return PictureWords("" if self.is_decorative else " ".join(self.alt.split()), self.is_decorative)

    def check(self) -> None:
        """Raises Refused where nobody who cannot see it would know what it shows."""
        if not self.alt and not self.is_decorative:
            raise Refused(_("Say in a few words what the picture shows."), field="alt")
        if len(self.alt) > LONGEST_ALT or "\0" in self.alt:
            raise Refused(
                _("What the picture shows is said in at most %(most)s characters.", most=LONGEST_ALT),
                field="alt",
            )


def describe_picture(image_id: int, words: PictureWords, *, seen: str, by: Actor) -> bool:
    """Say what a picture shows; whether that is new. Raises NotFound, Refused and Stale."""
    product, _images, image = _locked_image(image_id)
    words = words.tidied()
    stands = PictureWords(image.alt, image.is_decorative)
    refuse_stale(stands, seen)
    words.check()
    changes = differing(stands, words)
    if changes:
        image.alt, image.is_decorative = words.alt, words.is_decorative
        _done(product, "product.picture_described", image, by, written(changes))
        look_at_words(product)
    return bool(changes)


def move_picture(image_id: int, places: int, *, by: Actor) -> None:
    """Move a picture towards the first place (−) or the last (+). Raises NotFound."""
    product, images, image = _locked_image(image_id)
    at = images.index(image)
    to = min(max(at + places, 0), len(images) - 1)
    images.insert(to, images.pop(at))
    _number(images)
    if at != to:
        _done(product, "product.picture_moved", image, by, {"position": (str(at), str(to))})


def remove_picture(image_id: int, *, by: Actor) -> None:
    """Take a picture down; its files go once this is committed. Raises NotFound."""
    product, images, image = _locked_image(image_id)
    images.remove(image)
    detail = {"file": (image.file or image.source_url, None), "alt": (image.alt, None)}
    _done(product, "product.picture_removed", image, by, detail)
    drop_images([image])
    require_transaction().expunge(image)
    _number(images)
    look_at(text_of(product))


def look_at_words(product: Product) -> None:
    """Mark what is said of a product now that a picture says something else. Raises Refused where its page is public
    and anything is open."""
    unanswered = look_at(text_of(product))
    if product.state != ProductState.DRAFT:
        refuse_open(unanswered, field="alt")


def image_named(slug: str, file: str) -> int:
    """The id of a product's picture by the name of its file. Raises Refused."""
    select = sa.select(Image.id).join(Product, Product.id == Image.product_id)
    found = require_transaction().scalar(select.where(Product.slug == slug, Image.file == file))
    if found is None:
        raise Refused(_("“%(slug)s” has no picture “%(file)s”.", slug=slug, file=file))
    return int(found)


def _locked_image(image_id: int) -> tuple[Product, list[Image], Image]:
    session = require_transaction()
    product_id = session.scalar(sa.select(Image.product_id).where(Image.id == image_id))
    if product_id is None:
        raise NotFound()
    product = locked_product(product_id)
    images = session.scalars(
        sa.select(Image)
        .where(Image.product_id == product_id)
        .order_by(Image.position, Image.id)
        .with_for_update(),
        execution_options={"populate_existing": True},
    ).all()
    image = next((each for each in images if each.id == image_id), None)
    if image is None:
        raise NotFound()
    return product, list(images), image


def _number(images: list[Image]) -> None:
    for position, image in enumerate(images):
        image.position = position
    require_transaction().flush()


def _done(
    product: Product, verb: str, image: Image, by: Actor, detail: Mapping[str, tuple[object, object]]
) -> None:
    touch(product)
    code = f"image:{image.id}"
    audit.record(verb, subject=("product", product.id), actor=by, code=code, detail=detail)
