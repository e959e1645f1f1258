"""The picture of a collection: one, or none.

Knows the door that pictures come through; refuses to know where it is shown.
"""

import sqlalchemy as sa

from storefront import audit, database, jobs
from storefront.catalogue.adding import FORGET_JOB, SIZES_JOB
from storefront.catalogue.editing import Actor
from storefront.catalogue.gallery import PictureWords
from storefront.catalogue.models import Collection
from storefront.catalogue.pictures import discard, image_facts
from storefront.catalogue.shelving import locked_collection
from storefront.database import session, transaction
from storefront.errors import NotFound


def hang_banner(collection_id: int, content: bytes, *, words: PictureWords, by: Actor) -> None:
    """Give a collection its picture, in place of the one it had. Raises NotFound and Refused."""
    words = words.tidied()
    words.check()
    if session().scalar(sa.select(Collection.id).where(Collection.id == collection_id)) is None:
        raise NotFound()
    database.release()
    facts = image_facts(content, alt=words.alt)
    try:
        with transaction():
            collection = locked_collection(collection_id)
            before = collection.file
            _forget_file(collection)
            collection.file, collection.alt, collection.sizes = facts.file, words.alt, None
            collection.width, collection.height = facts.width, facts.height
            jobs.enqueue(SIZES_JOB, {"file": facts.file}, key=f"{SIZES_JOB}:{facts.file}")
            detail = {"file": (before, facts.file), "alt": (None, words.alt)}
            audit.record("collection.picture", subject=("collection", collection_id), actor=by, detail=detail)
    except BaseException:
        discard(facts)
        raise


def take_banner_down(collection_id: int, *, by: Actor) -> None:
    """Take a collection's picture away; its files go once this is committed. May run twice. Raises NotFound."""
    with transaction():
        collection = locked_collection(collection_id)
        if collection.file is None:
            return
        detail = {"file": (collection.file, None), "alt": (collection.alt, None)}
        _forget_file(collection)
        collection.file = collection.sizes = collection.width = collection.height = None
        collection.alt = ""
        audit.record("collection.picture", subject=("collection", collection_id), actor=by, detail=detail)


def _forget_file(collection: Collection) -> None:
    if collection.file:
        jobs.enqueue(
            FORGET_JOB,
            {"file": collection.file, "width": collection.width},
            key=f"{FORGET_JOB}:{collection.file}",
        )
