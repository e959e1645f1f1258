"""What a person may be told when something is not done.

Knows the few kinds of refusal; refuses to know who shows them, and how.
"""


class Refused(Exception):
    """A rule was broken by what was asked; the message is fit to be shown as it stands.

    `field` names the form field the message belongs to, if there is one.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFound(Refused):
    """What was asked for does not exist, or not for this person; views answer 404."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)


class PaymentDeclined(Refused):
    """The payment provider said no, finally; the same request must not be sent again."""


class PaymentUnavailable(Refused):
    """The payment provider could not be asked, or gave no clear answer; trying again is right."""
