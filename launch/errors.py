"""Why a start ends early, in words for the person at the terminal.

Knows one exception; refuses to know how it is shown.
"""


class CannotStart(Exception):
    """Something outside this program is in the way; the message says what to do about it."""
