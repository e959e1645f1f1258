"""Where pictures are decoded, set upright and encoded: all that is done with Pillow, and nothing else.

Knows pixels and colour; refuses to know where bytes come from and go to. Imported only where one is made.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from storefront.errors import Refused
from storefront.pictures.door import Taken, damaged, refuse_size

# In pixels, of the longer side; a zoomed picture on a large screen.
LARGEST = 2_560
# A file of ten thousand tiny chunks costs time at each of them. 20 MB in chunks of 8 KB are 10,000 reads.
MOST_READS = 40_000
LARGEST_PROFILE = 1_000_000

# Sizes are refused in `refuse_size`, with a sentence; Pillow would warn first, and then raise without the size.
Image.MAX_IMAGE_PIXELS = None
# Text in a PNG is thrown away: what inflates to more is a bomb.
PngImagePlugin.MAX_TEXT_MEMORY = 4_000_000

_SUFFIXES = {"JPEG": "jpg", "PNG": "png", "GIF": "png", "WEBP": "webp"}
_MASTER: dict[str, dict[str, Any]] = {
    "jpg": {"format": "JPEG", "quality": 88, "optimize": True, "progressive": True},
    "png": {"format": "PNG"},
    "webp": {"format": "WEBP", "quality": 86, "method": 2},
}
_SIZED: dict[str, dict[str, Any]] = {
    "jpg": {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True},
    "png": {"format": "PNG", "optimize": True},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
}


class _Metered(io.BytesIO):
    """Bytes that can be read a limited number of times."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        if self.reads > MOST_READS:
            raise ValueError("too many parts")
        return super().read(size)


def develop(content: bytes, kind: str) -> Taken:
    """Decode `content` as `kind` and nothing else, and encode it anew. Raises BadPicture."""
    try:
        image = _clean(_opened(content, kind))
    except Refused:
        raise
    # A decoder that is fed by strangers may raise anything; whatever it is, there is no picture.
    except Exception as error:
        raise damaged() from error
    suffix = _SUFFIXES[kind]
    return Taken(_encoded(image, suffix, _MASTER), suffix, *image.size)


def resized(
    content: bytes, widths: Sequence[int], suffixes: Sequence[str]
) -> Iterator[tuple[int, str, bytes]]:
    """A picture of ours in each width, in pixels, and each format: width, suffix, bytes."""
    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as image:
        image.load()
        for width in widths:
            height = max(1, round(image.height * width / image.width))
            smaller = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
            for suffix in suffixes:
                yield width, suffix, _encoded(smaller, suffix, _SIZED)


def _opened(content: bytes, kind: str) -> Image.Image:
    image = Image.open(_Metered(content), formats=[kind])
    refuse_size(*image.size)
    # A JPEG can be decoded at a half, a quarter, an eighth, for as much less memory.
    image.draft(None, (LARGEST, LARGEST))
    image.load()
    return image


def _clean(image: Image.Image) -> Image.Image:
    """Upright, in sRGB, with transparency only where there is some, no larger than wanted, and without a word."""
    profile = image.info.get("icc_profile") or b""
    upright = ImageOps.exif_transpose(image)
    plain = _with_plain_mode(upright)
    if plain.mode in {"RGB", "CMYK", "L"} and 0 < len(profile) < LARGEST_PROFILE and b"sRGB" not in profile:
        plain = _in_srgb(plain, profile)
    is_opaque = plain.mode != "RGBA" or plain.getchannel("A").getextrema() == (255, 255)
    plain = plain.convert("RGB") if is_opaque else plain
    plain.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS, reducing_gap=3.0)
    plain.info = {}
    return plain


def _with_plain_mode(image: Image.Image) -> Image.Image:
    """Without palette, and with eight bits for each colour."""
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda level: level / 257).convert("L")
    return image if image.mode in {"RGB", "CMYK", "L"} else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours that `profile` means; as they are where it cannot be read or belongs to another kind."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return made or image


def _encoded(image: Image.Image, suffix: str, options: dict[str, dict[str, Any]]) -> bytes:
    if suffix == "jpg" and image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    file = io.BytesIO()
    image.save(file, **options[suffix])
    return file.getvalue()
