"""The keys of the staff pages, as they are listed; `static/js/staff.js` obeys them.

Knows every key and what it does; refuses to know which page is open.
"""

from dataclasses import dataclass

from flask_babel import gettext as _

from storefront.staff.frame import Place, chapters


@dataclass(frozen=True, slots=True)
class Key:
    """What is pressed, one stroke after the other, and what it does."""

    strokes: tuple[str, ...]
    does: str


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys that belong together."""

    title: str
    rows: tuple[Key, ...]


def key_groups() -> tuple[KeyGroup, ...]:
    """All keys; the ways to pages are those that this person has."""
    return (
        KeyGroup(
            _("Everywhere"),
            (
                Key(("/",), _("Go to an order, or search")),
                Key(("?",), _("Show these keys")),
                Key((_("Esc"),), _("Close what is open, or leave a field")),
            ),
        ),
        KeyGroup(
            _("In a list"),
            (
                Key(("j",), _("Next row")),
                Key(("k",), _("Row before")),
                Key(("o",), _("Open the row")),
                Key(("x",), _("Choose the row, or not")),
                Key(("n",), _("Next page")),
                Key(("p",), _("Page before")),
                Key(("f",), _("Filters")),
                Key(("p",), _("Among comments: publish")),
                Key(("r",), _("Among comments: reject")),
                Key(("s",), _("Among comments: spam")),
            ),
        ),
        KeyGroup(
            _("Go to"), tuple(_way(each) for chapter in chapters() for each in chapter.places if each.key)
        ),
    )


def _way(place: Place) -> Key:
    return Key(("g", place.key), place.title)
