"""Tells what it costs to take each picture of a folder: `python -m tests.pictures.cost FOLDER`.

Run as a process of its own, whose memory nothing else uses.
"""

import json
import re
import sys
import time
from pathlib import Path

from storefront.pictures.door import BadPicture, take
from tests.pictures.bad import a_picture

_SELF = Path("/proc/self")


def cost(path: Path) -> dict[str, object]:
    """The refusal, or None; seconds of processor time; MB of memory beyond what there was before."""
    # Forgets the highest memory so far. Linux alone has this; getrusage never comes down.
    (_SELF / "clear_refs").write_text("5", encoding="ascii")
    before = _highest_memory()
    began = time.process_time()
    refusal = None
    try:
        take(path.read_bytes())
    except BadPicture as error:
        refusal = error.message
    seconds = time.process_time() - began
    return {"refusal": refusal, "seconds": seconds, "megabytes": (_highest_memory() - before) / 1024}


def _highest_memory() -> int:
    """In KB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", (_SELF / "status").read_text(encoding="ascii"))
    assert found
    return int(found[1])


if __name__ == "__main__":
    # Pillow and its decoders are loaded once, whatever comes.
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        take(a_picture(kind))
    sys.stdout.write(json.dumps({path.name: cost(path) for path in sorted(Path(sys.argv[1]).iterdir())}))
