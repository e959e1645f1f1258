"""What is owed to people in writing: a row with the event that owes it, sent by the worker later.

Knows rows, letters and mail servers; refuses to know which events there are.
"""

# Naming `send_mail` here registers the job that sends.
from storefront.mail.outbox import owe, resend
from storefront.mail.rendering import Letter, renders
from storefront.mail.sending import send_mail

__all__ = ["Letter", "owe", "renders", "resend", "send_mail"]
