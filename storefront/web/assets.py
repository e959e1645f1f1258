"""Stylesheets, modules and pictures under names that carry a hash of their content.

Knows files below `static/`; refuses to build anything: the stylesheet is its layers, one after another, and what
only staff pages need is a second one, which no shopper fetches.
"""

import gzip
import hashlib
import re
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request, url_for
from werkzeug.security import safe_join

from storefront.config import ROOT
from storefront.web.access import open_to

FOLDER = ROOT / "static"
SHEET = "site.css"
STAFF_SHEET = "staff.css"
LONGEST_NAME = 120

# How old what is known of a file may be: asking the disk for each address cost 2 of a page's 7 ms.
LOOK_AGAIN_SECONDS = 1.0

_HASHED = re.compile(r"(?P<stem>.+)\.(?P<digest>[0-9a-f]{10})(?P<suffix>\.[a-z0-9]+)")
# All that there is, and all of it text; the machine's own list of types is long and may say something else.
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file ready to be sent: bytes, the same compressed (or None), type, digest."""

    content: bytes
    gzipped: bytes | None
    mimetype: str
    digest: str


def init_app(app: Flask) -> None:
    """Serve `/static/…`; `url_for("static", filename=…)` gives hashed names."""
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=open_to("everyone")(_serve))
    app.url_defaults(_hash_name)
    app.jinja_env.globals["stylesheet_url"] = lambda: url_for("static", filename=SHEET)


_seen: dict[str, tuple[float, Asset]] = {}


def asset(name: str) -> Asset | None:
    """The file called `name` below `static/`, as it was within the last second, or None."""
    now = time.monotonic()
    at, found = _seen.get(name, (0.0, None))
    if found is not None and now - at < LOOK_AGAIN_SECONDS:
        return found
    # Only names of files are kept, so that nobody's guesses fill the memory.
    if (found := _on_disk(name)) is not None:
        _seen[name] = now, found
    return found


_generation, _looked_at = 0, 0.0


def files_generation() -> int:
    """A number that grows when a file that a page names has changed: what prints their addresses is made anew."""
    global _generation, _looked_at
    now = time.monotonic()
    if now - _looked_at >= LOOK_AGAIN_SECONDS:
        _looked_at = now
        before = {name: found.digest for name, (_at, found) in _seen.items()}
        if any((found := asset(name)) and found.digest != digest for name, digest in before.items()):
            _generation += 1
    return _generation


def _on_disk(name: str) -> Asset | None:
    if name in {SHEET, STAFF_SHEET}:
        return _load(name, _newest_stamp(name))
    inside = safe_join(str(FOLDER), name)
    # No name of ours is long, and a file system answers an endless one with an error.
    if inside is None or len(name) > LONGEST_NAME or not (path := Path(inside)).is_file():
        return None
    return _load(name, path.stat().st_mtime_ns)


def _newest_stamp(name: str) -> int:
    return max((path.stat().st_mtime_ns for path in _sheets(name)), default=0)


def _sheets(name: str) -> list[Path]:
    css = FOLDER / "css"
    if name == STAFF_SHEET:
        return sorted((css / "staff").glob("*.css"))
    layers = [css / f"{name}.css" for name in ("tokens", "reset", "base")]
    parts = sorted((css / "components").glob("*.css")) + sorted((css / "rooms").glob("*.css"))
    return [path for path in layers + parts if path.is_file()]


@lru_cache(maxsize=512)
def _load(name: str, _stamp: int) -> Asset:
    suffix = Path(name).suffix
    content = (
        b"\n".join(path.read_bytes() for path in _sheets(name))
        if name in {SHEET, STAFF_SHEET}
        else (FOLDER / name).read_bytes()
    )
    mimetype = _TYPES.get(suffix, "application/octet-stream")
    gzipped = gzip.compress(content, 9, mtime=0) if suffix in _TYPES else None
    return Asset(content, gzipped, mimetype, hashlib.sha256(content).hexdigest()[:10])


def _hash_name(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and (found := asset(values["filename"])):
        stem, dot, suffix = values["filename"].rpartition(".")
        values["filename"] = f"{stem}.{found.digest}.{suffix}" if dot else values["filename"]


def _serve(filename: str) -> Response:
    hashed = _HASHED.fullmatch(filename)
    found = asset(hashed["stem"] + hashed["suffix"]) if hashed else asset(filename)
    if found is None or (hashed and hashed["digest"] != found.digest):
        abort(404)
    zipped = found.gzipped is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(found.gzipped if zipped else found.content, mimetype=found.mimetype)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    if found.gzipped is not None:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    response.set_etag(found.digest + ("-gz" if zipped else ""))
    response.make_conditional(request)
    return response
