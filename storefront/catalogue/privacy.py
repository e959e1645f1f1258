"""What the catalogue knows of a person: nothing, but for what staff wrote beside a count."""

from storefront import people
from storefront.catalogue.models import StockAdjustment


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Notes on corrected counts that name the person."""
    return (
        people.Holding(
            people.table_of(StockAdjustment),
            people.says(StockAdjustment.note, person.emails),
            forget={"note": ""},
            keeps=("key", "actor_kind", "actor_id"),
            hidden=("actor_kind", "actor_id"),
        ),
    )
