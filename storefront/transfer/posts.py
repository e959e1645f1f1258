"""Posts and pages from a WordPress export: looked through whole before the first write, then saved one by one.

Knows the order in which things happen; refuses to know what WordPress' fields mean and how posts are kept.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import clock
from storefront.comments import moving as comments
from storefront.content import moving
from storefront.content.commented import KIND as POST
from storefront.content.models import PostKind
from storefront.content.texts import Composed
from storefront.database import savepoint, transaction
from storefront.errors import Refused
from storefront.transfer.csvfile import FileRefused
from storefront.transfer.posts_report import PostsReport
from storefront.transfer.report import LeftOut
from storefront.transfer.saving import Progress
from storefront.transfer.wordpress import DRAFTED, KINDS, Read, number_of, read_item, source_of
from storefront.transfer.wp_bodies import Attachments
from storefront.transfer.wxr import Item, Site, items

# So many are committed together; who writes meanwhile waits that long.
BATCH = 20
_SHOWN = 60


class Stopped(Refused):
    """An import ended before its end; what was committed stands."""


@dataclass(slots=True)
class _Ready:
    """An item that was read and rendered, and waits to be saved."""

    item: Item
    read: Read
    whole: Composed
    said: list[comments.Ready]


@dataclass(slots=True)
class _Survey:
    """What a look through the whole file found."""

    site: Site = field(default_factory=Site)
    attachments: Attachments = field(default_factory=Attachments)
    posts: int = 0
    others: Counter[str] = field(default_factory=Counter)


def import_posts(path: str | Path, *, progress: Progress = lambda done, of: None) -> PostsReport:
    """Add and update the posts and pages of a WordPress export (WXR), with their comments. May be run again.

    `progress` is told how many are done, of how many. Raises FileRefused, before anything is written, where the file
    is no whole export; what cannot move in is left out alone and reported. Raises Stopped where the database fails.
    """
    path, report = Path(path), PostsReport()
    survey = _look_through(path)
    report.others = survey.others
    last, known = 0, set[moving.Term]()
    try:
        for batch in _batches(path, survey, report):
            with transaction():
                outcomes = [_save(each) for each in batch]
                # Many posts share a few.
                new = {term for each in batch for term in each.read.arrival.terms} - known
                moving.remember_terms(source_of(survey.site), new)
            known |= new
            for each, outcome in zip(batch, outcomes, strict=True):
                _tell(report, each, outcome)
            last = batch[-1].item.line
            progress(report.done, survey.posts)
        if report.has_changed:
            with transaction():
                moving.record_run(source_of(survey.site), **report.run)
    except (sa.exc.SQLAlchemyError, FileRefused) as error:
        raise Stopped(_stopped(report, last, error)) from error
    progress(survey.posts, survey.posts)
    return report


def _look_through(path: Path) -> _Survey:
    survey = _Survey()
    for item in items(path, survey.site):
        if item.kind in KINDS:
            survey.posts += 1
            continue
        survey.others[item.kind[:_SHOWN] or "?"] += 1
        if item.kind == "attachment" and (number := number_of(item["wp:post_id"])):
            parent = number_of(item["wp:post_parent"])
            words = item.meta.get("_wp_attachment_image_alt") or item["title"]
            survey.attachments.add(number, item["wp:attachment_url"][:2_000], words[:200], parent)
    if not survey.posts:
        raise FileRefused(_("The export has no posts and no pages."))
    return survey


def _batches(path: Path, survey: _Survey, report: PostsReport) -> Iterator[list[_Ready]]:
    """Items that could be read, some at a time; `report` is told of the others."""
    batch: list[_Ready] = []
    seen: set[int] = set()
    now = clock.now()
    for item in items(path, Site()):
        if item.kind not in KINDS:
            continue
        try:
            read = read_item(item, survey.site, survey.attachments, now=now)
            number = read.arrival.was.source_id
            if number in seen:
                raise Refused(_("Another with the number %(number)s stands before it.", number=number))
            seen.add(number)
            whole = moving.composed_arrival(read.arrival)
            read.remarks["pictures"] = len(whole.made.elsewhere)
        except Refused as refusal:
            report.leave_out(_place(item, refusal.message))
            continue
        batch.append(_Ready(item, read, whole, comments.ready(read.comments, _("Nobody"))))
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Saved:
    moved: moving.Moved
    said: Counter[str]


# What one post's values can cause; a full disk or a lost database stops the import instead.
_FAILURES = (sa.exc.IntegrityError, sa.exc.DataError, OverflowError)


def _save(each: _Ready) -> _Saved | str:
    """What became of one post, all of it or nothing; a sentence where it cannot be kept. A step."""
    arrival = each.read.arrival
    try:
        with savepoint():
            moved = moving.move_in(arrival, each.whole)
            said: Counter[str] = Counter()
            if arrival.kind == PostKind.POST:
                said = comments.move_in(POST, moved.post_id, arrival.was.source, each.said)
                if each.read.is_closed and moved.came == moving.Came.NEW:
                    comments.close(POST, moved.post_id)
            return _Saved(moved, said)
    except Refused as refusal:
        return refusal.message
    except _FAILURES:
        return _("The database cannot hold it as it is.")


def _tell(report: PostsReport, each: _Ready, outcome: _Saved | str) -> None:
    if isinstance(outcome, str):
        report.leave_out(_place(each.item, outcome))
        return
    moved = outcome.moved
    report.came[each.read.arrival.kind, moved.came] += 1
    report.comments.update(outcome.said)
    # What is public here is none of the drafts that these are counted as.
    told = {code: n for code, n in each.read.remarks.items() if not (moved.is_public and code in DRAFTED)}
    report.remarks.update(told)
    report.remarks["covers"] += moved.wants_cover
    if moved.stays_public:
        reason = _("It is no longer public there. It stays so here until somebody withdraws it.")
        report.tell(_place(each.item, reason))
    if moved.came == moving.Came.KEPT:
        report.tell(_place(each.item, _("It was changed here since, and stays as it is here.")))
    if moved.why_draft:
        report.tell(_place(each.item, _("It is a draft: %(reason)s", reason=moved.why_draft)))
    wanted = each.whole.texts.slug
    if moved.came == moving.Came.NEW and moved.slug != wanted:
        report.tell(
            _place(
                each.item,
                _("Its address is %(slug)s: another has “%(wanted)s”.", slug=moved.slug, wanted=wanted),
            )
        )


def _place(item: Item, reason: str) -> LeftOut:
    name = item["title"] or item["wp:post_name"] or item["wp:post_id"]
    return LeftOut(item.line, item.line, " ".join(name.split())[:_SHOWN], reason)


def _stopped(report: PostsReport, last: int, error: Exception) -> str:
    reason = (
        error.message if isinstance(error, Refused) else str(getattr(error, "orig", error)).splitlines()[0]
    )
    if not last:
        return _("The import stopped before anything was written: %(reason)s", reason=reason)
    return _(
        "The import stopped behind the entry on line %(line)s: %(reason)s\n"
        "All before it stands, %(done)s posts and pages; import the file again, and it goes on from there.",
        line=last,
        reason=reason,
        done=report.done,
    )
