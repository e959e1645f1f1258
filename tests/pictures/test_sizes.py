"""Each picture is made in the widths that are smaller than itself, in WebP and in a format for every program."""

import io

import pytest
from PIL import Image

from storefront.pictures.plates import Picture, plain_name
from storefront.pictures.sizes import forget, keep, make_sizes, plain_suffix, sized_name, widths_of
from storefront.pictures.storage import storage
from tests.builders.pictures import bytes_of

pytestmark = pytest.mark.usefixtures("inside")


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (1, (1,)),
        (319, (319,)),
        (320, (320,)),
        (321, (320, 321)),
        (1200, (320, 640, 960, 1200)),
        (1280, (320, 640, 960, 1280)),
        (1281, (320, 640, 960, 1280)),
        (2560, (320, 640, 960, 1280)),
    ],
)
def test_no_size_is_larger_than_the_picture(width: int, widths: tuple[int, ...]) -> None:
    assert widths_of(width) == widths


@pytest.mark.parametrize(
    ("kind", "plain"), [("JPEG", "JPEG"), ("PNG", "PNG"), ("GIF", "PNG"), ("WEBP", "JPEG")]
)
def test_every_size_is_there_in_both_formats_and_shaped_as_the_picture(kind: str, plain: str) -> None:
    name, taken = keep(bytes_of(kind, size=(700, 875)))

    widths = make_sizes(name, taken.width)

    assert widths == (320, 640, 700)
    for width in widths:
        for suffix, format_name in (("webp", "WEBP"), (plain_suffix(name), plain)):
            with storage().open(sized_name(name, width, suffix)) as file:
                made = Image.open(file)
                assert (made.format, made.size) == (format_name, (width, width * 5 // 4))


def test_making_sizes_again_makes_the_same_files() -> None:
    name, taken = keep(bytes_of("PNG"))
    make_sizes(name, taken.width)
    with storage().open(sized_name(name, 320, "webp")) as file:
        before = file.read()

    make_sizes(name, taken.width)

    with storage().open(sized_name(name, 320, "webp")) as file:
        assert file.read() == before


def test_what_is_transparent_stands_on_white_where_a_format_knows_no_glass() -> None:
    glass = io.BytesIO()
    Image.new("RGBA", (320, 400), (0, 0, 0, 0)).save(glass, "WEBP", lossless=True)
    name, taken = keep(glass.getvalue())

    make_sizes(name, taken.width)

    with storage().open(sized_name(name, 320, "jpg")) as file:
        assert Image.open(file).getpixel((10, 10)) == (255, 255, 255)


def test_of_a_forgotten_picture_no_file_is_left() -> None:
    name, taken = keep(bytes_of())
    make_sizes(name, taken.width)

    forget(name, taken.width)

    folder = storage().folder  # type: ignore[attr-defined]
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("widths", "wanted", "name"),
    [
        ((), 640, "k.webp"),
        ((320,), 640, "k-320.jpg"),
        ((320, 640, 800), 640, "k-640.jpg"),
        ((320, 700), 640, "k-700.jpg"),
    ],
)
def test_who_cannot_read_webp_gets_the_size_that_fits_best(
    widths: tuple[int, ...], wanted: int, name: str
) -> None:
    assert plain_name(Picture("k.webp", "", 800, 1000, widths), width=wanted) == name
