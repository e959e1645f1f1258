"""The sandbox stands outside the house: it imports no room, and of the `stripe` library only what it must."""

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "storefront" / "sandbox"
MODULES = sorted(FOLDER.glob("*.py"))


def imported(module: Path) -> set[str]:
    """The full names of everything that a module imports."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_it_imports_nothing_of_the_shop(module: Path) -> None:
    ours = {name for name in imported(module) if name.split(".")[0] == "storefront"}

    assert {name for name in ours if not name.startswith("storefront.sandbox")} == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_only_the_transport_of_tests_imports_the_stripe_library(module: Path) -> None:
    assert ("stripe" in imported(module)) == (module.stem == "transport")


def test_nothing_of_the_sandbox_imports_the_transport_of_tests() -> None:
    assert [module.stem for module in MODULES if "storefront.sandbox.transport" in imported(module)] == []
