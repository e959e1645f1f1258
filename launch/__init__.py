"""What `make run`, `test`, `proof` and `bench` do: build what it needs, open the shop, test it, prove it, measure it.

Standard library only; knows the shop's commands and settings by name and imports nothing of it.
"""

from launch.checking import proof, test
from launch.measuring import bench
from launch.shop import run

__all__ = ["bench", "proof", "run", "test"]
