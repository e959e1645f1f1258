"""What must not come in does not, and costs next to nothing: measured in a process of its own."""

import io
import json
import subprocess
import sys
import zipfile
from typing import Any

import pytest
from PIL import Image

from storefront.config import ROOT
from storefront.pictures.door import MOST_PIXELS, BadPicture, refuse_size, take
from tests.pictures.bad import REFUSED, a_picture, a_text_bomb, ten_thousand_frames, with_archive

DAMAGED = "The picture is damaged, or not whole."
OTHER = "The file is a picture and something else besides: save the picture anew."
DRAWING = "Drawings (SVG) and web pages are not taken: save it as PNG."
WANTED = "This is no picture that can be taken: JPEG, PNG, WebP or GIF is wanted."
HUGE = "The picture has {0} × {0} pixels; at most 50 million are taken."

SAID = {
    **dict.fromkeys(REFUSED, DAMAGED),
    **dict.fromkeys(("png-50000", "jpeg-50000", "gif-50000"), HUGE.format(50_000)),
    **dict.fromkeys(
        ("jpeg-and-zip", "png-and-zip", "jpeg-and-script", "jpeg-and-php", "jpeg-and-pdf"), OTHER
    ),
    **dict.fromkeys(("svg", "svgz", "html"), DRAWING),
    **dict.fromkeys(("tiff", "bmp", "postscript", "text"), WANTED),
    "webp-16-million": HUGE.format(2**24),
    "webp-16383": HUGE.format(16_383),
    "webp-10000-frames": "Moving WebP pictures are not taken: save one frame of it.",
    "many-scans": "The picture is built in a way that takes too long to decode.",
    "heic": "This is a HEIC or AVIF picture: save it as JPEG.",
    "nothing": "The file is empty.",
    "21-megabytes": "The picture is larger than 20 MB.",
}


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What each refusal said and cost, by name."""
    folder = tmp_path_factory.mktemp("pictures")
    for name, make in REFUSED.items():
        (folder / name).write_bytes(make())
    command = [sys.executable, "-m", "tests.pictures.cost", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_picture_is_refused_with_a_reason_for_little_time_and_memory(
    name: str, costs: dict[str, dict[str, Any]]
) -> None:
    cost = costs[name]

    assert cost["refusal"] == SAID[name]
    assert cost["seconds"] < 0.5
    assert cost["megabytes"] < 64


def test_the_bad_pictures_are_what_they_are_called() -> None:
    frames = Image.open(io.BytesIO(ten_thousand_frames()))

    assert getattr(frames, "n_frames", 1) == 10_000
    assert zipfile.is_zipfile(io.BytesIO(with_archive("JPEG")))
    assert len(a_text_bomb()) < 100_000


@pytest.mark.parametrize(
    ("width", "height", "is_refused"),
    [
        (10_000, MOST_PIXELS // 10_000, False),
        (10_000, MOST_PIXELS // 10_000 + 1, True),
        (16_383, 1, False),
        (16_384, 1, True),
        (1, 1, False),
        (0, 1, True),
    ],
)
def test_pixels_are_counted_before_anything_is_decoded(width: int, height: int, is_refused: bool) -> None:
    refused = False

    try:
        refuse_size(width, height)
    except BadPicture:
        refused = True

    assert refused is is_refused


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_that_calls_itself_another_kind_is_taken_for_what_its_bytes_are(kind: str) -> None:
    taken = take(a_picture(kind))

    assert (taken.width, taken.height) == (64, 80)
