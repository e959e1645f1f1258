"""A product's pictures: added through the door, shown at once, and in their sizes once a worker was there."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import jobs
from storefront.audit import history
from storefront.catalogue import actions, pictures
from storefront.catalogue.facts import ImageFacts
from storefront.catalogue.models import Image
from storefront.catalogue.pictures import fill, make_sizes, unfetched
from storefront.catalogue.queries import product_page
from storefront.config import Settings
from storefront.database import db, session, transaction
from storefront.errors import Refused
from storefront.pictures import sizes
from storefront.pictures.door import BadPicture
from storefront.pictures.sizes import sized_name
from storefront.pictures.storage import LocalFiles
from tests.builders.catalogue import a_product, product_facts, the_product
from tests.builders.pictures import STAFF, a_picture_of, bytes_of, owed, the_images
from tests.pictures.bad import REFUSED

pytestmark = pytest.mark.usefixtures("inside")

FETCHED = ImageFacts(source_url="https://pictures.example/1.jpg", alt="The spout")


def everything() -> list[str]:
    return [repr(row) for table in db.metadata.sorted_tables for row in session().execute(sa.select(table))]


def files(settings: Settings) -> set[str]:
    return {path.name for path in (settings.instance_dir / "pictures").rglob("*") if path.is_file()}


def test_a_picture_stands_behind_those_that_stand_and_is_shown_at_once() -> None:
    a_product("teapot")
    first = a_picture_of("teapot")

    second = a_picture_of("teapot", kind="PNG")

    shown = product_page("teapot").pictures
    assert [(each.file, each.alt, each.width, each.height) for each in shown] == [
        (first, "A teapot", 800, 1000),
        (second, "A teapot", 800, 1000),
    ]
    assert [each.widths for each in shown] == [(), ()]


def test_who_added_it_is_recorded_and_the_product_is_newer() -> None:
    product = a_product("teapot")
    before = product.version

    a_picture_of("teapot")

    entry = history(("product", product.id))[-1]
    assert (entry.verb, entry.actor_kind, entry.actor_id) == ("product.picture_added", "staff", "1")
    assert the_product("teapot").version == before + 1


def test_the_worker_makes_the_sizes_and_the_page_names_them(app: Flask, settings: Settings) -> None:
    a_product("teapot")
    file = a_picture_of("teapot", kind="WEBP", width=700)
    session().rollback()

    jobs.drain(app)

    assert product_page("teapot").pictures[0].widths == (320, 640, 700)
    made = {sized_name(file, width, suffix) for width in (320, 640, 700) for suffix in ("webp", "jpg")}
    assert files(settings) == {file, *made}


def test_making_sizes_twice_changes_nothing_more(settings: Settings) -> None:
    a_product("teapot")
    file = a_picture_of("teapot", sized=True)
    before, kept = everything(), files(settings)

    make_sizes(file=file)

    assert (everything(), files(settings)) == (before, kept)


def test_a_picture_whose_file_is_gone_fails_its_job_and_is_not_called_ready(settings: Settings) -> None:
    a_product("teapot")
    file = a_picture_of("teapot")
    LocalFiles(settings.instance_dir / "pictures").delete(file)

    with pytest.raises(FileNotFoundError):
        make_sizes(file=file)

    assert the_images()[0].sizes is None


@pytest.mark.parametrize("name", [name for name in REFUSED if "many" not in name and "48" not in name])
def test_a_bad_picture_changes_nothing(name: str, settings: Settings) -> None:
    a_product("teapot")
    before = everything()

    with pytest.raises(BadPicture):
        actions.add_picture("teapot", REFUSED[name](), alt="A teapot", by=STAFF)

    assert everything() == before
    assert files(settings) == set()


@pytest.mark.parametrize(
    ("slug", "alt", "said"),
    [
        ("kettle", "A kettle", "There is no product “kettle”."),
        ("teapot", " \n", "Say in a few words what the picture shows."),
        ("teapot", "x" * 301, "What the picture shows is said in at most 300 characters."),
    ],
)
def test_a_picture_without_product_or_words_is_refused(
    slug: str, alt: str, said: str, settings: Settings
) -> None:
    a_product("teapot")

    with pytest.raises(Refused) as refused:
        actions.add_picture(slug, bytes_of(), alt=alt, by=STAFF)

    assert refused.value.message == said
    assert files(settings) == set()


def test_a_disk_that_is_full_leaves_no_row(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    a_product("teapot")
    before = everything()

    def full(_self: LocalFiles, _name: str, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalFiles, "save", full)
    with pytest.raises(OSError, match="No space"):
        a_picture_of("teapot")

    assert everything() == before


def test_a_row_that_cannot_be_written_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    a_product("teapot")

    def fails(_rows: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(pictures, "add_images", fails)
    with pytest.raises(sa.exc.OperationalError):
        a_picture_of("teapot")

    assert files(settings) == set()


def test_an_import_leaves_what_was_uploaded_here_behind_what_it_names() -> None:
    a_product("teapot")
    uploaded = a_picture_of("teapot")

    actions.save_product(product_facts("teapot", images=(FETCHED,)))
    again = actions.save_product(product_facts("teapot", images=(FETCHED,)))

    assert [(image.source_url, image.file) for image in the_images()] == [
        (FETCHED.source_url, None),
        (None, uploaded),
    ]
    assert again == "unchanged"


def test_a_picture_that_a_list_names_no_more_loses_its_files_after_the_commit(
    app: Flask, settings: Settings
) -> None:
    actions.save_product(product_facts("teapot", images=(FETCHED,)))
    fill(unfetched()[0].image_id, bytes_of(), by=STAFF)
    kept = files(settings)

    actions.save_product(product_facts("teapot", images=()))

    assert kept <= files(settings)
    session().rollback()
    jobs.drain(app)
    assert files(settings) == set()


def test_sizes_made_while_a_picture_was_removed_are_removed_too(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    actions.save_product(product_facts("teapot", images=(FETCHED,)))
    fill(unfetched()[0].image_id, bytes_of(), by=STAFF)
    file = str(the_images()[0].file)
    making = sizes.make_sizes

    def meanwhile(name: str, width: int) -> tuple[int, ...]:
        actions.save_product(product_facts("teapot", images=()))
        pictures.forget(file=name, width=width)
        LocalFiles(settings.instance_dir / "pictures").save(name, bytes_of())
        return making(name, width)

    monkeypatch.setattr(sizes, "make_sizes", meanwhile)
    make_sizes(file=file)

    assert files(settings) == set()


def test_an_address_gets_its_file_once() -> None:
    actions.save_product(product_facts("teapot", images=(FETCHED,)))
    image_id = unfetched()[0].image_id

    filled = [fill(image_id, bytes_of(), by=STAFF), fill(image_id, bytes_of(), by=STAFF)]

    (image,) = the_images()
    assert filled == [True, False]
    assert (image.alt, image.width, image.height) == ("The spout", 800, 1000)
    assert owed("pictures.sizes") == [{"file": image.file}]
    assert unfetched() == []


@pytest.mark.parametrize(
    "wrong", [{"file": "theirs"}, {"width": None}, {"height": 0}, {"file": None, "sizes": "320"}]
)
def test_the_database_holds_no_picture_that_could_not_be_shown(wrong: dict[str, object]) -> None:
    product = a_product("teapot")
    theirs = a_picture_of("teapot")
    values = {"product_id": product.id, "position": 1, "alt": "", "file": "ours.png", "width": 1, "height": 1}
    values |= {name: theirs if value == "theirs" else value for name, value in wrong.items()}

    with pytest.raises(sa.exc.IntegrityError):
        write(values)

    assert len(the_images()) == 1


def write(values: dict[str, object]) -> None:
    with transaction() as current:
        current.execute(sa.insert(Image.__table__), values)
