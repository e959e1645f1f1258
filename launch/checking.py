"""The commands `test`, `check` and `proof`: style, types and every test, with the same tools everywhere.

Knows which tools there are and how they are called; refuses to know what is tested.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable

from launch import environment
from launch.environment import ROOT, VENV
from launch.errors import CannotStart

AXE_VERSION = "4.14.1"
AXE_FOLDER = ROOT / "build" / "npm"

# What it is called, and how it is called.
Command = tuple[str, list[str]]


def test(arguments: list[str], *, long: bool) -> int:
    """Run every check, whatever the earlier ones say; returns 0 when all passed. `arguments` go to pytest."""
    return _run(_checks(arguments, long=long), before=_fetch_axe)


def proof(arguments: list[str]) -> int:
    """Run the tests that take hours, each told of as it ends, with its figures; returns 0 when all passed."""
    told = ["-m", "proof", "-v", "-rP", *arguments]
    runs = [
        # Alone, since they take times; then the machine, on every core.
        ("proof by walks", ["pytest", "-n", "0", *told, "tests/walks"]),
        ("proof by machine", ["pytest", "-n", "auto", "--dist", "worksteal", *told, "tests/proof"]),
    ]
    return _run(runs)


def _run(commands: list[Command], *, before: Callable[[], None] = lambda: None) -> int:
    try:
        environment.prepare("test")
        before()
        failed = [name for name, command in commands if not _passes(name, command)]
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _checks(arguments: list[str], *, long: bool) -> list[Command]:
    chosen = [] if long else ["-m", "not long"]
    return [
        ("ruff check", ["ruff", "check", "--quiet", "."]),
        ("ruff format", ["ruff", "format", "--check", "."]),
        ("mypy", ["mypy"]),
        # worksteal: a browser walk takes a hundred times as long as a table, and no core should wait.
        ("pytest", ["pytest", "-n", "auto", "--dist", "worksteal", *chosen, *arguments]),
    ]


def _passes(name: str, command: list[str]) -> bool:
    print(f"— {name}", flush=True)
    began = time.monotonic()
    with subprocess.Popen([VENV / "bin" / command[0], *command[1:]], cwd=ROOT) as tool:
        try:
            status = tool.wait()
        except KeyboardInterrupt:
            _let_finish(tool)
            raise
    print(f"  {'passed' if status == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return status == 0


def _let_finish(tool: subprocess.Popen[bytes]) -> None:
    # Ctrl-C reached it as well; pytest then ends its servers and drops its databases, given the time.
    try:
        tool.wait(timeout=10)
    except subprocess.TimeoutExpired:
        tool.terminate()


def _fetch_axe() -> None:
    """Have axe-core in `build/npm` where npm is; without it the tests that need it are skipped by name."""
    installed = AXE_FOLDER / "node_modules" / "axe-core" / "package.json"
    if installed.is_file() and json.loads(installed.read_text())["version"] == AXE_VERSION:
        return
    if not shutil.which("npm"):
        return
    print("Fetching axe-core, which judges accessibility (once) …", flush=True)
    AXE_FOLDER.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    fetched = subprocess.run([*command, "--prefix", str(AXE_FOLDER), f"axe-core@{AXE_VERSION}"])
    if fetched.returncode and os.environ.get("CI") == "true":
        raise CannotStart("axe-core could not be fetched with npm.")
