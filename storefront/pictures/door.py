"""The one door for pictures: bytes of strangers come in, a picture made by ourselves goes out.

Knows what is refused before anything is decoded; refuses to know what a picture is for.
"""

import re
import struct
from dataclasses import dataclass

from flask_babel import gettext as _

from storefront.errors import Refused

MOST_BYTES = 20_000_000
# A telephone's 48 megapixels pass. In RGB that is 144 MB for the moment of decoding.
MOST_PIXELS = 50_000_000
# The longest side that WebP can hold.
LONGEST_SIDE = 16_383
# A progressive JPEG has about ten scans; each takes as long as a whole picture.
MOST_SCANS = 64
MOST_SEGMENTS = 1_000

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
)
# What a second reader of the same bytes would run: markup, PHP; archives and PDF by where their readers look.
_MARKUP = re.compile(rb"<(?:script|iframe|!doctype|\?php\s)")
_ARCHIVE_END, _ARCHIVE_TAIL = b"pk\x05\x06", 66_000
_PDF, _PDF_HEAD = b"%pdf-", 1_024
_SCAN, _END = b"\xff\xda", b"\xff\xd9"


class BadPicture(Refused):
    """The picture cannot be taken; nothing was kept of it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture encoded by ourselves: nothing is in it but pixels. `suffix` is `jpg`, `png` or `webp`."""

    content: bytes
    suffix: str
    width: int
    height: int


def take(content: bytes) -> Taken:
    """Decode a JPEG, PNG, WebP or GIF (its first frame) and encode it anew, upright, in sRGB, at most 2560 px long.

    Raises BadPicture with what is wrong. What is refused costs less than half a second and 64 MB.
    """
    if len(content) > MOST_BYTES:
        raise BadPicture(_("The picture is larger than %(megabytes)s MB.", megabytes=MOST_BYTES // 10**6))
    kind = _kind(content)
    _refuse_stowaways(content)
    _BEFORE_DECODING[kind](content)
    # Pillow takes 10 MB and a tenth of a second: whoever takes no picture does not load it.
    from storefront.pictures.darkroom import develop

    return develop(content, kind)


def damaged() -> BadPicture:
    """What is raised where bytes are missing or wrong."""
    return BadPicture(_("The picture is damaged, or not whole."))


def refuse_size(width: int, height: int) -> None:
    """Raises BadPicture where a picture has too many pixels, or none."""
    if width < 1 or height < 1:
        raise BadPicture(_("The picture is empty."))
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise BadPicture(
            _(
                "The picture has %(width)s × %(height)s pixels; at most %(most)s million are taken.",
                width=width,
                height=height,
                most=MOST_PIXELS // 10**6,
            )
        )


def _kind(content: bytes) -> str:
    """Pillow's name of the format, by the first bytes alone: neither a file's name nor a header is believed."""
    if not content:
        raise BadPicture(_("The file is empty."))
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP"
    raise BadPicture(_other_kind(content))


def _other_kind(content: bytes) -> str:
    """What to do about a file that is none of ours."""
    if content[4:8] == b"ftyp":
        return _("This is a HEIC or AVIF picture: save it as JPEG.")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or content.startswith(b"\x1f\x8b"):
        return _("Drawings (SVG) and web pages are not taken: save it as PNG.")
    return _("This is no picture that can be taken: JPEG, PNG, WebP or GIF is wanted.")


def _refuse_stowaways(content: bytes) -> None:
    lower = content.lower()
    is_other = _PDF in lower[:_PDF_HEAD] or _ARCHIVE_END in lower[-_ARCHIVE_TAIL:]
    if is_other or _MARKUP.search(lower):
        raise BadPicture(_("The file is a picture and something else besides: save the picture anew."))


def _refuse_jpeg(content: bytes) -> None:
    """Between the segments and the end no scan holds what looks like either (ITU-T T.81, B.1.1.2)."""
    at = 2
    for _segment in range(MOST_SEGMENTS):
        marker = content[at : at + 2]
        if marker == _SCAN or not marker.startswith(b"\xff"):
            break
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    end = content.find(_END, at)
    if content[at : at + 2] != _SCAN or end < 0:
        raise damaged()
    if content.count(_SCAN, at, end) > MOST_SCANS:
        raise BadPicture(_("The picture is built in a way that takes too long to decode."))


def _refuse_png(content: bytes) -> None:
    if b"IEND" not in content:
        raise damaged()


def _refuse_gif(content: bytes) -> None:
    if not content.rstrip(b"\0\r\n").endswith(b"\x3b"):
        raise damaged()


def _refuse_webp(content: bytes) -> None:
    """Pillow's WebP decoder makes room for two whole canvases when it opens a file, and reads every frame: both
    are looked up here first (RFC 9649, sections 2.5 to 2.7)."""
    header, body = content[12:16], content[20:30]
    if len(body) < 10 or int.from_bytes(content[4:8], "little") > len(content) - 8:
        raise damaged()
    if header == b"VP8X":
        if body[0] & 0b10:
            raise BadPicture(_("Moving WebP pictures are not taken: save one frame of it."))
        width = 1 + int.from_bytes(body[4:7], "little")
        height = 1 + int.from_bytes(body[7:10], "little")
    elif header == b"VP8L":
        (bits,) = struct.unpack("<I", body[1:5])
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", body[6:10]))
    refuse_size(width, height)


# What can be seen without decoding: half a picture is refused before it costs as much as a whole one.
_BEFORE_DECODING = {"JPEG": _refuse_jpeg, "PNG": _refuse_png, "GIF": _refuse_gif, "WEBP": _refuse_webp}
