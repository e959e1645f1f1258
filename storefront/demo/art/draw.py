"""Writes every picture of the demo shop below `static/demo/`: `python -m storefront.demo.art.draw`.

Knows where pictures are kept; refuses to know what is on them.
"""

from pathlib import Path

from storefront.demo.art.scenes import pictures

FOLDER = Path(__file__).parents[3] / "static" / "demo"


def draw(folder: Path = FOLDER) -> list[Path]:
    """Write all pictures as SVG files and return them; a second run writes the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, svg in pictures().items():
        path = folder / f"{name}.svg"
        path.write_text(svg, encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    draw()
