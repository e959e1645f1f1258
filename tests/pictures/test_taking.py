"""What comes out of the door: upright, in sRGB, without a word in it, in a format of ours."""

import io

import pytest
from PIL import Image, ImageCms

from storefront.pictures.darkroom import LARGEST
from storefront.pictures.door import take
from tests.pictures.bad import a_picture, large

SECRET = "51 degrees 28 minutes north"
ORIENTATION, DESCRIPTION = 0x0112, 0x010E


def pixel(content: bytes) -> tuple[int, ...]:
    found = decoded(content).getpixel((4, 4))
    assert isinstance(found, tuple)
    return found


def decoded(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize(
    ("kind", "suffix", "format_name"),
    [("JPEG", "jpg", "JPEG"), ("PNG", "png", "PNG"), ("GIF", "png", "PNG"), ("WEBP", "webp", "WEBP")],
)
def test_a_picture_keeps_its_format_and_a_gif_becomes_png(kind: str, suffix: str, format_name: str) -> None:
    taken = take(a_picture(kind))

    assert (taken.suffix, decoded(taken.content).format) == (suffix, format_name)
    assert decoded(taken.content).size == (taken.width, taken.height) == (64, 80)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_is_left_of_what_a_camera_wrote(kind: str) -> None:
    exif = Image.Exif()
    exif[DESCRIPTION] = SECRET
    content = a_picture(kind, exif=exif, comment=SECRET.encode())
    assert SECRET.encode() in content

    taken = take(content)

    assert SECRET.encode() not in taken.content
    assert not decoded(taken.content).getexif()
    assert not {"exif", "comment", "icc_profile"} & decoded(taken.content).info.keys()


def test_a_picture_on_its_side_is_set_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    image = Image.new("RGB", (80, 40), "white")
    image.paste("red", (0, 0, 80, 10))
    file = io.BytesIO()
    image.save(file, "PNG", exif=exif)

    taken = take(file.getvalue())

    assert (taken.width, taken.height) == (40, 80)
    # What was on top is now on the right.
    assert decoded(taken.content).getpixel((38, 40)) == (255, 0, 0)
    assert decoded(taken.content).getpixel((2, 40)) == (255, 255, 255)


def test_colours_of_another_profile_become_those_of_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A screen whose red is our green.
    odd = profile.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)
    content = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 20, 30)).save(content, "PNG", icc_profile=odd)

    taken = take(content.getvalue())

    red, green, _blue = pixel(taken.content)
    assert green > 180 > 60 > red


def test_a_profile_that_cannot_be_read_leaves_the_colours_alone() -> None:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), (120, 60, 30)).save(content, "PNG", icc_profile=b"no profile at all")

    taken = take(content.getvalue())

    assert decoded(taken.content).getpixel((4, 4)) == (120, 60, 30)


def test_what_is_transparent_stays_so_and_what_is_not_loses_the_channel() -> None:
    glass = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 128)).save(glass, "PNG")
    wall = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 255)).save(wall, "PNG")

    through, opaque = take(glass.getvalue()), take(wall.getvalue())

    assert decoded(through.content).getpixel((4, 4)) == (255, 0, 0, 128)
    assert decoded(opaque.content).mode == "RGB"


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "PNG"), ("1", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("CMYK", "JPEG"), ("L", "JPEG")],
)
def test_every_way_to_write_colours_is_read(mode: str, kind: str) -> None:
    taken = take(a_picture(kind, mode=mode))

    assert decoded(taken.content).mode == "RGB"


def test_sixteen_bits_of_grey_become_eight() -> None:
    content = io.BytesIO()
    Image.new("I;16", (8, 8), 32_896).save(content, "PNG")

    taken = take(content.getvalue())

    assert decoded(taken.content).getpixel((4, 4)) == (128, 128, 128)


def test_of_a_moving_gif_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "green")]
    content = io.BytesIO()
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])

    taken = take(content.getvalue())

    assert decoded(taken.content).getpixel((4, 4)) == (255, 0, 0)
    assert getattr(decoded(taken.content), "n_frames", 1) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_of_48_megapixels_is_taken_and_made_smaller(kind: str) -> None:
    options = {"compress_level": 1} if kind == "PNG" else {}

    taken = take(large(kind, **options))

    assert (taken.width, taken.height) == (LARGEST, LARGEST * 3 // 4)


def test_what_a_telephone_appends_to_a_picture_is_left_behind() -> None:
    film = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 400

    taken = take(a_picture("JPEG") + film)

    assert b"ftypmp42" not in taken.content
