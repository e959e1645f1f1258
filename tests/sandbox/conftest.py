"""The machinery of the sandbox's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A fresh sandbox in this process with its own clock; nothing is delivered until the test says so."""
    made = Bench(tmp_path / "sandbox.db")
    yield made
    made.sandbox.close()
