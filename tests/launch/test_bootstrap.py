"""The file that a newcomer starts: it answers in words whatever Python it meets.

Knows nothing of what the commands do.
"""

import ast
import subprocess
import sys

import pytest

import bootstrap
from launch.environment import ROOT


def test_a_python_of_ten_years_ago_can_read_the_file() -> None:
    text = (ROOT / "bootstrap.py").read_text(encoding="utf-8")

    ast.parse(text, feature_version=(3, 5))

    assert "\nimport launch" not in text, "launch is for newer ones, and must wait for the check"


def test_an_old_python_is_told_which_one_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))

    status = bootstrap.main(["run"])

    assert status == 1
    assert capsys.readouterr().err == "Storefront needs Python 3.11 or newer; this is 3.10.\n"


@pytest.mark.parametrize("arguments", [[], ["tset"], ["run", "fast"]])
def test_an_unknown_command_is_answered_with_those_there_are(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status = bootstrap.main(arguments)

    assert status == 2
    assert "bootstrap.py run" in capsys.readouterr().err


def test_help_needs_nothing_but_python() -> None:
    answer = subprocess.run(
        [sys.executable, "-E", "-S", ROOT / "bootstrap.py", "--help"], capture_output=True, text=True
    )

    assert answer.returncode == 0, answer.stderr
    assert "bootstrap.py test" in answer.stdout


def test_the_commands_need_the_standard_library_alone() -> None:
    files = [ROOT / "bootstrap.py", *(ROOT / "launch").glob("*.py")]

    trees = [ast.walk(ast.parse(file.read_text(encoding="utf-8"))) for file in files]
    nodes = [node for tree in trees for node in tree]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names) | {"launch"}
