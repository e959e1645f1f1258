"""Writes the cover of the demo shop, which is served as it is drawn: `python -m storefront.demo.art.draw`.

Knows where it is kept; refuses to know what is on it. Pictures of goods are printed by `render`.
"""

from pathlib import Path

from storefront.demo.art.scenes import pictures

FOLDER = Path(__file__).parents[3] / "static" / "demo"
COVER = "cover-shelf"


def draw(folder: Path = FOLDER) -> Path:
    """Write the cover as an SVG file and return it; a second run writes the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{COVER}.svg"
    path.write_text(pictures()[COVER], encoding="utf-8")
    return path


if __name__ == "__main__":
    draw()
