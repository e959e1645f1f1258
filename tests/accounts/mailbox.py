"""The mailbox of a test: what was written to an address, and the link in it.

Knows kept mails; refuses to know what a link does.
"""

import re

import sqlalchemy as sa
from flask import Flask

from storefront import jobs
from storefront.database import session
from storefront.mail.models import OutgoingMail
from tests.client import ShopClient

_LINK = re.compile(r"https?://[^/\s]+(/\S+)")


def kinds_to(app: Flask, email: str) -> list[str]:
    """The kinds of all mails to the address, once everything due is sent."""
    jobs.drain(app)
    with app.app_context():
        sent = sa.select(OutgoingMail.kind).where(OutgoingMail.recipient == email).order_by(OutgoingMail.id)
        return list(session().scalars(sent))


def newest_mail(app: Flask, email: str) -> OutgoingMail:
    """The newest mail to the address, once everything due is sent."""
    jobs.drain(app)
    with app.app_context():
        newest = sa.select(OutgoingMail).where(OutgoingMail.recipient == email)
        found: OutgoingMail = session().scalars(newest.order_by(OutgoingMail.id.desc()).limit(1)).one()
        return found


def newest_link(app: Flask, email: str) -> str:
    """The path of the first link in the newest mail to the address."""
    text = newest_mail(app, email).text or ""
    found = _LINK.search(text)
    assert found, text
    return found[1]


def token_on(client: ShopClient, path: str) -> str:
    """The form token of a page."""
    page = client.get(path)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, (page.status_code, page.text[:500])
    return found[1]


def press(client: ShopClient, path: str, *, to: str | None = None, **fields: str):  # type: ignore[no-untyped-def]
    """Open the page at `path`, and send its form (to another address where `to` says so) with `fields`."""
    token = token_on(client, path)
    return client.post(to or path, data={"csrf_token": token, **fields})
