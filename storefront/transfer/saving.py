"""Products that were read from a file, saved 200 at a time; one that fails is undone alone and reported.

Knows batches and what went wrong; refuses to know formats and the catalogue's tables.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit
from storefront.catalogue import steps
from storefront.catalogue.claimed import open_words
from storefront.catalogue.facts import CollectionFacts, Outcome, ProductFacts
from storefront.catalogue.models import ProductState
from storefront.database import savepoint, transaction
from storefront.errors import Refused
from storefront.transfer.report import LeftOut, Report

BATCH = 200
# A batch is written early when its rows alone are many: memory stays flat.
BATCH_ROWS = 5_000

# Each time there may be four times as much as the planner knows of.
_PLANNED_AFTER = {4**power for power in range(12)}

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that could be read: its facts, and the collections it is placed in, titles by slug.

    `place` says where it stands in the file, should saving fail; `rows` are its own, `done` all read until then.
    """

    facts: ProductFacts
    collections: Mapping[str, str]
    place: LeftOut
    rows: int
    done: int
    remarks: Counter[str]


def save_all(
    candidates: Iterable[Candidate], report: Report, *, form: str, rows: int, progress: Progress
) -> None:
    """Save every candidate and tell `report`; `progress` is told how many of the file's `rows` are done."""
    batch: list[Candidate] = []
    waiting, batches = 0, 0
    for candidate in candidates:
        batch.append(candidate)
        waiting += candidate.rows
        if len(batch) >= BATCH or waiting >= BATCH_ROWS:
            _save(batch, report, form=form)
            progress(candidate.done, rows)
            batch, waiting, batches = [], 0, batches + 1
            if batches in _PLANNED_AFTER:
                with transaction():
                    steps.plan_anew()
    if batch:
        _save(batch, report, form=form)
    progress(rows, rows)
    _record(report, form)


def _save(batch: list[Candidate], report: Report, *, form: str) -> None:
    """Save all at once; if one of them fails, all of them one by one, so that it fails alone."""
    reference = f"import:{form}"
    refusals: list[LeftOut] = []
    outcomes: list[Outcome | None]
    with transaction():
        _add_collections(batch)
        try:
            with savepoint():
                outcomes = list(steps.save_products([each.facts for each in batch], reference=reference))
        except _FAILURES:
            outcomes = [_save_alone(each, refusals, reference) for each in batch]
    report.outcomes.update(outcome for outcome in outcomes if outcome)
    report.left_out += refusals
    report.held_back |= open_words([each.facts.slug for each in batch if _goes_on_sale(each.facts)])
    for candidate, outcome in zip(batch, outcomes, strict=True):
        if outcome:
            report.remarks.update(candidate.remarks)


def _goes_on_sale(facts: ProductFacts) -> bool:
    return facts.state in {ProductState.PUBLISHED, None}


# What one product's values can cause; a full disk or a lost database stops the import instead.
_FAILURES = (Refused, sa.exc.IntegrityError, sa.exc.DataError, OverflowError)


def _save_alone(candidate: Candidate, refusals: list[LeftOut], reference: str) -> Outcome | None:
    try:
        with savepoint():
            return steps.save_product(candidate.facts, reference=reference)
    except Refused as error:
        refusals.append(replace(candidate.place, reason=error.message))
    except _FAILURES:
        refusals.append(replace(candidate.place, reason=_("The database cannot hold it as it is.")))
    return None


def _add_collections(batch: list[Candidate]) -> None:
    named = {slug: title for each in batch for slug, title in each.collections.items()}
    for slug, title in named.items():
        steps.add_collection(CollectionFacts(slug=slug, title=title))


def _record(report: Report, form: str) -> None:
    if not (report.new or report.changed):
        return
    with transaction():
        audit.record("products.imported", subject=("import", form), code=f"{report.new}+{report.changed}")
