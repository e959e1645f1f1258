"""The demo shop's people: one for each role, and a customer; none has a password.

Knows their names; refuses to let anybody in: `storefront staff link` and the mailbox do.
"""

from storefront.accounts.steps import add_person

CUSTOMER = ("mara@example.org", "Mara Lindt")
STAFF = {
    "owner": ("owner@example.org", "Iris Weller"),
    "orders": ("orders@example.org", "Jonas Weidner"),
    "refunds": ("refunds@example.org", "Amélie Fournier"),
    "catalogue": ("catalogue@example.org", "Ewa Nowicka"),
    "content": ("content@example.org", "Luca Moretti"),
    "support": ("support@example.org", "Siobhán Kearney"),
}


def add_people() -> None:
    """Write them down. A step."""
    add_person(*CUSTOMER)
    for role, (email, name) in STAFF.items():
        add_person(email, name, roles=(role,))
