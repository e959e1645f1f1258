"""Payouts: once a day the whole balance goes to the shop's bank, and is there at once."""

from storefront.sandbox import balance
from storefront.sandbox.bodies import born
from storefront.sandbox.call import Call, new_id
from storefront.sandbox.store import JSON

DAY = 86_400


def pay_out_daily(call: Call) -> None:
    """Pay out whatever there is, unless that was done on this day (UTC) or nobody wants it."""
    last = call.tx.setting("payouts")
    if last is not None and call.now // DAY > last:
        call.tx.set("payouts", call.now // DAY)
        pay_out(call)


def begin(call: Call) -> None:
    """Let the balance be paid out every day from the next one on."""
    call.tx.set("payouts", call.now // DAY)


def pay_out(call: Call) -> list[JSON]:
    """Pay out what is on the balance, a payout for each currency; what is owed to Stripe stays."""
    return [
        _pay_out(call, currency, amount)
        for currency, amount in sorted(balance.left(call).items())
        if amount > 0
    ]


def _pay_out(call: Call, currency: str, amount: int) -> JSON:
    payout = born(
        "payout",
        id=new_id("po"),
        amount=amount,
        arrival_date=call.now,
        created=call.now,
        currency=currency,
        description="STRIPE PAYOUT",
        destination=new_id("ba"),
    )
    payout["balance_transaction"] = balance.book_payout(call, payout)["id"]
    return call.tx.add(payout)


def retrieve(call: Call, id: str) -> JSON:
    """GET /v1/payouts/:id"""
    return call.get("payout", id)


def page(call: Call) -> JSON:
    """GET /v1/payouts"""
    return call.page("payout", "/v1/payouts", filters=("destination", "status"))
