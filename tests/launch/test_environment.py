"""`.venv` is built once, again when the lock changes, and from any state an interrupted build leaves.

Knows the real `venv`; pip's calls are noted instead of made, for tests have no network.
"""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from launch import environment
from launch.errors import CannotStart


class Pip:
    """Notes what was asked of pip; `fails` makes the next call end as Ctrl-C does."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fails = False

    def __call__(self, *arguments: str) -> None:
        if self.fails:
            self.fails = False
            raise KeyboardInterrupt
        self.calls.append("project" if "--editable" in arguments else Path(arguments[-1]).name)

    def take(self) -> list[str]:
        """The calls since the last time."""
        calls, self.calls = self.calls, []
        return calls


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pip:
    """A project of two locks in `tmp_path`, and the pip that would fill its `.venv`."""
    (tmp_path / "requirements").mkdir()
    for name in ("requirements/run.lock", "requirements/test.lock", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    pip = Pip()
    monkeypatch.setattr(environment, "_pip", pip)
    move_to(tmp_path, monkeypatch)
    return pip


def move_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ROOT", folder)
    monkeypatch.setattr(environment, "VENV", folder / ".venv")
    monkeypatch.setattr(environment, "PYTHON", folder / ".venv" / "bin" / "python")
    monkeypatch.setattr(environment, "_STAMP", folder / ".venv" / "storefront.json")


def test_a_first_run_installs_the_lock_and_then_the_project(pip: Pip, tmp_path: Path) -> None:
    environment.prepare("run")

    assert pip.take() == ["run.lock", "project"]
    assert (tmp_path / ".venv" / "bin" / "python").exists()


def test_a_second_run_asks_nothing_of_pip(pip: Pip) -> None:
    environment.prepare("run")
    pip.take()

    environment.prepare("run")

    assert pip.take() == []


def test_a_changed_lock_is_installed_again(pip: Pip, tmp_path: Path) -> None:
    environment.prepare("run")
    pip.take()

    (tmp_path / "requirements" / "run.lock").write_text("newer")
    environment.prepare("run")

    assert pip.take() == ["run.lock", "project"]


def test_a_changed_project_fetches_no_packages(pip: Pip, tmp_path: Path) -> None:
    environment.prepare("run")
    pip.take()

    (tmp_path / "pyproject.toml").write_text("newer")
    environment.prepare("run")

    assert pip.take() == ["project"]


def test_after_the_tests_tools_a_run_needs_nothing_more(pip: Pip) -> None:
    environment.prepare("test")
    assert pip.take() == ["test.lock", "project"]

    environment.prepare("run")

    assert pip.take() == []


def test_after_a_run_the_tests_get_their_tools(pip: Pip) -> None:
    environment.prepare("run")
    pip.take()

    environment.prepare("test")

    assert pip.take() == ["test.lock", "project"]


def test_an_interrupted_installation_is_done_again(pip: Pip) -> None:
    pip.fails = True
    with pytest.raises(KeyboardInterrupt):
        environment.prepare("run")

    environment.prepare("run")

    assert pip.take() == ["run.lock", "project"]


def test_a_moved_folder_is_built_anew(pip: Pip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.prepare("run")
    pip.take()
    (tmp_path / ".venv" / "left").touch()

    shutil.move(tmp_path / ".venv", tmp_path / "elsewhere" / ".venv")
    shutil.copytree(tmp_path / "requirements", tmp_path / "elsewhere" / "requirements")
    shutil.copy(tmp_path / "pyproject.toml", tmp_path / "elsewhere")
    move_to(tmp_path / "elsewhere", monkeypatch)
    environment.prepare("run")

    assert pip.take() == ["run.lock", "project"]
    assert not (tmp_path / "elsewhere" / ".venv" / "left").exists()


def test_a_virtualenv_of_another_folder_is_left_as_it_is(
    pip: Pip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.prepare("run")
    pip.take()
    other = tmp_path / "other"
    other.mkdir()
    shutil.copytree(tmp_path / "requirements", other / "requirements")
    shutil.copy(tmp_path / "pyproject.toml", other)
    (other / ".venv").symlink_to(tmp_path / ".venv")
    before = _contents(tmp_path / ".venv")
    move_to(other, monkeypatch)

    with pytest.raises(CannotStart, match=r"is a link to .* Remove the link, and start again"):
        environment.prepare("run")
    assert pip.take() == []
    assert _contents(tmp_path / ".venv") == before

    (other / ".venv").unlink()
    environment.prepare("run")
    assert pip.take() == ["run.lock", "project"]
    assert _contents(tmp_path / ".venv") == before


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}


def test_a_python_that_is_gone_is_replaced(pip: Pip, tmp_path: Path) -> None:
    environment.prepare("run")
    pip.take()
    python = tmp_path / ".venv" / "bin" / "python"

    python.unlink()
    python.symlink_to("/nonexistent/python3.11")
    environment.prepare("run")

    assert pip.take() == ["run.lock", "project"]
    assert python.exists()


def test_an_interrupted_installation_does_not_touch_the_python_there(pip: Pip, tmp_path: Path) -> None:
    environment.prepare("run")
    (tmp_path / ".venv" / "storefront.json").unlink()
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("of another Python of the same version")

    environment.prepare("run")

    assert (tmp_path / ".venv" / "pyvenv.cfg").read_text() == "of another Python of the same version"


def test_a_virtualenv_that_was_never_finished_is_built_anew(pip: Pip, tmp_path: Path) -> None:
    environment.prepare("run")
    (tmp_path / ".venv" / "storefront.json").unlink()
    (tmp_path / ".venv" / "pyvenv.cfg").unlink()

    environment.prepare("run")

    assert (tmp_path / ".venv" / "pyvenv.cfg").exists()


def test_a_clock_that_is_years_behind_is_said_so(pip: Pip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "NOT_BEFORE", datetime.now(tz=UTC) + timedelta(days=1))

    with pytest.raises(CannotStart, match=r"This computer's clock says \d+ \w+ \d+; set it right"):
        environment.prepare("run")

    assert pip.take() == []


def test_without_a_pip_the_package_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_pip_version", lambda python: (20, 3))
    monkeypatch.setattr(environment, "find_spec", lambda name: None)

    with pytest.raises(CannotStart, match="apt install python3-pip"):
        environment._pip_command()


@pytest.mark.parametrize(
    ("words", "version"),
    [("pip 23.0.1 from /usr/lib (python 3.11)", (23, 0)), ("pip 26.1 from /x", (26, 1)), ("No module", (0,))],
)
def test_the_version_of_a_pip_is_read_from_its_own_words(
    words: str, version: tuple[int, ...], tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho '{words}'\n")
    python.chmod(0o755)

    assert environment._pip_version(str(python)) == version
