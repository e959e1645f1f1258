"""A number for each of very many texts, in 25 to 50 bytes for each, where a dict takes 150.

Knows hashes only, so that memory stays small in a file of a million rows; refuses to give the texts back.
"""

from array import array
from collections.abc import Iterator

_EMPTY = 0


class Numbers:
    """Whole numbers (64 bits) by text. Two texts in 10^19 have one hash; the second then finds the first's number."""

    def __init__(self) -> None:
        self._size = 1024
        self._taken = 0
        self._hashes = array("q", bytes(8 * self._size))
        self._numbers = array("q", bytes(8 * self._size))

    def setdefault(self, text: str, number: int) -> int:
        """The number under `text`, which is now `number` if there was none."""
        key = hash(text) or 1
        slot = self._slot(key)
        if self._hashes[slot] == _EMPTY:
            self._put(slot, key, number)
            return number
        return self._numbers[slot]

    def get(self, text: str, default: int) -> int:
        """The number under `text`, or `default`."""
        slot = self._slot(hash(text) or 1)
        return default if self._hashes[slot] == _EMPTY else self._numbers[slot]

    def __setitem__(self, text: str, number: int) -> None:
        key = hash(text) or 1
        slot = self._slot(key)
        if self._hashes[slot] == _EMPTY:
            self._put(slot, key, number)
        else:
            self._numbers[slot] = number

    def values(self) -> Iterator[int]:
        """Every number, in no order."""
        return (n for key, n in zip(self._hashes, self._numbers, strict=True) if key != _EMPTY)

    def _slot(self, key: int) -> int:
        """Where the hash stands, or would."""
        hashes, mask = self._hashes, self._size - 1
        slot = key & mask
        while hashes[slot] not in (_EMPTY, key):
            slot = (slot + 1) & mask
        return slot

    def _put(self, slot: int, key: int, number: int) -> None:
        self._hashes[slot], self._numbers[slot] = key, number
        self._taken += 1
        if self._taken * 3 > self._size * 2:
            self._grow()

    def _grow(self) -> None:
        standing = zip(self._hashes, self._numbers, strict=True)
        self._size *= 2
        self._hashes, self._numbers = array("q", bytes(8 * self._size)), array("q", bytes(8 * self._size))
        for key, number in standing:
            if key != _EMPTY:
                slot = self._slot(key)
                self._hashes[slot], self._numbers[slot] = key, number
