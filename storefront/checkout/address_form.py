"""One address, typed for keeping: the checkout's own fields, without the order around them.

Knows shape only; refuses to know whose address it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.form import BaseForm

from storefront.checkout.addresses import Address
from storefront.checkout.forms import address_fields, address_in, country_field, kept_fields, one_of


class AddressForm(BaseForm):
    """An address in one country; the country decides which fields there are."""

    def __init__(self, *, country: str, known: Sequence[str]) -> None:
        self._country = country
        fields = {"country": country_field(known), **address_fields("delivery", country, section="shipping")}
        super().__init__(fields)

    @property
    def parts(self) -> list[Field]:
        """The fields but for the country."""
        return [field for field in self if field.name.startswith("delivery_")]

    @property
    def address(self) -> Address:
        """The address, as it is kept."""
        return address_in(self._country, "delivery", self.parts)


def address_form(
    typed: "MultiDict[str, str] | None",
    *,
    kept: Mapping[str, Any],
    likely_country: str,
    known: Sequence[str],
) -> AddressForm:
    """The form with what was typed, or with the address that is `kept` where nothing was."""
    data = kept_fields("", kept, None)
    source: Mapping[str, Any] = data if typed is None else typed
    country = one_of(known, source.get("country"), likely_country)
    form = AddressForm(country=country, known=known)
    form.process(typed, data={**data, "country": country})
    return form
