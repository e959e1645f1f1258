"""A product's pictures in order: described, moved, removed; the first one always stands for the product."""

import pytest
from flask import Flask

from storefront import jobs
from storefront.catalogue import actions
from storefront.catalogue.gallery import PictureWords
from storefront.catalogue.queries import product_page
from storefront.catalogue.stale import Stale, fingerprint
from storefront.config import Settings
from storefront.database import session
from storefront.errors import NotFound, Refused
from storefront.pictures.storage import LocalFiles
from tests.builders.catalogue import a_product, the_product
from tests.builders.editing import STAFF, a_shelf, last_entry, the_collection
from tests.builders.pictures import a_picture_of, bytes_of, the_images

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def three() -> list[str]:
    """The files of a teapot's three pictures."""
    a_product("teapot")
    return [a_picture_of("teapot") for _each in range(3)]


def shown() -> list[str]:
    return [picture.file for picture in product_page("teapot").pictures]


def ids() -> list[int]:
    return [image.id for image in the_images()]


def test_pictures_are_moved_and_stop_at_the_ends(three: list[str]) -> None:
    first = ids()[0]

    actions.move_picture(first, +1, by=STAFF)
    actions.move_picture(first, +5, by=STAFF)
    actions.move_picture(first, +1, by=STAFF)

    assert shown() == [three[1], three[2], three[0]]
    assert [image.position for image in the_images()] == [0, 1, 2]


def test_the_one_behind_a_removed_first_picture_stands_for_the_product(app: Flask, three: list[str]) -> None:
    actions.remove_picture(ids()[0], by=STAFF)

    assert shown() == three[1:]
    assert [image.position for image in the_images()] == [0, 1]
    entry, detail = last_entry(("product", the_product("teapot").id))
    assert (entry.verb, detail["file"]) == ("product.picture_removed", (three[0], None))


def test_a_removed_pictures_files_go(app: Flask, settings: Settings, three: list[str]) -> None:
    actions.remove_picture(ids()[0], by=STAFF)
    session().rollback()

    jobs.drain(app)

    with pytest.raises(FileNotFoundError):
        LocalFiles(settings.instance_dir / "pictures").open(three[0])
    with LocalFiles(settings.instance_dir / "pictures").open(three[1]) as kept:
        assert kept.read(2) == b"\xff\xd8"


def test_a_picture_that_is_gone_is_not_found_a_second_time(three: list[str]) -> None:
    first = ids()[0]
    actions.remove_picture(first, by=STAFF)

    for act in (actions.remove_picture, lambda key, by: actions.move_picture(key, 1, by=by)):
        with pytest.raises(NotFound):
            act(first, by=STAFF)


def test_a_picture_has_words_or_is_said_to_decorate(three: list[str]) -> None:
    first, seen = ids()[0], fingerprint(PictureWords("A teapot"))

    with pytest.raises(Refused):
        actions.describe_picture(first, PictureWords("  "), seen=seen, by=STAFF)
    actions.describe_picture(first, PictureWords("not kept", is_decorative=True), seen=seen, by=STAFF)

    assert next((image.alt, image.is_decorative) for image in the_images()) == ("", True)


def test_who_describes_what_somebody_else_described_is_shown_it(three: list[str]) -> None:
    first, seen = ids()[0], fingerprint(PictureWords("A teapot"))
    actions.describe_picture(first, PictureWords("Theirs"), seen=seen, by=STAFF)

    with pytest.raises(Stale) as refusal:
        actions.describe_picture(first, PictureWords("Mine"), seen=seen, by=STAFF)

    assert refusal.value.theirs.alt == "Theirs"


def test_a_picture_may_be_hung_as_decoration() -> None:
    a_product("teapot")

    actions.add_picture("teapot", bytes_of(), alt="", is_decorative=True, by=STAFF)

    assert [(image.alt, image.is_decorative) for image in the_images()] == [("", True)]


def test_a_collection_has_one_picture_in_sizes_and_the_old_ones_files_go(
    app: Flask, settings: Settings
) -> None:
    shelf = a_shelf()
    actions.hang_banner(shelf, bytes_of(), words=PictureWords("Kits on a shelf"), by=STAFF)
    first = the_collection(shelf).file or ""
    session().rollback()
    jobs.drain(app)
    assert the_collection(shelf).sizes == "320 640 800"

    actions.hang_banner(shelf, bytes_of(colour="navy"), words=PictureWords("Logs"), by=STAFF)
    session().rollback()
    jobs.drain(app)

    kept = {path.name for path in (settings.instance_dir / "pictures").rglob("*") if path.is_file()}
    assert the_collection(shelf).alt == "Logs"
    assert not any(name.startswith(first.partition(".")[0]) for name in kept)
    actions.take_banner_down(shelf, by=STAFF)
    actions.take_banner_down(shelf, by=STAFF)
    assert the_collection(shelf).file is None


def test_a_picture_is_removed_by_the_name_of_its_file(three: list[str]) -> None:
    actions.remove_picture_named("teapot", three[1], by=STAFF)

    assert shown() == [three[0], three[2]]
    with pytest.raises(Refused):
        actions.remove_picture_named("teapot", three[1], by=STAFF)
