"""What `make run` and `make test` do: build the environment, open the shop, test it.

Standard library only; knows the shop's commands and settings by name and imports nothing of it.
"""

from launch.checking import test
from launch.shop import run

__all__ = ["run", "test"]
