"""What the parts of an address are called, by the kinds that Google's address data name.

Knows words; refuses to know which country uses which.
"""

from flask_babel import gettext as _


def label(name: str, kind: str = "") -> str:
    """The label of a part; `kind` is what the country has in its place, such as a ZIP code for a postcode."""
    return _kinds(name).get(kind) or _usual()[name]


def _usual() -> dict[str, str]:
    return {
        "name": _("Full name"),
        "company_name": _("Company"),
        "street_address": _("Street and number"),
        "street_more": _("Flat, floor or c/o"),
        "city_area": _("District"),
        "city": _("Town or city"),
        "country_area": _("Region"),
        "postal_code": _("Postcode"),
        "sorting_code": _("Sorting code"),
    }


def _kinds(name: str) -> dict[str, str]:
    if name == "postal_code":
        return {"zip": _("ZIP code"), "pin": _("PIN code"), "eircode": _("Eircode")}
    if name == "city":
        return {"post_town": _("Post town"), "district": _("District"), "suburb": _("Suburb")}
    if name == "city_area":
        return {
            "suburb": _("Suburb"),
            "neighborhood": _("Neighbourhood"),
            "townland": _("Townland"),
            "village_township": _("Village or township"),
        }
    return _areas() if name == "country_area" else {}


def _areas() -> dict[str, str]:
    return {
        "area": _("Area"),
        "county": _("County"),
        "department": _("Department"),
        "district": _("District"),
        "do_si": _("Province or city"),
        "emirate": _("Emirate"),
        "island": _("Island"),
        "oblast": _("Oblast"),
        "parish": _("Parish"),
        "prefecture": _("Prefecture"),
        "province": _("Province"),
        "state": _("State"),
    }
