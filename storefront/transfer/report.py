"""What an import did, for the person who started it.

Knows counts and reasons; refuses to know any format.
"""

from collections import Counter
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.catalogue.facts import Outcome


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows, from `line` to `last_line`, that were not imported, and why."""

    line: int
    last_line: int
    handle: str
    reason: str

    @property
    def text(self) -> str:
        """The line of the report about it."""
        lines = str(self.line) if self.line == self.last_line else f"{self.line}–{self.last_line}"
        where = ngettext("Line %(lines)s", "Lines %(lines)s", self.last_line - self.line + 1, lines=lines)
        return f"{where}, {self.handle}: {self.reason}" if self.handle else f"{where}: {self.reason}"


@dataclass(slots=True)
class Report:
    """Products by what became of them, every row left out, and what was read otherwise than it was written."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    left_out: list[LeftOut] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)

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
        return "\n".join([*(each.text for each in self.left_out), *self.notes, counts])


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
    "not_reduced": lambda n: ngettext(
        "%(num)s price before is not above the price now and was passed over.",
        "%(num)s prices before are not above the price now and were passed over.",
        n,
    ),
}
