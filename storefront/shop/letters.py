"""How a letter about an order is put together: its record and its link.

Knows orders; refuses to know what is said.
"""

from storefront.config import settings
from storefront.mail.letters import letter
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter
from storefront.orders.access import order_link
from storefront.orders.queries import OrderRecord, order_record
from storefront.shop.frame import Link

__all__ = ["letter", "link_to", "notice", "record_of"]


def record_of(mail: OutgoingMail) -> OrderRecord:
    """The order that a mail is about, as it stands now; raises NotFound."""
    return order_record(mail.facts["order_id"])


def link_to(record: OrderRecord) -> str:
    """The address at which the shopper opens the order, from anywhere."""
    return order_link(record.order.id, origin=settings().origin)


def notice(title: str, paragraphs: list[str], *, record: OrderRecord, link: Link | None = None) -> Letter:
    """A short letter: a title and a few sentences."""
    return letter(
        "mail/notice",
        title=title,
        preheader=paragraphs[0],
        paragraphs=paragraphs,
        link=link,
        demo=record.order.is_demo,
    )
