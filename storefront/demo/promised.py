"""What the demo shop promises: three zones with their delivery times, each free of charge.

Knows one policy; refuses to know goods.
"""

from dataclasses import replace

from flask_babel import gettext as _

from storefront.policies.document import PolicyDocument, default_document
from storefront.policies.parts import REST, Zone
from storefront.policies.statutory import EU

_HOME = "DE"
# Days on which nobody works in all of Germany, the movable ones left out.
_HOLIDAYS = ("01-01", "05-01", "10-03", "12-25", "12-26")


def promised(currency: str) -> PolicyDocument:
    """Free shipping everywhere, sooner where it is nearer, and 60 days money back from delivery."""
    document = default_document(currency)
    (everywhere,) = document.zones
    (standard,) = everywhere.methods
    neighbours = tuple(code for code in EU if code != _HOME)
    return replace(
        document,
        zones=(
            Zone(_("Germany"), (_HOME,), (replace(standard, days_min=1, days_max=3),)),
            Zone(_("European Union"), neighbours, (replace(standard, days_min=3, days_max=6),)),
            Zone(_("Everywhere else"), (REST,), (replace(standard, days_min=6, days_max=14),)),
        ),
        withdrawal=replace(document.withdrawal, holidays=_HOLIDAYS, is_confirmed=True),
    )
