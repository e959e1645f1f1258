"""The locked packages: the same ones everywhere, from wherever a machine gets its packages.

Knows the locks and the project's own lists.
"""

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from launch.environment import ROOT

LOCKS = ["run.lock", "test.lock"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def locked(name: str) -> dict[str, list[Requirement]]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    lines = [line.rstrip(" \\") for line in text.splitlines() if re.match(r"\w", line)]
    found: dict[str, list[Requirement]] = {}
    for requirement in map(Requirement, lines):
        found.setdefault(requirement.name, []).append(requirement)
    return found


def asked(*extras: str) -> list[Requirement]:
    optional = [line for extra in extras for line in PROJECT["optional-dependencies"][extra]]
    return [Requirement(line) for line in PROJECT["dependencies"] + optional]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")

    addresses = re.findall(r"\S*://\S*|--(?!hash=sha256:[0-9a-f]{64}\b)\S+|\S+ @ \S+", text)

    assert addresses == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_has_its_hashes(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")

    blocks = re.split(r"\n(?=\w)", text)

    assert len(blocks) > 30
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize(("name", "extras"), [("run.lock", ()), ("test.lock", ("postgres", "redis", "test"))])
def test_a_lock_holds_what_the_project_asks_for(name: str, extras: tuple[str, ...]) -> None:
    packages = locked(name)

    astray = [
        str(wish)
        for wish in asked(*extras)
        if not any(
            wish.specifier.contains(next(iter(it.specifier)).version) for it in packages.get(wish.name, [])
        )
    ]

    assert astray == [], "make lock"


def test_the_tests_run_on_the_very_packages_of_a_run() -> None:
    run, test = locked("run.lock"), locked("test.lock")

    different = [name for name in run if list(map(str, run[name])) != list(map(str, test.get(name, [])))]

    assert different == []


def test_every_package_asked_for_has_its_reason_written_down() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")

    named = set(re.findall(r"^\|(?: \w+ \|)? ([\w.-]+) \| \S+ \S+", text, re.MULTILINE))

    assert named - {"package"} == {wish.name for wish in asked(*PROJECT["optional-dependencies"])} | {
        "flit_core"
    }
