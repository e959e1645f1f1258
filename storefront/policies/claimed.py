"""What a policy keeps, as texts may state it.

Knows which facts of a document a promise in a text is held against; refuses to read texts.
"""

from storefront.claims.promises import REST, Held
from storefront.money import exponent
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import Condition, Payer, Zone
from storefront.policies.statutory import EU


def held_of(document: PolicyDocument) -> Held:
    """What holds under a document."""
    promise, right = document.money_back, document.withdrawal
    thresholds = [method.threshold_minor for zone in document.zones for method in zone.methods]
    return Held(
        money_back_days=promise.window_days,
        is_for_all_goods=promise.is_offered and promise.is_for_all_goods,
        excluded_products=promise.excluded_products,
        any_reason=promise.is_offered and Condition.ANY_REASON in promise.conditions,
        restocking_percent=promise.restocking_percent,
        free_returns=promise.is_offered and promise.return_postage is Payer.SHOP,
        withdrawal_days=right.days if right.countries else 0,
        answer_hours=document.support.reply_within_hours,
        exponent=exponent(document.currency),
        is_all_free=all(threshold == 0 for threshold in thresholds),
        serves_everywhere=document.serves_everywhere,
        union=EU,
        not_served=document.not_served,
        free_from_minor={
            country: _lowest(zone)
            for zone in document.zones
            for country in ((REST,) if zone.is_rest else zone.countries)
        },
    )


def _lowest(zone: Zone) -> int | None:
    edges = [method.threshold_minor for method in zone.methods if method.threshold_minor is not None]
    return min(edges, default=None)
