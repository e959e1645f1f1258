"""What an import did, for the person who started it.

Knows counts and reasons; refuses to know any format.
"""

from collections import Counter
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.catalogue.facts import Outcome

# A product of a hundred rows all over the file is told by its first places.
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows, from `line` to `last_line` and on the lines of `others`, that were not imported, and why."""

    line: int
    last_line: int
    handle: str
    reason: str
    others: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The line of the report about it."""
        spans = _spans(self.line, self.last_line, self.others)
        lines = ", ".join(
            str(first) if first == last else f"{first}–{last}" for first, last in spans[:_SHOWN]
        )
        if len(spans) > _SHOWN:
            lines += ", …"
        many = self.last_line - self.line + 1 + len(self.others)
        where = ngettext("Line %(lines)s", "Lines %(lines)s", many, lines=lines)
        return f"{where}, {self.handle}: {self.reason}" if self.handle else f"{where}: {self.reason}"


def _spans(line: int, last_line: int, others: tuple[int, ...]) -> list[tuple[int, int]]:
    """Lines that follow each other, as first and last."""
    spans: list[tuple[int, int]] = []
    for first, last in sorted([(line, last_line), *((other, other) for other in others)]):
        if spans and spans[-1][1] + 1 == first:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return spans


@dataclass(slots=True)
class Report:
    """Products by what became of them, every row left out, what was read otherwise than it was written, and by
    address the marked phrases for which products are not on sale."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    left_out: list[LeftOut] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)
    held_back: dict[str, list[str]] = field(default_factory=dict)

    @property
    def new(self) -> int:
        """How many products were added."""
        return self.outcomes[Outcome.NEW]

    @property
    def changed(self) -> int:
        """How many products that stood were changed."""
        return self.outcomes[Outcome.CHANGED]

    @property
    def unchanged(self) -> int:
        """How many products stood already as the file has them."""
        return self.outcomes[Outcome.UNCHANGED]

    @property
    def has_failed(self) -> bool:
        """Whether any row was left out."""
        return bool(self.left_out)

    @property
    def notes(self) -> list[str]:
        """A sentence for each kind of thing that was read otherwise than it was written."""
        return [sentence(self.remarks[kind]) for kind, sentence in _SENTENCES.items() if self.remarks[kind]]

    def text(self) -> str:
        """The whole report, a line for each thing."""
        counts = _(
            "%(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(left_out)s left out.",
            new=self.new,
            changed=self.changed,
            unchanged=self.unchanged,
            left_out=len(self.left_out),
        )
        return "\n".join([*(each.text for each in self.left_out), *self._held(), *self.notes, counts])

    def _held(self) -> list[str]:
        """A line for each product that is not on sale until somebody has answered for what it says."""
        return [
            _(
                "%(handle)s is not on sale: nobody has answered for %(words)s.",
                handle=slug,
                words=_quoted(words),
            )
            for slug, words in self.held_back.items()
        ]


def _quoted(words: list[str]) -> str:
    return ", ".join(f"“{each}”" for each in words[:_SHOWN]) + (", …" if len(words) > _SHOWN else "")


_SENTENCES = {
    "pictures": lambda n: ngettext(
        "%(num)s picture was not fetched; its address is kept.",
        "%(num)s pictures were not fetched; their addresses are kept.",
        n,
    ),
    "bad_pictures": lambda n: ngettext(
        "%(num)s picture has no address on the web and was passed over.",
        "%(num)s pictures have no address on the web and were passed over.",
        n,
    ),
    "unmeasured": lambda n: ngettext(
        "The contents of %(num)s variant are in a unit that the shop does not have and were passed over.",
        "The contents of %(num)s variants are in units that the shop does not have and were passed over.",
        n,
    ),
    "oversold": lambda n: ngettext(
        "%(num)s quantity is below zero and was read as 0.",
        "%(num)s quantities are below zero and were read as 0.",
        n,
    ),
    "uncounted": lambda n: ngettext(
        "%(num)s variant is sold whatever the stock, and is not counted.",
        "%(num)s variants are sold whatever the stock, and are not counted.",
        n,
    ),
    "no_quantity": lambda n: ngettext(
        "%(num)s variant is tracked but has no quantity; if new, it is sold out until it is counted.",
        "%(num)s variants are tracked but have no quantity; those that are new are sold out until they are counted.",
        n,
    ),
    "no_unit": lambda n: ngettext(
        "%(num)s weight has no unit in the header and was passed over.",
        "%(num)s weights have no unit in the header and were passed over.",
        n,
    ),
    "hidden": lambda n: ngettext(
        "%(num)s product is hidden from the catalogue and became a draft.",
        "%(num)s products are hidden from the catalogue and became drafts.",
        n,
    ),
    "renamed": lambda n: ngettext(
        "%(num)s product has the name of another and got an address with its SKU or ID.",
        "%(num)s products have the name of another and got addresses with their SKU or ID.",
        n,
    ),
    "switched_off": lambda n: ngettext(
        "%(num)s variation is switched off and is not sold.",
        "%(num)s variations are switched off and are not sold.",
        n,
    ),
    "any_value": lambda n: ngettext(
        "%(num)s variation stands for any value of an option and became a variant for each.",
        "%(num)s variations stand for any value of an option and became a variant for each.",
        n,
    ),
    "no_choice": lambda n: ngettext(
        "%(num)s attribute offers no choice and was passed over.",
        "%(num)s attributes offer no choice and were passed over.",
        n,
    ),
    "own_words": lambda n: ngettext(
        "%(num)s variation has a description of its own, which was passed over.",
        "%(num)s variations have descriptions of their own, which were passed over.",
        n,
    ),
    "same_sku": lambda n: ngettext(
        "%(num)s SKU stands on more than one row and was kept.",
        "%(num)s SKUs stand on more than one row and were kept.",
        n,
    ),
    "not_on_sale": lambda n: ngettext(
        "%(num)s sale price is not due today; the regular one is taken.",
        "%(num)s sale prices are not due today; the regular ones are taken.",
        n,
    ),
    "not_reduced": lambda n: ngettext(
        "%(num)s price before is not above the price now and was passed over.",
        "%(num)s prices before are not above the price now and were passed over.",
        n,
    ),
}
