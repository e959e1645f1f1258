"""Pictures of which only the address was imported: fetched one by one, outside any transaction, when asked to.

Knows which are missing and what became of each; refuses to know how a file is fetched or decoded.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront import database
from storefront.catalogue.pictures import Unfetched, count_unfetched, fill, unfetched
from storefront.errors import Refused
from storefront.transfer.fetching import Fetcher

ACTOR = ("import", None)
SHOWN_LETTERS = 200

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Fetched:
    """How many pictures were fetched, and a line for each that was not."""

    count: int = 0
    failures: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The whole report."""
        counts = [
            ngettext("%(num)s picture fetched", "%(num)s pictures fetched", self.count),
            ngettext("%(num)s not", "%(num)s not", len(self.failures)),
        ]
        return "\n".join([*self.failures, ", ".join(counts) + "."])


def fetch_pictures(*, fetcher: Fetcher | None = None, progress: Progress = lambda done, of: None) -> Fetched:
    """Fetch every picture of the shop that is only an address; what cannot be had keeps the plain print and is
    reported. May be run again: what is there is not fetched twice."""
    fetcher, report = fetcher or Fetcher(), Fetched()
    done, of, last = 0, count_unfetched(), 0
    while page := unfetched(after=last):
        for each in page:
            last = each.image_id
            _fetch(each, fetcher, report)
            done += 1
            progress(done, of)
    database.release()
    return report


def _fetch(each: Unfetched, fetcher: Fetcher, report: Fetched) -> None:
    database.release()
    try:
        if fill(each.image_id, fetcher.fetch(each.source_url), by=ACTOR):
            report.count += 1
    except Refused as error:
        place = f"{each.slug}, {each.source_url[:SHOWN_LETTERS]}"
        report.failures.append(_("%(place)s: %(reason)s", place=place, reason=error.message))
