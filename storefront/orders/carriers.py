"""Who carries parcels, and where each lets people follow one.

Knows carriers and the form of their numbers; refuses to know any parcel, and to ask a carrier anything.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import gettext as _

from storefront.errors import Refused

LONGEST_NUMBER = 40

# What carriers print: letters, digits, hyphens; people also copy the spaces between groups.
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{2,38}[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier by its code; `page` is its tracking page up to the number, or "" where it has none we know."""

    code: str
    name: str
    page: str = ""


# A carrier that is no longer offered must stay: shipments remember its code.
CARRIERS = (
    Carrier("dhl", "DHL", "https://www.dhl.de/de/privatkunden/dhl-sendungsverfolgung.html?piececode="),
    Carrier("dpd", "DPD", "https://tracking.dpd.de/status/en_US/parcel/"),
    Carrier("gls", "GLS", "https://gls-group.com/track/"),
    Carrier("hermes", "Hermes", "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#"),
    Carrier("ups", "UPS", "https://www.ups.com/track?tracknum="),
    Carrier("fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr="),
    Carrier("usps", "USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels="),
    Carrier("royal_mail", "Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/"),
    Carrier("laposte", "La Poste", "https://www.laposte.fr/outils/suivre-vos-envois?code="),
    Carrier("post_at", "Österreichische Post", "https://www.post.at/sv/sendungsdetails?snr="),
    Carrier("swiss_post", "Swiss Post", "https://service.post.ch/ekp-web/ui/entry/search/"),
    Carrier("other", ""),
)
_BY_CODE = {carrier.code: carrier for carrier in CARRIERS}


def carrier_name(code: str) -> str:
    """What people call the carrier."""
    return _BY_CODE[code].name or _("another carrier")


def choices() -> list[tuple[str, str]]:
    """Each carrier's code and name, for a form."""
    return [(carrier.code, carrier_name(carrier.code)) for carrier in CARRIERS]


def tracking_url(code: str, number: str | None) -> str | None:
    """Where the parcel can be followed: always an https page of the carrier's own; None where there is none."""
    carrier = _BY_CODE.get(code)
    if carrier is None or not carrier.page or not number:
        return None
    return carrier.page + quote(number, safe="")


def require_carrier(code: str) -> None:
    """Raises Refused on a carrier that nobody knows."""
    if code not in _BY_CODE:
        raise Refused(_("Please choose one of the list."), field="carrier")


def tidy_number(text: str) -> str | None:
    """A tracking number without the spaces between its groups, None where nothing was typed; raises Refused."""
    text = text.strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise Refused(
            _("A tracking number has 4 to %(most)s letters, digits and hyphens.", most=LONGEST_NUMBER),
            field="tracking_number",
        )
    return text.replace(" ", "").upper()
