"""Templates as Python code, kept in files: a process that starts finds them as the one before compiled them.

Knows where that code is kept; refuses to know any template. What cannot be read or written is compiled again.
"""

import contextlib
import os
import pickle
import tempfile
from pathlib import Path

import jinja2
from flask import Flask
from jinja2.bccache import Bucket

from storefront.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Keep compiled templates below the instance's folder: 60 ms of a start."""
    app.jinja_env.bytecode_cache = InFiles(settings.instance_dir / "templates" / jinja2.__version__)


class InFiles(jinja2.BytecodeCache):
    """A file for each template, named by where that stands; it holds the digest of the source that it is made of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find a template's code, unless its source is another by now."""
        # A power cut may have left half a file.
        with contextlib.suppress(OSError, EOFError, ValueError, TypeError, pickle.UnpicklingError):
            bucket.bytecode_from_string((self.folder / bucket.key).read_bytes())

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next process."""
        # Written aside and renamed: other processes start at the same time. A full or read-only disk stops no page.
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(dir=self.folder)
            with open(number, "wb") as file:
                file.write(bucket.bytecode_to_string())
            os.replace(name, self.folder / bucket.key)
