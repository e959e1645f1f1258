"""Which variant an address means: `?size=1.5-kg&pack=plain-box`.

Knows words in URLs and the nearest variant there is; refuses to know pages and prices.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from slugify import slugify

from storefront.catalogue.shown import OptionShown, ProductPage, VariantShown


@dataclass(frozen=True, slots=True)
class ValueOffered:
    """One value of an option: `variant` is what choosing it leads to, `query` its address."""

    label: str
    variant: VariantShown
    query: dict[str, str]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class OptionOffered:
    """An option with its values, in the order of the variants."""

    name: str
    values: tuple[ValueOffered, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The variant meant, and the way from it to every other value."""

    variant: VariantShown
    query: dict[str, str]
    options: tuple[OptionOffered, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """An option and its values as URLs say them: each word stands for one of them only."""

    name: str
    values: tuple[str, ...]


def choose(page: ProductPage, wanted: Mapping[str, str]) -> VariantShown | None:
    """The variant that `wanted` (a query) asks for; None where the product has none.

    What it does not know it ignores; a combination that does not exist gives the nearest, the earlier options
    counting more, and what can be had before what is sold out.
    """
    if not wanted or page.first_choice is None:
        return page.first_choice
    words = _words(page.options)
    asked = [_value_meant(option, word, wanted) for option, word in zip(page.options, words, strict=True)]
    return _nearest(page.variants, asked) if any(asked) else page.first_choice


def offer(page: ProductPage, variant: VariantShown) -> Choice:
    """What is chosen with `variant`, and where every other value leads from there."""
    words = _words(page.options)
    offered = tuple(
        OptionOffered(option.name, tuple(_offered(page, words, variant, i, value) for value in option.values))
        for i, option in enumerate(page.options)
    )
    return Choice(variant, _query(page.options, words, variant), offered)


# A word is made letter by letter: 80 µs for a product of two options.
@lru_cache(maxsize=1024)
def query_of(page: ProductPage, variant: VariantShown) -> dict[str, str]:
    """The query by which the product's page shows a variant."""
    return _query(page.options, _words(page.options), variant)


def _words(options: tuple[OptionShown, ...]) -> tuple[_Words, ...]:
    names = _distinct(option.name for option in options)
    pairs = zip(names, options, strict=True)
    return tuple(_Words(name, _distinct(option.values)) for name, option in pairs)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """A word for each text, none twice: “A+” and “A” become `a` and `a-2`."""
    taken: list[str] = []
    for position, text in enumerate(texts, start=1):
        word = slugify(text, regex_pattern=r"[^-a-z0-9.]+") or str(position)
        number, free = 2, word
        while free in taken:
            free, number = f"{word}-{number}", number + 1
        taken.append(free)
    return tuple(taken)


def _value_meant(option: OptionShown, word: _Words, wanted: Mapping[str, str]) -> str | None:
    said = wanted.get(word.name, "")
    return option.values[word.values.index(said)] if said in word.values else None


def _nearest(variants: Sequence[VariantShown], asked: Sequence[str | None]) -> VariantShown:
    def closeness(variant: VariantShown) -> tuple[list[bool], bool]:
        fits = [value is None or value == has for value, has in zip(asked, variant.values, strict=True)]
        return fits, variant.is_available

    # The first of equals: max keeps the variants' own order.
    return max(variants, key=closeness)


def _offered(
    page: ProductPage, words: Sequence[_Words], chosen: VariantShown, option: int, value: str
) -> ValueOffered:
    """What choosing `value` leads to: the variant with it that keeps as much of the present choice as can be."""
    with_value = [variant for variant in page.variants if variant.values[option] == value]
    led_to = _nearest(with_value, chosen.values)
    return ValueOffered(
        label=value,
        variant=led_to,
        query=_query(page.options, words, led_to),
        is_chosen=chosen.values[option] == value,
    )


def _query(options: Sequence[OptionShown], words: Sequence[_Words], variant: VariantShown) -> dict[str, str]:
    return {
        word.name: word.values[option.values.index(value)]
        for option, word, value in zip(options, words, variant.values, strict=True)
    }
