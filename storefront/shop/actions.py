"""What can happen on the shopper's pages that belongs to no other room: somebody writes to the shop.

Knows that a message is a mail to support; refuses to know how it is sent.
"""

from storefront import mail
from storefront.config import settings
from storefront.database import transaction


def write_to_us(key: str, *, name: str, email: str, text: str) -> bool:
    """Pass a message on to support, where an answer goes to its writer; whether it was new. One for each `key`, so
    that a form sent twice is one message."""
    facts = {"name": name, "reply_to": email, "text": text, "key": key}
    with transaction():
        return mail.owe("contact", subject=f"contact:{key}", recipient=settings().support_email, facts=facts)
