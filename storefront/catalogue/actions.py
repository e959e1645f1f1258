"""What can happen to goods, each in one transaction of its own.

Knows steps of this room; refuses to compose those of others.
"""

from collections.abc import Sequence

from storefront.catalogue import adjusting, choices, editing, gallery, gift_cards, options, shelving, steps
from storefront.catalogue.adjusting import Said
from storefront.catalogue.banners import hang_banner, take_banner_down
from storefront.catalogue.edits import OptionNames, ProductTexts, VariantTexts
from storefront.catalogue.facts import CollectionFacts, Outcome, ProductFacts
from storefront.catalogue.gallery import PictureWords
from storefront.catalogue.models import Cause
from storefront.catalogue.pictures import add_picture
from storefront.catalogue.shelving import CollectionTexts
from storefront.database import transaction

__all__ = ["add_picture", "hang_banner", "take_banner_down"]

Actor = tuple[str, object | None]


def save_product(facts: ProductFacts, *, reference: str = "catalogue") -> Outcome:
    """Save a product by its slug; may be run again. Raises Refused."""
    with transaction():
        return steps.save_product(facts, reference=reference)


def save_collection(facts: CollectionFacts) -> Outcome:
    """Save a collection by its slug; may be run again. Raises Refused."""
    with transaction():
        return steps.save_collection(facts)


def publish(product_id: int, *, by: Actor) -> None:
    """Show and sell a product; may be run again. Raises NotFound and Refused."""
    with transaction():
        steps.publish(product_id, actor=by)


def withdraw(product_id: int, *, by: Actor) -> None:
    """Stop selling a product; may be run again. Raises NotFound and Refused."""
    with transaction():
        steps.withdraw(product_id, actor=by)


def unpublish(product_id: int, *, by: Actor) -> None:
    """Make a published product a draft again; may be run again. Raises NotFound and Refused."""
    with transaction():
        steps.unpublish(product_id, actor=by)


def place(product_id: int, *, collection_id: int, position: int) -> bool:
    """Put a product into a collection at a place; whether anything changed."""
    with transaction():
        return steps.place(product_id, collection_id=collection_id, position=position)


def draft_product(texts: ProductTexts, variant: VariantTexts, *, pieces: int | None, by: Actor) -> int:
    """Add a product that nobody sees yet, with its first variant; its id. Raises Refused."""
    with transaction():
        product_id = editing.add_draft(texts, by=by)
        choices.add_variant(product_id, variant, pieces=pieces, by=by)
        return product_id


def change_texts(
    product_id: int, texts: ProductTexts, *, seen: str, by: Actor, kept_slugs: frozenset[str] = frozenset()
) -> bool:
    """Save what is said of a product; whether anything changed. Raises NotFound, Refused and Stale."""
    with transaction():
        gift_cards.lock_amounts(product_id)
        return editing.change_texts(product_id, texts, seen=seen, by=by, kept_slugs=kept_slugs)


def add_variant(product_id: int, texts: VariantTexts, *, pieces: int | None, by: Actor) -> int:
    """Add a variant, or sell a withdrawn one again; its id. Raises NotFound and Refused."""
    with transaction():
        return choices.add_variant(product_id, texts, pieces=pieces, by=by)


def change_variant(variant_id: int, texts: VariantTexts, *, seen: str, by: Actor) -> bool:
    """Save what is said of a variant; whether anything changed. Raises NotFound, Refused and Stale."""
    with transaction():
        return choices.change_variant(variant_id, texts, seen=seen, by=by)


def withdraw_variant(variant_id: int, *, by: Actor) -> None:
    """Stop selling a variant; may be run again. Raises NotFound and Refused."""
    with transaction():
        choices.withdraw_variant(variant_id, by=by)


def sell_variant(variant_id: int, *, by: Actor) -> None:
    """Sell a withdrawn variant again; may be run again. Raises NotFound and Refused."""
    with transaction():
        choices.sell_variant(variant_id, by=by)


def move_variant(variant_id: int, places: int, *, by: Actor) -> None:
    """Move a variant up (−) or down (+). Raises NotFound."""
    with transaction():
        choices.move_variant(variant_id, places, by=by)


def save_options(
    product_id: int, wanted: OptionNames, *, first_values: Sequence[str], seen: str, by: Actor
) -> bool:
    """Rename, add or leave out options; whether anything changed. Raises NotFound, Refused and Stale."""
    with transaction():
        return options.save_options(product_id, wanted, first_values=first_values, seen=seen, by=by)


def rename_value(product_id: int, place: int, before: str, after: str, *, by: Actor) -> bool:
    """Call a value of an option otherwise in all variants; whether any had it. Raises NotFound and Refused."""
    with transaction():
        return options.rename_value(product_id, place, before, after, by=by)


def describe_picture(image_id: int, words: PictureWords, *, seen: str, by: Actor) -> bool:
    """Say what a picture shows; whether that is new. Raises NotFound, Refused and Stale."""
    with transaction():
        return gallery.describe_picture(image_id, words, seen=seen, by=by)


def move_picture(image_id: int, places: int, *, by: Actor) -> None:
    """Move a picture towards the first place (−) or the last (+). Raises NotFound."""
    with transaction():
        gallery.move_picture(image_id, places, by=by)


def remove_picture(image_id: int, *, by: Actor) -> None:
    """Take a picture down. Raises NotFound."""
    with transaction():
        gallery.remove_picture(image_id, by=by)


def remove_picture_named(slug: str, file: str, *, by: Actor) -> None:
    """Take a product's picture down by the name of its file. Raises Refused."""
    with transaction():
        gallery.remove_picture(gallery.image_named(slug, file), by=by)


def open_collection(texts: CollectionTexts, *, by: Actor) -> int:
    """Add a collection; its id. Raises Refused."""
    with transaction():
        return shelving.open_collection(texts, by=by)


def change_collection(collection_id: int, texts: CollectionTexts, *, seen: str, by: Actor) -> bool:
    """Save what is said of a collection; whether anything changed. Raises NotFound, Refused and Stale."""
    with transaction():
        return shelving.change_collection(collection_id, texts, seen=seen, by=by)


def put_on_shelf(collection_id: int, named: str, *, by: Actor) -> bool:
    """Put a product on a shelf kept by hand; False where it stands already. Raises NotFound and Refused."""
    with transaction():
        return shelving.put_on_shelf(collection_id, named, by=by)


def take_off_shelf(collection_id: int, product_id: int, *, by: Actor) -> None:
    """Take a product off a shelf kept by hand; may be run again. Raises NotFound and Refused."""
    with transaction():
        shelving.take_off_shelf(collection_id, product_id, by=by)


def move_on_shelf(collection_id: int, product_id: int, places: int, *, by: Actor) -> None:
    """Move a product towards the first place (−) or the last (+) of a shelf. Raises NotFound."""
    with transaction():
        shelving.move_on_shelf(collection_id, product_id, places, by=by)


def count_stock(
    variant_id: int, pieces: int | None, *, by: Actor, said: Said | None = None, seen: str | None = None
) -> bool:
    """Record what was counted on the shelf, None for “never counted”; once for each form (`said.key`).

    False where it was recorded before. Raises NotFound, and Refused where the count is not what was `seen`.
    """
    with transaction():
        return adjusting.count_stock(variant_id, pieces, said=said or Said(), seen=seen, by=by)


def move_stock(variant_id: int, pieces: int, *, cause: Cause, said: Said, by: Actor) -> bool:
    """Add or remove pieces for a cause; False where this form was taken before. Raises NotFound and Refused."""
    with transaction():
        return adjusting.move_stock(variant_id, pieces, cause=cause, said=said, by=by)


def set_threshold(variant_id: int, low_at: int | None, *, by: Actor) -> bool:
    """Say from how many pieces down a variant is low; whether that is new. Raises NotFound and Refused."""
    with transaction():
        return adjusting.set_threshold(variant_id, low_at, by=by)
