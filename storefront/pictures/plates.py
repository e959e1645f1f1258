"""A picture as a page prints it: its addresses, its size, its words.

Knows `srcset`; refuses to know what stands beside the picture.
"""

from dataclasses import dataclass

from storefront.pictures.sizes import plain_suffix, sized_name
from storefront.pictures.storage import storage

# What a browser without WebP, and a mail, are given.
_PLAIN_WIDTH = 640


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of ours: its file, its size in pixels, what it shows in words, and the widths made of it."""

    file: str
    alt: str
    width: int
    height: int
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture ready to be printed: `srcset` is of WebP, `url` for whoever cannot read that, `large_url` the
    largest there is. Until the sizes are made `srcset` is empty and the other two are the same."""

    url: str
    width: int
    height: int
    alt: str
    srcset: str = ""
    large_url: str = ""

    def height_at(self, width: int) -> int:
        """How high it is, in pixels, when it is `width` wide: mails scale nothing by themselves."""
        return max(1, round(self.height * width / self.width))


def plate(picture: Picture | None, *, alt: str | None = None) -> Plate | None:
    """A picture with its addresses; `alt` in place of its own words, "" where they would be read twice."""
    if picture is None:
        return None
    large = storage().url(picture.file)
    return Plate(
        url=_plain(large, picture),
        width=picture.width,
        height=picture.height,
        alt=picture.alt if alt is None else alt,
        srcset=", ".join(f"{sized_name(large, width, 'webp')} {width}w" for width in picture.widths),
        large_url=large,
    )


def plain_name(picture: Picture, *, width: int) -> str:
    """The file that any program can show, the smallest at least `width` pixels wide."""
    fitting = [made for made in picture.widths if made >= width] or picture.widths[-1:]
    return sized_name(picture.file, fitting[0], plain_suffix(picture.file)) if fitting else picture.file


def _plain(large: str, picture: Picture) -> str:
    return large.removesuffix(picture.file) + plain_name(picture, width=_PLAIN_WIDTH)
