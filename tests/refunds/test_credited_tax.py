"""Tax that credit notes take back: of a line that goes back whole, to the minor unit what was invoiced."""

from random import Random

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.database import release
from storefront.money import Money
from storefront.orders.books import DocumentKind
from storefront.orders.queries import order_record
from storefront.pricing.tax import by_rate, split_included
from storefront.refunds.actions import send_refund
from storefront.refunds.taxes import Note, Worth, credited_by_rate
from storefront.shop.papers import paper_of
from tests.builders.refunds import a_paid_basket, ask_back, some_money, some_pieces
from tests.servers.stripe import StripeStandIn

LINES = st.lists(
    st.tuples(st.integers(0, 9999), st.sampled_from([0, 250, 700, 1900, 2500])), min_size=1, max_size=4
)


@settings(max_examples=400)
@given(
    lines=LINES,
    code=st.sampled_from(["EUR", "JPY", "KWD"]),
    by_hand=st.sampled_from([0, 1, 2]),
    chance=st.randoms(use_true_random=False),
)
def test_lines_and_amounts_credited_in_any_order_and_split_end_at_the_invoices_net_and_tax(
    lines: list[tuple[int, int]], code: str, by_hand: int, chance: Random
) -> None:
    invoiced = [(rate, split_included(Money(minor, code), rate)) for minor, rate in lines]
    left, gone = sum(minor for minor, _rate in lines), [0 for _line in lines]
    notes: list[Note] = []

    while left:
        which = chance.randrange(len(lines))
        rate, split = invoiced[which]
        of_line = split.total.minor - gone[which]
        if not of_line or chance.randint(1, 2) <= by_hand:
            notes.append(Note(Money(chance.randint(1, left), code)))
        else:
            back = Money(chance.randint(1, of_line), code)
            worth = Worth(back, Money(gone[which], code), split.total, split.tax, rate)
            # A note is for no more than is left of the invoice, whatever its line came to.
            notes.append(Note(min(back, Money(left, code)), (worth,)))
            gone[which] += back.minor
        left -= notes[-1].amount.minor

    whole = dict(by_rate(invoiced))
    credited = list(credited_by_rate(notes, invoiced=whole))
    assert [sum(each.total.minor for each in one.values()) for one in credited] == [
        note.amount.minor for note in notes
    ]
    splits = [split for one in credited for split in one.values()]
    assert all(each.net + each.tax == each.total for each in splits)
    assert [each for each in splits if min(each.net.minor, each.tax.minor) < 0] == []
    back_by_rate = dict(by_rate(split for one in credited for split in one.items()))
    assert back_by_rate == {rate: split for rate, split in whole.items() if split.total}


def test_a_credit_note_takes_back_no_tax_that_another_took_back() -> None:
    # 0.21 and 0.20 at 2.5 %: 0.01 of tax, which half of it by hand has taken back already.
    line, other = (split_included(Money(minor, "EUR"), 250) for minor in (21, 20))
    worth = Worth(Money(19, "EUR"), Money.zero("EUR"), line.total, line.tax, 250)
    notes = [Note(Money(21, "EUR")), Note(Money(19, "EUR"), (worth,)), Note(Money(1, "EUR"))]

    credited = list(credited_by_rate(notes, invoiced={250: line + other}))

    assert [one[250].tax.minor for one in credited] == [1, 0, 0]


# Pieces, or an amount by hand in minor units.
@pytest.mark.parametrize(
    "splits",
    [
        *([1, 1, 1], [2, 1], [3]),
        *(["333", "333", "333"], ["100", "899"], ["1", "998"]),
        *(["333", 1, 1], [1, "333", 1], [1, 1, "333"], ["500", 3]),
    ],
)
def test_credit_notes_print_the_tax_that_their_invoice_printed(
    inside: Flask, sandbox: StripeStandIn, splits: list[int | str]
) -> None:
    # 3 × 3.33 at 19 %: 1.60 of tax, where three refunds by themselves would credit 1.59.
    placed = a_paid_basket(sandbox, (333, 3))

    for each in splits:
        wanted = some_money(int(each)) if isinstance(each, str) else some_pieces(placed, each)
        release()
        send_refund(ask_back(placed, wanted))

    record = order_record(placed.order_id)
    printed = {kind: [0, 0] for kind in DocumentKind}
    for document in record.documents:
        for row in paper_of(record, document).taxes:
            printed[DocumentKind(document.kind)][0] += row.net.minor
            printed[DocumentKind(document.kind)][1] += row.tax.minor
    assert printed[DocumentKind.CREDIT_NOTE] == printed[DocumentKind.INVOICE]
