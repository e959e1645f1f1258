"""Prints the drawn pictures as WebP below `art/pictures/`: `python -m storefront.demo.art.render`.

Run by developers after a change to the drawings; needs Chromium, since Pillow reads no SVG.
"""

import hashlib
import io
import re
import shutil
from pathlib import Path
from typing import Any

from storefront.demo.art.draw import COVER
from storefront.demo.art.scenes import pictures

FOLDER = Path(__file__).parent / "pictures"
# Half as many pixels again as the drawing has units: sharp on a telephone, and at most 40 KB.
SCALE = 1.5
LARGEST_BYTES = 40 * 1024
_QUALITIES = (84, 78, 72, 66, 60, 54, 48)
_VIEW = re.compile(r'viewBox="0 0 (\d+) (\d+)"')


def render(folder: Path = FOLDER) -> None:
    """Print every picture whose drawing changed since the last time; forget those that are drawn no more."""
    folder.mkdir(exist_ok=True)
    drawn = goods()
    known = printed(folder)
    changed = {name: svg for name, svg in drawn.items() if known.get(name) != digest(svg)}
    for name, content in _shots(changed):
        (folder / f"{name}.webp").write_bytes(content)
    for name in known.keys() - drawn.keys():
        (folder / f"{name}.webp").unlink(missing_ok=True)
    lines = [f"{digest(svg)}  {name}\n" for name, svg in sorted(drawn.items())]
    (folder / "drawings.sha256").write_text("".join(lines), encoding="utf-8")


def printed(folder: Path = FOLDER) -> dict[str, str]:
    """The digest of the drawing that each picture was printed from, by its name."""
    listed = folder / "drawings.sha256"
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    return {name: known for known, _two, name in (line.partition("  ") for line in lines)}


def goods() -> dict[str, str]:
    """The drawing of each picture that is printed: all but the cover, which is shown as it is drawn."""
    return {name: svg for name, svg in pictures().items() if name != COVER}


def digest(svg: str) -> str:
    """What tells one drawing from another."""
    return hashlib.sha256(svg.encode()).hexdigest()


def _shots(drawings: dict[str, str]) -> Any:
    from playwright.sync_api import sync_playwright

    if not drawings:
        return
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, svg in drawings.items():
            width, height = map(int, _size(svg))
            page = chromium.new_page(
                viewport={"width": width, "height": height},
                device_scale_factor=SCALE,
            )
            page.set_content(f"<style>*{{margin:0}}svg{{display:block}}</style>{svg}")
            yield name, _webp(page.screenshot())
            page.close()
        chromium.close()


def _size(svg: str) -> tuple[str, str]:
    found = _VIEW.search(svg)
    if found is None:
        raise ValueError("a drawing needs a viewBox")
    return found[1], found[2]


def _webp(screenshot: bytes) -> bytes:
    """The screenshot in the best quality that stays small."""
    from PIL import Image

    image = Image.open(io.BytesIO(screenshot)).convert("RGB")
    for quality in _QUALITIES:
        file = io.BytesIO()
        image.save(file, "WEBP", quality=quality, method=6)
        if file.tell() <= LARGEST_BYTES:
            break
    return file.getvalue()


if __name__ == "__main__":
    render()
