"""Jobs that gave up and mails that were refused: seen by those who may, and tried again after a question."""

import re
from datetime import datetime
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.audit import AuditEntry
from storefront.database import session, transaction
from storefront.jobs import Job, JobState
from storefront.jobs.queries import PAGE
from storefront.mail.models import MailState, OutgoingMail
from tests.builders.accounts import a_staff_member, signed_in
from tests.client import ShopClient
from tests.counting import Counting

ERROR = "SMTPServerDisconnected: first line\nConnection closed by <script>alert(1)</script>"


def a_failed_job(at: datetime, *, args: dict[str, object] | None = None) -> int:
    """The id of a job that gave up."""
    job = Job(name="mail.send", args=args or {}, state=JobState.DEAD, tries=12, error=ERROR)
    job.run_at = job.created_at = job.ended_at = at
    with transaction() as current:
        current.add(job)
    return job.id


def a_refused_mail(at: datetime) -> int:
    """The id of a mail that no server took."""
    mail = OutgoingMail(
        kind="order_confirmation", subject="order:1", recipient="nobody@example.org", facts={}
    )
    mail.created_at, mail.error = at, "550 No such user"
    with transaction() as current:
        current.add(mail)
        current.flush()
        current.execute(sa.update(OutgoingMail).values(state=MailState.REFUSED))
    return mail.id


def owner(app: Flask) -> ShopClient:
    """A browser of the owner."""
    with app.app_context():
        person = a_staff_member(role="owner")
    return signed_in(app, person)


def press(client: ShopClient, url: str) -> int:
    """Open the question at `url` and press its button; the status of the answer."""
    text = client.get(url).text
    form = re.search(r'<form class="stack confirm" method="post" action="([^"]+)">', text)
    assert form
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text))
    return client.post(form[1], data=fields).status_code


def job_state(app: Flask, job_id: int) -> tuple[str, int]:
    """State and tries."""
    with app.app_context():
        job = session().get_one(Job, job_id)
        return job.state, job.tries


def told(app: Flask) -> list[tuple[str, str, str, str | None]]:
    """What was recorded by people."""
    with app.app_context():
        entries = session().scalars(
            sa.select(AuditEntry).where(AuditEntry.verb.in_(("job.retried", "mail.sent_again")))
        )
        return [(each.verb, each.subject_id, each.actor_kind, each.code) for each in entries]


def test_a_failed_job_says_what_it_was_for_and_why_it_failed(app: Flask, frozen: ModuleType) -> None:
    with app.app_context():
        a_failed_job(frozen.now(), args={"mail": a_refused_mail(frozen.now())})

    text = owner(app).get("/staff/jobs").text

    assert "Send a mail" in text
    assert "Order confirmation to nobody@example.org" in text
    assert "Connection closed by &lt;script&gt;" in text
    assert "<script>alert" not in text
    assert "550 No such user" in text


def test_one_job_runs_again_after_a_question(app: Flask, frozen: ModuleType) -> None:
    with app.app_context():
        job_id, other = a_failed_job(frozen.now()), a_failed_job(frozen.now())
    client = owner(app)

    assert press(client, f"/staff/jobs/{job_id}/retry") == 303

    assert job_state(app, job_id) == (JobState.QUEUED, 0)
    assert job_state(app, other) == (JobState.DEAD, 12)
    assert told(app) == [("job.retried", str(job_id), "staff", None)]
    assert client.post(f"/staff/jobs/{job_id}/retry", data=_token(client)).status_code == 404
    assert len(told(app)) == 1


def _token(client: ShopClient) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/staff/jobs/retry?up_to=99").text)
    return {"csrf_token": found[1]} if found else {}


def test_all_that_were_shown_run_again_and_none_that_failed_since(app: Flask, frozen: ModuleType) -> None:
    with app.app_context():
        shown = [a_failed_job(frozen.now()) for _ in range(3)]
    client = owner(app)
    link = re.search(r'href="(/staff/jobs/retry[^"]+)"', client.get("/staff/jobs").text)
    assert link
    with app.app_context():
        later = a_failed_job(frozen.now())

    assert press(client, link[1]) == 303

    assert {job_state(app, job_id) for job_id in shown} == {(JobState.QUEUED, 0)}
    assert job_state(app, later) == (JobState.DEAD, 12)
    assert [code for _verb, _id, _who, code in told(app)] == ["all"] * 3


def test_a_refused_mail_is_owed_anew_and_once(app: Flask, frozen: ModuleType) -> None:
    with app.app_context():
        mail_id = a_refused_mail(frozen.now())
        a_failed_job(frozen.now())
    client = owner(app)

    first = press(client, f"/staff/jobs/mails/{mail_id}")
    second = client.post(f"/staff/jobs/mails/{mail_id}", data=_token(client)).status_code

    assert (first, second) == (303, 404)
    with app.app_context():
        assert session().get_one(OutgoingMail, mail_id).state == MailState.OWED
        waiting = sa.select(Job.args).where(Job.state == JobState.QUEUED)
        assert session().scalars(waiting).all() == [{"mail": mail_id}]
    assert told(app) == [("mail.sent_again", str(mail_id), "staff", "order:1")]


@pytest.mark.parametrize("path", ["/staff/jobs/{job}/retry", "/staff/jobs/retry", "/staff/jobs/mails/{mail}"])
def test_a_form_without_its_token_changes_nothing(app: Flask, frozen: ModuleType, path: str) -> None:
    with app.app_context():
        job_id, mail_id = a_failed_job(frozen.now()), a_refused_mail(frozen.now())
    client = owner(app)

    answer = client.post(path.format(job=job_id, mail=mail_id), data={"up_to": "99"})

    assert answer.status_code == 400
    assert job_state(app, job_id) == (JobState.DEAD, 12)
    assert told(app) == []


@pytest.mark.parametrize("role", ["orders", "refunds", "catalogue", "content", "support"])
def test_failed_jobs_are_not_there_for_others(app: Flask, frozen: ModuleType, role: str) -> None:
    with app.app_context():
        job_id, person = a_failed_job(frozen.now()), a_staff_member(role=role)
    client = signed_in(app, person)

    paths = ("/staff/jobs", f"/staff/jobs/{job_id}/retry", "/staff/jobs/retry")

    assert {client.get(path).status_code for path in paths} == {404}
    assert {client.post(path).status_code for path in paths[1:]} == {404}
    assert job_state(app, job_id) == (JobState.DEAD, 12)


@pytest.mark.parametrize("path", ["/99", "/0", f"/{2**63}", f"/{'9' * 40}", "/-1", "/x"])
def test_what_is_no_failed_job_is_not_found(app: Flask, path: str) -> None:
    client = owner(app)

    assert client.get(f"/staff/jobs{path}/retry").status_code == 404
    assert client.get(f"/staff/jobs/mails{path}").status_code == 404


@pytest.mark.parametrize(
    "query", ["before=x", "before=", f"before={'9' * 30}", "again=-1", "again=²", "mailed=1"]
)
def test_odd_addresses_are_no_fault(app: Flask, query: str) -> None:
    assert owner(app).get(f"/staff/jobs?{query}").status_code == 200


def test_pages_of_failed_jobs_follow_one_another_by_few_queries(
    app: Flask, frozen: ModuleType, count_queries: Counting
) -> None:
    with app.app_context():
        ids = [a_failed_job(frozen.now()) for _ in range(PAGE + 3)]
    client = owner(app)

    with count_queries() as counted:
        first = client.get("/staff/jobs").text
    link = re.search(r'href="(/staff/jobs\?before=\d+)"', first)
    assert link
    second = client.get(link[1]).text

    linked = [int(found) for found in re.findall(r"/staff/jobs/(\d+)/retry", first + second)]
    assert linked == sorted(ids, reverse=True)
    assert counted.selects <= 7, str(counted)
