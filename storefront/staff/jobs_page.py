"""What the page of failed jobs prints.

Knows how a job and a mail are described; refuses to run or send any.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from storefront.jobs import Job
from storefront.jobs.queries import PAGE, count_failed, failed_jobs
from storefront.mail.models import OutgoingMail
from storefront.mail.queries import mails_by_id, refused_mails
from storefront.staff.job_words import job_about, job_title, last_line, mail_title
from storefront.web.text import moment_text


@dataclass(frozen=True, slots=True)
class Failed:
    """A job or a mail that did not succeed: what it was for, why not, and where it is tried again."""

    title: str
    about: str
    since: str
    tries: int
    error: str
    whole_error: str
    again_url: str


@dataclass(frozen=True, slots=True)
class FailedShown:
    """The page: failed jobs, refused mails, how many jobs there are in all, and the address of older ones."""

    jobs: tuple[Failed, ...]
    mails: tuple[Failed, ...]
    count: int
    newest: int
    older_url: str


def failed_shown(*, before: int | None) -> FailedShown:
    """Failed jobs of one page and all refused mails. Four statements."""
    found = failed_jobs(before=before)
    rows = found[:PAGE]
    mails = mails_by_id([row.args["mail"] for row in rows if isinstance(row.args.get("mail"), int)])
    return FailedShown(
        jobs=tuple(described(row, mails) for row in rows),
        mails=tuple(map(described_mail, refused_mails())) if before is None else (),
        count=count_failed(),
        newest=rows[0].id if rows else 0,
        older_url=_older(found),
    )


def described(job: Job, mails: dict[int, OutgoingMail]) -> Failed:
    """One job in words."""
    return Failed(
        title=job_title(job.name),
        about=job_about(job.args, mails),
        since=moment_text(job.ended_at or job.created_at, "short"),
        tries=job.tries,
        error=last_line(job.error),
        whole_error=job.error or "",
        again_url=url_for("staff.retry_job", job_id=job.id),
    )


def described_mail(mail: OutgoingMail) -> Failed:
    """One mail in words."""
    return Failed(
        title=mail_title(mail.kind),
        about=mail.recipient,
        since=moment_text(mail.created_at, "short"),
        tries=1,
        error=last_line(mail.error),
        whole_error=mail.error or "",
        again_url=url_for("staff.send_mail_again", mail_id=mail.id),
    )


def _older(found: Sequence[Job]) -> str:
    return url_for("staff.jobs", before=found[PAGE - 1].id) if len(found) > PAGE else ""
