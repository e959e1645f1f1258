"""What staff do about mails that no server took.

Knows who asked for it; refuses to send.
"""

from storefront import audit
from storefront.database import transaction
from storefront.mail import outbox

Actor = tuple[str, object]


def send_again(mail_id: int, *, by: Actor) -> None:
    """Owe a refused mail anew, with the words it had; raises NotFound where it is not refused, or not any more."""
    with transaction():
        subject = outbox.owe_again(mail_id)
        audit.record("mail.sent_again", subject=("mail", mail_id), actor=by, code=subject)
