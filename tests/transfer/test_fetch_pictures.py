"""Pictures are fetched when asked for; what cannot be had keeps the plain print and its line in the report."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from storefront.catalogue.queries import product_page
from storefront.cli.importing import import_group
from storefront.database import require_released
from storefront.transfer.fetching import Fetcher, NotFetched
from storefront.transfer.pictures import fetch_pictures
from storefront.transfer.products import import_products
from tests.builders.pictures import bytes_of, owed, the_images
from tests.pictures.bad import MARKUP, ten_thousand_frames
from tests.transfer.files import a_file, further, plain

pytestmark = pytest.mark.usefixtures("inside")

HERE = "https://pictures.example/"


class Web(Fetcher):
    """Answers from a dictionary, and remembers what it was asked."""

    found: dict[str, bytes]
    asked: list[str]

    def __init__(self, **found: bytes) -> None:
        object.__setattr__(self, "found", found)
        object.__setattr__(self, "asked", [])

    def fetch(self, url: str) -> bytes:
        require_released()
        self.asked.append(url)
        content = self.found.get(url.removeprefix(HERE).partition(".")[0])
        if content is None:
            raise NotFetched("It answers with status 404.")
        return bytes(content)


def imported(folder: Path, *names: str) -> None:
    first, *others = names
    rows = [further(Image_Src=HERE + name, Image_Position=str(i)) for i, name in enumerate(others, start=2)]
    import_products(
        a_file(folder, plain("teapot", Image_Src=HERE + first, Image_Alt_Text="The spout"), *rows)
    )


def test_what_is_fetched_is_shown_and_its_sizes_are_owed(tmp_path: Path) -> None:
    imported(tmp_path, "a.jpg", "b.png")

    report = fetch_pictures(fetcher=Web(a=bytes_of(), b=bytes_of("PNG")))

    shown = product_page("teapot").pictures
    assert report.text() == "2 pictures fetched, 0 not."
    assert [(each.alt, each.file.partition(".")[2], each.width) for each in shown] == [
        ("The spout", "jpg", 800),
        ("", "png", 800),
    ]
    assert owed("pictures.sizes") == [{"file": each.file} for each in shown]


def test_a_picture_is_what_its_bytes_are_and_not_what_its_address_says(tmp_path: Path) -> None:
    imported(tmp_path, "a.jpg", "b.jpg", "c.jpg")

    report = fetch_pictures(fetcher=Web(a=MARKUP, b=ten_thousand_frames(), c=bytes_of("WEBP")))

    assert report.text().splitlines() == [
        f"teapot, {HERE}a.jpg: Drawings (SVG) and web pages are not taken: save it as PNG.",
        f"teapot, {HERE}b.jpg: Moving WebP pictures are not taken: save one frame of it.",
        "1 picture fetched, 2 not.",
    ]
    assert [image.file and image.file[-5:] for image in the_images()] == [None, None, ".webp"]


def test_what_cannot_be_had_keeps_its_address_and_is_asked_again_the_next_time(tmp_path: Path) -> None:
    imported(tmp_path, "a.jpg", "b.jpg")
    web = Web(b=bytes_of())

    first, second = fetch_pictures(fetcher=web), fetch_pictures(fetcher=Web(a=bytes_of()))

    assert first.failures == [f"teapot, {HERE}a.jpg: It answers with status 404."]
    assert web.asked == [f"{HERE}a.jpg", f"{HERE}b.jpg"]
    assert (second.count, second.failures) == (1, [])
    assert len(product_page("teapot").pictures) == 2


def test_the_same_file_again_keeps_what_was_fetched(tmp_path: Path) -> None:
    imported(tmp_path, "a.jpg")
    fetch_pictures(fetcher=Web(a=bytes_of()))
    before = [(image.id, image.file) for image in the_images()]

    imported(tmp_path, "a.jpg")

    assert [(image.id, image.file) for image in the_images()] == before


def test_progress_ends_with_the_last_picture(tmp_path: Path) -> None:
    imported(tmp_path, "a.jpg", "b.jpg")
    told: list[tuple[int, int]] = []

    fetch_pictures(fetcher=Web(), progress=lambda done, of: told.append((done, of)))

    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], ["1 picture was not fetched; its address is kept."]),
        (["--fetch-images"], []),
    ],
)
def test_the_command_fetches_only_when_asked_and_a_missing_picture_is_no_failure(
    options: list[str], said: list[str], app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storefront.create_app", lambda: app)
    path = a_file(tmp_path, plain("teapot", Image_Src="https://localhost/a.jpg"))

    result = CliRunner().invoke(import_group, ["products", str(path), *options])

    fetched = [
        "teapot, https://localhost/a.jpg: It leads into a private network.",
        "0 pictures fetched, 1 not.",
    ]
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        *said,
        "1 new, 0 changed, 0 unchanged, 0 left out.",
        *(fetched if options else []),
    ]
