"""The virtualenv `.venv`: built from a hashed lock, and again only when the lock has changed.

Knows Python, pip and files; refuses to know what the installed packages are for.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import deque
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from launch.errors import CannotStart

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

# Nothing here is older; an earlier clock makes every certificate look "not yet valid".
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
OLDEST_PIP = (22, 3)  # the first that knows --python
_WITHOUT_WHEEL = "flask-principal"  # pure Python, published as source alone; all else must need no compiler
_STAMP = VENV / "storefront.json"


def prepare(kind: str) -> None:
    """Have `.venv` hold what `requirements/<kind>.lock` says ("run" or "test"); seconds when it does already.

    Raises CannotStart.
    """
    if sys.platform == "win32":
        raise CannotStart("Storefront runs on Linux and macOS; on Windows use WSL.")
    wanted = _wanted(kind)
    stamp = _stamp()
    if stamp.items() >= wanted.items() and _works(wanted["python"]):
        return
    if VENV.is_symlink():
        # Clearing it, and installing into it, would change the folder it points at: another checkout's, say.
        raise CannotStart(
            f"{VENV} is a link to {os.readlink(VENV)}, which is not built for this folder. Remove the link, and"
            " start again: a virtualenv of its own is made here then."
        )
    _check_clock()
    fits = _fits(stamp, wanted)
    if not fits:
        _make_venv()
    _STAMP.unlink(missing_ok=True)
    locks = [name for name in wanted if name.endswith(".lock")]
    if not fits or any(stamp.get(name) != wanted[name] for name in locks):
        print(f"Installing packages into .venv (once, until requirements/{kind}.lock changes) …", flush=True)
        lock = str(ROOT / "requirements" / f"{kind}.lock")
        wheels = ["--only-binary", ":all:", "--no-binary", _WITHOUT_WHEEL]
        _pip("install", "--no-deps", "--require-hashes", *wheels, "-r", lock)
    _pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))
    _STAMP.write_text(json.dumps(wanted, indent=1))


def _wanted(kind: str) -> dict[str, str]:
    # What the tests need holds what a run needs, at the same versions: after one, the other is there too.
    locks = ["run.lock"] if kind == "run" else ["run.lock", "test.lock"]
    wanted = {name: _digest(ROOT / "requirements" / name) for name in locks}
    return wanted | {
        "project": _digest(ROOT / "pyproject.toml"),
        "place": str(ROOT),
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
    }


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(_STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def _fits(stamp: dict[str, str], wanted: dict[str, str]) -> bool:
    """Whether the virtualenv there can be built upon; a moved one, or one of another Python, cannot."""
    same = all(stamp.get(name, wanted[name]) == wanted[name] for name in ("place", "python"))
    return same and (VENV / "pyvenv.cfg").is_file() and _works(wanted["python"])


def _works(version: str) -> bool:
    # The link may point at a Python that was upgraded or removed.
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True)
    except OSError:
        return False
    return answer.stdout.strip() == version


def _check_clock() -> None:
    now = datetime.now(tz=UTC)
    if now < NOT_BEFORE:
        raise CannotStart(
            f"This computer's clock says {now:%d %B %Y}; set it right, or every download fails."
        )


def _make_venv() -> None:
    # Debian's python3 has no ensurepip unless python3-venv is installed; without pip it needs none. Cleared,
    # because venv over the virtualenv of another Python mixes the two.
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", "--clear", VENV], capture_output=True, text=True
    )
    if made.returncode:
        raise CannotStart(f"The virtualenv {VENV} could not be made:\n{made.stderr or made.stdout}")


def _pip(*arguments: str) -> None:
    # The person's own pip settings (an index, a certificate) hold; where to install is ours to say.
    environ = {
        name: text
        for name, text in os.environ.items()
        if name not in {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
    }
    environ |= {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    command = [*_pip_command(), *arguments, "--no-input", "--progress-bar", "off"]
    pip = subprocess.Popen(command, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        last_words = _show_progress(pip)
    except BaseException:
        pip.kill()
        raise
    finally:
        pip.wait()
    if pip.returncode:
        print("".join(last_words), file=sys.stderr)
        raise CannotStart(
            "The packages could not be installed; what pip said is above. Is this machine online?"
        )


def _show_progress(pip: subprocess.Popen[str]) -> deque[str]:
    assert pip.stdout
    last_words: deque[str] = deque(maxlen=15)
    seen, live = 0, sys.stdout.isatty()
    for line in pip.stdout:
        last_words.append(line)
        if package := re.match(r"(?:Collecting|Processing) (?:\S*/)?([\w.-]+)", line):
            seen += 1
            if live:
                print(f"\r\033[K  {seen}: {package[1]}", end="", flush=True)
            elif seen % 20 == 0:
                print(f"  {seen} packages …", flush=True)
        elif line.startswith("Installing collected packages") and seen:
            print(f"{chr(13) if live else ''}  {seen} packages fetched, unpacking …", flush=True)
    return last_words


def _pip_command() -> list[str]:
    """The command of a pip that can install into `.venv`: some Python's own, else one unpacked there."""
    base = getattr(sys, "_base_executable", sys.executable)
    for python in dict.fromkeys([sys.executable, base, shutil.which("python3") or base]):
        if _pip_version(python) >= OLDEST_PIP:
            return [python, "-m", "pip", "--python", str(PYTHON)]
    if find_spec("ensurepip"):
        subprocess.run([PYTHON, "-m", "ensurepip"], capture_output=True)
        if _pip_version(str(PYTHON)) >= OLDEST_PIP:
            return [str(PYTHON), "-m", "pip"]
    raise CannotStart("pip 22.3 or newer is missing; on Debian and Ubuntu: apt install python3-pip")


def _pip_version(python: str) -> tuple[int, ...]:
    told = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, text=True)
    numbers = re.match(r"pip (\d+)\.(\d+)", told.stdout)
    return (int(numbers[1]), int(numbers[2])) if numbers else (0,)
