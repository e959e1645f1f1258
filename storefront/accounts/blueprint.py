"""The blueprint that all pages about accounts are registered on.

Knows its name; refuses to know its pages, which import it.
"""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
