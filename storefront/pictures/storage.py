"""Where pictures are kept: files of this machine, behind four words that a bucket elsewhere could speak too.

Knows names and bytes; refuses to know what is on a picture. A name is written once and never means another picture.
"""

import os
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol

from flask import url_for

from storefront.config import settings

# The whole of what a name can be: no path, no other kind of file.
_NAME = re.compile(r"[0-9a-f]{16}(?:-[0-9]{1,5})?\.(?:jpg|png|webp)")
MIMETYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


class Storage(Protocol):
    """What any place for pictures can do. Names are those of `new_name` and `names_of`; others raise ValueError."""

    def save(self, name: str, content: bytes) -> None:
        """Keep the bytes, whole or not at all; the same name again replaces them. Raises OSError."""

    def open(self, name: str) -> BinaryIO:
        """The bytes as a file. Raises FileNotFoundError."""

    def delete(self, name: str) -> None:
        """Forget the bytes; nothing happens where there are none."""

    def url(self, name: str) -> str:
        """Where browsers find it: a path of ours, or an address elsewhere."""


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """Files below `folder`, in one of 256 folders each; served by this application."""

    folder: Path

    def save(self, name: str, content: bytes) -> None:
        """Write beside, then rename: a reader or a crash never finds half a picture."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{secrets.token_hex(4)}.part")
        try:
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise

    def open(self, name: str) -> BinaryIO:
        """The file, for reading."""
        return self._path(name).open("rb")

    def delete(self, name: str) -> None:
        """Remove the file."""
        self._path(name).unlink(missing_ok=True)

    def url(self, name: str) -> str:
        """The path under which `views.show` serves it."""
        return url_for("pictures.show", name=name)

    def _path(self, name: str) -> Path:
        if not is_name(name):
            raise ValueError(f"no picture is called {name!r}")
        return self.folder / name[:2] / name


def storage() -> Storage:
    """The current shop's."""
    return _local(settings().instance_dir)


# Asked for each picture of a page; a path is made in 10 µs.
@lru_cache(maxsize=64)
def _local(instance: Path) -> Storage:
    return LocalFiles(instance / "pictures")


def is_name(name: str) -> bool:
    """Whether a picture could be called so."""
    return _NAME.fullmatch(name) is not None


def new_name(suffix: str) -> str:
    """A name that tells nothing and that nobody guesses."""
    return f"{secrets.token_hex(8)}.{suffix}"
