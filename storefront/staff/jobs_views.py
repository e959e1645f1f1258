"""Jobs that gave up and mails that no server took: seen, and tried again after a question.

Knows addresses and answers; refuses to know what a job does.
"""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.accounts.access import current_actor
from storefront.jobs.actions import retry_job as retry_one
from storefront.jobs.actions import retry_jobs as retry_all
from storefront.jobs.queries import count_failed, failed_job
from storefront.mail.actions import send_again
from storefront.mail.queries import mails_by_id, refused_mail
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb
from storefront.staff.jobs_page import described, described_mail, failed_shown
from storefront.web import csrf, open_to

_MOST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What `_confirm.html` asks."""

    action: str
    lead: str
    button: str
    back_url: str
    subjects: tuple[Subject, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    more: str = ""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What has happened."""

    text: str
    kind: str = "good"


@blueprint.get("/jobs")
@open_to("jobs.manage")
def jobs() -> str:
    """All that failed, the newest first."""
    shown = failed_shown(before=_number("before"))
    return render_template("staff/jobs.html", shown=shown, notices=_notices())


@blueprint.get(f"/jobs/<int(max={_MOST}):job_id>/retry")
@open_to("jobs.manage")
def retry_job(job_id: int) -> str:
    """Ask before one job runs again."""
    job = failed_job(job_id)
    mail_id = job.args.get("mail")
    found = described(job, mails_by_id([mail_id]) if isinstance(mail_id, int) else {})
    return _ask(
        Question(
            action=url_for("staff.retry_job_now", job_id=job_id),
            lead=_("This runs once more, at once, with all its tries."),
            subjects=(Subject(found.title, found.about),),
            button=_("Run it again"),
            back_url=url_for("staff.jobs"),
        )
    )


@blueprint.post(f"/jobs/<int(max={_MOST}):job_id>/retry")
@open_to("jobs.manage")
def retry_job_now(job_id: int) -> Any:
    """Let one job run again."""
    csrf.protect()
    retry_one(job_id, by=current_actor())
    return redirect(url_for("staff.jobs", again=1), 303)


@blueprint.get("/jobs/retry")
@open_to("jobs.manage")
def retry_jobs() -> Any:
    """Ask before all that were shown run again."""
    up_to, count = _number("up_to"), count_failed()
    if not up_to or not count:
        return redirect(url_for("staff.jobs"), 303)
    lead = ngettext(
        "%(num)s job runs once more, at once, with all its tries.",
        "%(num)s jobs run once more, at once, with all their tries.",
        count,
    )
    return _ask(
        Question(
            action=url_for("staff.retry_jobs_now"),
            lead=lead,
            kept=(("up_to", str(up_to)),),
            button=_("Run all again"),
            back_url=url_for("staff.jobs"),
        )
    )


@blueprint.post("/jobs/retry")
@open_to("jobs.manage")
def retry_jobs_now() -> Any:
    """Let all that were shown run again."""
    csrf.protect()
    text = request.form.get("up_to", "")
    up_to = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    return redirect(url_for("staff.jobs", again=retry_all(up_to=up_to, by=current_actor())), 303)


@blueprint.get(f"/jobs/mails/<int(max={_MOST}):mail_id>")
@open_to("jobs.manage")
def send_mail_again(mail_id: int) -> str:
    """Ask before a refused mail is sent again."""
    found = described_mail(refused_mail(mail_id))
    return _ask(
        Question(
            action=url_for("staff.send_mail_again_now", mail_id=mail_id),
            lead=_(
                "The mail server refused this mail: “%(error)s”. It is tried once more.", error=found.error
            ),
            subjects=(Subject(found.title, found.about),),
            button=_("Send it again"),
            back_url=url_for("staff.jobs"),
        )
    )


@blueprint.post(f"/jobs/mails/<int(max={_MOST}):mail_id>")
@open_to("jobs.manage")
def send_mail_again_now(mail_id: int) -> Any:
    """Owe a refused mail anew."""
    csrf.protect()
    send_again(mail_id, by=current_actor())
    return redirect(url_for("staff.jobs", mailed=1), 303)


def _ask(question: Question) -> str:
    crumbs = [Crumb(_("Failed jobs"), question.back_url), Crumb(question.button, "")]
    return render_template("staff/ask.html", crumbs=crumbs, confirm=question)


def _notices() -> list[Notice]:
    again = _number("again")
    if again is not None:
        return [Notice(ngettext("%(num)s job runs again.", "%(num)s jobs run again.", again))]
    return [Notice(_("The mail is sent once more."))] if _number("mailed") else []


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
