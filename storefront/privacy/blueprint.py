"""The blueprint that the pages about personal data are registered on.

Knows its name; refuses to know its pages, which import it.
"""

from flask import Blueprint

blueprint = Blueprint("privacy", __name__)
