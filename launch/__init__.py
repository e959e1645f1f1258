"""What `make run`, `make test` and `make bench` do: build the environment, open the shop, test it, measure it.

Standard library only; knows the shop's commands and settings by name and imports nothing of it.
"""

from launch.checking import test
from launch.measuring import bench
from launch.shop import run

__all__ = ["bench", "run", "test"]
