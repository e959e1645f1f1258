"""Pictures that must not come in, made byte by byte, and good ones to make them of.

Knows the formats' insides; refuses to know how they are refused.
"""

import gzip
import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

MARKUP = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def a_picture(
    kind: str = "PNG", *, size: tuple[int, int] = (64, 80), mode: str = "RGB", **options: Any
) -> bytes:
    """A picture that differs in every part, so that nothing of it can be left out."""
    image = Image.effect_noise(size, 90).convert("RGB")
    if mode != "RGB":
        image = image.convert(mode)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def large(kind: str, **options: Any) -> bytes:
    """A picture of 48 megapixels."""
    file = io.BytesIO()
    Image.new("RGB", (8_000, 6_000), "orange").save(file, kind, **options)
    return file.getvalue()


def png(width: int, height: int, *chunks: bytes, pixels: bytes | None = None) -> bytes:
    """A PNG of eight-bit grey that says it has this size, whatever its pixels are."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    lines = b"".join(b"\0" + bytes(width) for _ in range(height)) if pixels is None else pixels
    body = b"".join(chunks) + _chunk(b"IDAT", zlib.compress(lines)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + body


def webp(*chunks: bytes, canvas: tuple[int, int] = (8, 8), flags: int = 0b10) -> bytes:
    """An extended WebP with a canvas of this size; the flag 2 says that it moves."""
    sides = b"".join((side - 1).to_bytes(3, "little") for side in canvas)
    body = b"WEBP" + _riff(b"VP8X", bytes([flags, 0, 0, 0]) + sides) + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def ten_thousand_frames() -> bytes:
    """A WebP of 8 × 8 pixels that moves 10,000 times."""
    still = a_picture("WEBP", size=(8, 8), lossless=True)[12:]
    place = bytes(6) + (7).to_bytes(3, "little") * 2 + (40).to_bytes(3, "little") + b"\0"
    return webp(_riff(b"ANIM", bytes(6)), _riff(b"ANMF", place + still) * 10_000)


def a_huge_jpeg() -> bytes:
    """A JPEG whose header says 50,000 × 50,000."""
    content = a_picture("JPEG")
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", 50_000, 50_000) + content[at + 4 :]


def a_huge_gif() -> bytes:
    """A GIF whose first frame is 50,000 × 50,000."""
    content = a_picture("GIF")
    size = struct.pack("<HH", 50_000, 50_000)
    at = content.index(b"\x2c\0\0\0\0") + 5
    return content[:6] + size + content[10:at] + size + content[at + 4 :]


def a_text_bomb() -> bytes:
    """A PNG with sixty-four texts of 1 MB each, in 64 KB."""
    return png(8, 8, _chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(1_000_000), 9)) * 64)


def a_profile_bomb() -> bytes:
    """A PNG with a colour profile of 300 MB, in 300 KB."""
    pack = zlib.compressobj(9)
    packed = b"".join(pack.compress(bytes(10_000_000)) for _ in range(30)) + pack.flush()
    return png(8, 8, _chunk(b"iCCP", b"k\0\0" + packed))


def a_pixel_bomb() -> bytes:
    """A PNG of 8,000 × 6,000 pixels by its header, in which a hundred million more are packed and none fits."""
    pack = zlib.compressobj(9)
    packed = b"".join(pack.compress(b"\xff" * 10_000_000) for _ in range(15)) + pack.flush()
    return png(8_000, 6_000, pixels=b"").replace(_chunk(b"IDAT", zlib.compress(b"")), _chunk(b"IDAT", packed))


def many_png_chunks() -> bytes:
    """A PNG of a million and a half chunks."""
    return png(8, 8, _chunk(b"teXt", b"") * 1_500_000)


def many_jpeg_segments() -> bytes:
    """A JPEG of four million comments."""
    content = a_picture("JPEG")
    return content[:2] + b"\xff\xfe\x00\x02" * 4_000_000 + content[2:]


def many_gif_blocks() -> bytes:
    """A GIF of six million comments before its first frame."""
    content = a_picture("GIF")
    at = content.index(b"\x2c\0\0\0\0")
    return content[:at] + b"\x21\xfe\x00" * 6_000_000 + content[at:]


def many_scans() -> bytes:
    """A progressive JPEG of 4,000 × 4,000 pixels whose last scan comes ten thousand times."""
    content = a_picture("JPEG", size=(400, 400), progressive=True)
    at = content.rindex(b"\xff\xda")
    size = content.index(b"\xff\xc2") + 5
    large = content[:size] + struct.pack(">HH", 4_000, 4_000) + content[size + 4 : at]
    return large + content[at:-2][:1_000] * 10_000 + b"\xff\xd9"


def with_archive(kind: str) -> bytes:
    """A picture that is a ZIP archive as well."""
    file = io.BytesIO(a_picture(kind))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("evil.html", "<p>Hello")
    return file.getvalue()


def with_comment(text: bytes) -> bytes:
    """A picture with a text in it."""
    return a_picture("JPEG", comment=text)


def a_script_that_is_a_gif() -> bytes:
    """JavaScript that begins as a GIF."""
    return b"GIF89a/*" + bytes(200) + b"*/=1;alert(1)//"


# Each by what it is; none may come in.
REFUSED: dict[str, Any] = {
    "png-50000": lambda: png(50_000, 50_000, pixels=b""),
    "jpeg-50000": a_huge_jpeg,
    "gif-50000": a_huge_gif,
    "webp-16-million": lambda: webp(canvas=(2**24, 2**24), flags=0),
    "webp-16383": lambda: webp(canvas=(16_383, 16_383), flags=0),
    "webp-10000-frames": ten_thousand_frames,
    "text-bomb": a_text_bomb,
    "pixel-bomb": a_pixel_bomb,
    "png-48-megapixels-cut": lambda: large("PNG", compress_level=1)[:-20],
    "jpeg-48-megapixels-cut": lambda: large("JPEG")[:-20],
    "gif-48-megapixels-cut": lambda: large("GIF")[:-20],
    "webp-48-megapixels-cut": lambda: large("WEBP", method=0)[:-20],
    "profile-bomb": a_profile_bomb,
    "many-png-chunks": many_png_chunks,
    "many-jpeg-segments": many_jpeg_segments,
    "many-gif-blocks": many_gif_blocks,
    "many-scans": many_scans,
    "jpeg-and-zip": lambda: with_archive("JPEG"),
    "png-and-zip": lambda: with_archive("PNG"),
    "jpeg-and-script": lambda: with_comment(b"<ScRiPt src=//e.example></script>"),
    "jpeg-and-php": lambda: with_comment(b"<?php system($_GET[0]);"),
    "jpeg-and-pdf": lambda: with_comment(b"%PDF-1.7"),
    "gif-and-script": a_script_that_is_a_gif,
    "svg": lambda: b"\xef\xbb\xbf\n" + MARKUP,
    "svgz": lambda: gzip.compress(MARKUP),
    "html": lambda: b"<!doctype html><title>Hello",
    "heic": lambda: b"\0\0\0\x18ftypheic" + bytes(100),
    "tiff": lambda: a_picture("TIFF"),
    "bmp": lambda: a_picture("BMP"),
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "nothing": lambda: b"",
    "text": lambda: b"Handle,Title\n",
    "magic-alone": lambda: b"\x89PNG\r\n\x1a\n",
    "riff-alone": lambda: b"RIFF\0\0\0\0WEBP",
    "no-width": lambda: png(0, 8, pixels=b""),
    "21-megabytes": lambda: b"\xff\xd8\xff" + bytes(21_000_000),
    **{
        f"{kind.lower()}-cut-at-{share}": lambda kind=kind, share=share: (whole := a_picture(kind))[
            : len(whole) * share // 100
        ]
        for kind in ("JPEG", "PNG", "GIF", "WEBP")
        for share in (5, 50, 90)
    },
}


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
