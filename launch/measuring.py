"""The command `bench`: the shop measured beside bare Flask, with the locked packages and nothing else.

Knows where the measuring begins; refuses to know what is measured.
"""

import subprocess
import sys

from launch import environment
from launch.environment import ROOT
from launch.errors import CannotStart


def bench(arguments: list[str]) -> int:
    """Measure, print the table and write `docs/performance.md`; returns the exit status."""
    try:
        environment.prepare("run")
        return subprocess.run([environment.PYTHON, "-m", "bench", *arguments], cwd=ROOT).returncode
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
