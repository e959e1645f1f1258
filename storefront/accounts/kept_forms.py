"""A form that came when its sender had to prove again who they are: kept, and shown once they did.

Knows fields as they were typed; refuses to keep a secret, and to send anything by itself.
"""

from dataclasses import dataclass

from flask import Request

from storefront.accounts.models import TicketKind
from storefront.accounts.tickets import find_ticket, issue, token_of
from storefront.database import transaction

_LONGEST = 20_000
_SECRET = ("password", "csrf_token", "answer", "code", "secret")


@dataclass(frozen=True, slots=True)
class KeptForm:
    """Where it was sent to, and its fields in their order."""

    path: str
    fields: list[tuple[str, str]]


def keep_form(request: Request, *, customer_id: int) -> str | None:
    """A token for what the request would have sent, or None where there is too much of it."""
    fields = [
        (name, text)
        for name, text in request.form.items(multi=True)
        if not any(word in name for word in _SECRET)
    ]
    if sum(len(name) + len(text) for name, text in fields) > _LONGEST:
        return None
    with transaction():
        facts = {"path": request.path, "fields": fields}
        ticket = issue(TicketKind.KEPT_FORM, customer_id=customer_id, facts=facts)
        return token_of(TicketKind.KEPT_FORM, ticket.id)


def find_kept(token: str, *, customer_id: int) -> KeptForm | None:
    """What was kept for this person, for half an hour, or None."""
    ticket = find_ticket(TicketKind.KEPT_FORM, token)
    if ticket is None or ticket.customer_id != customer_id:
        return None
    return KeptForm(ticket.facts["path"], [(name, text) for name, text in ticket.facts["fields"]])
