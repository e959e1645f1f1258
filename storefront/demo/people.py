"""Who has bought from the demo shop: invented people at invented doors, the same ones each time.

Knows names and addresses; refuses to know what anybody bought.
"""

from dataclasses import dataclass
from random import Random

from slugify import slugify

_FIRST = (
    "Mara", "Jonas", "Elif", "Anton", "Clara", "Tomasz", "Greta", "Noor", "Paul", "Ida", "Luca", "Hanna", "Emil",
    "Sofia", "Yusuf", "Marta", "Oskar", "Lina", "Pavel", "Johanna", "Milan", "Frieda", "Samuel", "Agnes", "Theo",
)  # fmt: skip
_LAST = (
    "Lindt", "Okafor", "Weiss", "Brandt", "Novák", "Sørensen", "Haddad", "Keller", "Ferrari", "Dubois", "Kowalska",
    "Vogel", "Petrov", "Janssen", "Roth", "Yıldız", "Moreau", "Huber", "Larsen", "Costa", "Winter", "Berger",
)  # fmt: skip
_STREETS = (
    "Gartenweg", "Am Speicher", "Lindenallee", "Mühlgasse", "Kirchplatz", "Hafenstraße", "Neue Zeile", "Bergstraße",
)  # fmt: skip
# Country, postal code, town; Germany most of all, because the demo shop ships from there.
_TOWNS = (
    ("DE", "04109", "Leipzig"), ("DE", "06108", "Halle"), ("DE", "10115", "Berlin"), ("DE", "20095", "Hamburg"),
    ("DE", "80331", "München"), ("DE", "50667", "Köln"), ("DE", "01067", "Dresden"), ("DE", "70173", "Stuttgart"),
    ("DE", "28195", "Bremen"), ("DE", "99084", "Erfurt"), ("AT", "1010", "Wien"), ("AT", "5020", "Salzburg"),
    ("FR", "67000", "Strasbourg"), ("NL", "1012 AB", "Amsterdam"), ("DK", "1050", "København"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who buys; `address` has the field names of the checkout."""

    name: str
    email: str
    address: dict[str, str]


def people(count: int, *, chance: Random) -> tuple[Person, ...]:
    """So many different people; `chance` decides, so that the same seed gives the same ones."""
    names = [(first, last) for first in _FIRST for last in _LAST]
    # RFC 2606: nobody ever gets mail at example.org.
    return tuple(
        person(f"{first} {last}", f"{slugify(first)}.{slugify(last)}@example.org", chance=chance)
        for first, last in chance.sample(names, count)
    )


def person(name: str, email: str, *, chance: Random) -> Person:
    """Somebody of that name, at a door that `chance` chooses."""
    country, postal_code, town = chance.choice(_TOWNS)
    address = {
        "country": country,
        "name": name,
        "street_address": f"{chance.choice(_STREETS)} {chance.randint(1, 96)}",
        "postal_code": postal_code,
        "city": town,
    }
    return Person(name, email, address)
