"""What was made of the same facts before, kept: whole public pages and their frame.

Knows which facts it was made of, by being the very same objects; refuses to know what they are. Nothing is ever out
of date, because other facts are other objects: what a query reads becomes the same object only where every row of it
says the same.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")
_Key = tuple[tuple["_Same", ...], tuple[tuple[str, Hashable], ...]]


class _Same:
    """An object compared by being the same one: to compare a page's facts by content would take longer."""

    __slots__ = ("it",)

    def __init__(self, it: Any) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.it is other.it


class Kept(Generic[Made]):
    """A function whose last answers are kept while they weigh `most` in all; `forget` drops them."""

    def __init__(self, make: Callable[..., Made], *, most: int, weigh: Callable[[Made], int]) -> None:
        self._make, self._weigh, self._most = make, weigh, most
        self._found: OrderedDict[_Key, Made] = OrderedDict()
        self._changing = threading.Lock()
        self.weight = 0
        wraps(make)(self)

    def __call__(self, *facts: object, **words: Hashable) -> Made:
        key = (tuple(map(_Same, facts)), tuple(words.items()))
        with self._changing:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        made = self._make(*facts, **words)
        self._keep(key, made)
        return made

    def forget(self) -> None:
        """Drop every answer."""
        with self._changing:
            self._found.clear()
            self.weight = 0

    def _keep(self, key: _Key, made: Made) -> None:
        """Keep it, unless another thread did so meanwhile, and drop what nobody asked for longest until there is
        room."""
        with self._changing:
            if key in self._found:
                return
            self._found[key] = made
            self.weight += self._weigh(made)
            while self.weight > self._most:
                _key, dropped = self._found.popitem(last=False)
                self.weight -= self._weigh(dropped)


def _one(_made: object) -> int:
    return 1


def kept(*, most: int, weigh: Callable[[Any], int] = _one) -> Callable[[Callable[..., Made]], Kept[Made]]:
    """Keep a function's last answers, `most` of them or, with `weigh`, so many bytes: the same objects and equal
    words get the same answer.

    It may use its arguments and what never changes in a running shop, and nothing else of the request.
    """
    return lambda make: Kept(make, most=most, weigh=weigh)
