"""What the first view of a page weighs on the way: its HTML, its sheet, its scripts, without its pictures.

Knows HTTP and gzip; refuses to know what the files say.
"""

import gzip
import re
import urllib.request
from dataclasses import dataclass
from urllib.parse import urljoin


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes of one kind, compressed as a proxy or the server would send them."""

    kind: str
    compressed: int
    limit: int


_FILES = {
    "CSS": r'<link rel="stylesheet" href="([^"]+)"',
    "JavaScript": r'<script type="module" src="([^"]+)"',
    "icon": r'<link rel="icon" href="([^"]+)"',
}
_LIMITS = {"HTML": 12 * 1024, "CSS": 12 * 1024, "JavaScript": 15 * 1024, "icon": 2 * 1024}
FIRST_VIEW = 60 * 1024


def of(url: str) -> list[Weight]:
    """The page at `url`, kind by kind, and all of them together."""
    page = _fetch(url)
    sizes = {"HTML": _compressed(page)}
    for kind, pattern in _FILES.items():
        addresses = re.findall(pattern, page.decode())
        sizes[kind] = sum(_compressed(_fetch(urljoin(url, each))) for each in addresses)
    weights = [Weight(kind, size, _LIMITS[kind]) for kind, size in sizes.items()]
    return [*weights, Weight("first view without pictures", sum(sizes.values()), FIRST_VIEW)]


def _compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6, mtime=0))


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        content: bytes = answer.read()
    return content
