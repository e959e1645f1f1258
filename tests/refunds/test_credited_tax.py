"""Tax that credit notes take back: of a line that goes back whole, to the minor unit what was invoiced."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from storefront.money import Money
from storefront.orders.models import DocumentKind
from storefront.orders.queries import order_record
from storefront.pricing.tax import split_included
from storefront.refunds.actions import send_refund
from storefront.refunds.taxes import Worth, given_back_by_rate
from storefront.shop.papers import paper_of
from tests.builders.refunds import a_paid_basket, ask_back, some_pieces
from tests.servers.stripe import StripeStandIn

LINES = st.lists(
    st.tuples(st.integers(0, 9999), st.sampled_from([0, 250, 700, 1900, 2500])), min_size=1, max_size=4
)


@given(lines=LINES, code=st.sampled_from(["EUR", "JPY", "KWD"]), chance=st.randoms(use_true_random=False))
def test_lines_credited_in_any_order_and_split_end_at_the_invoices_net_and_tax(
    lines: list[tuple[int, int]], code: str, chance: object
) -> None:
    invoiced = [(rate, split_included(Money(minor, code), rate)) for minor, rate in lines]
    left = [split.total.minor for _rate, split in invoiced]
    credited: dict[int, list[int]] = {rate: [0, 0] for rate, _split in invoiced}

    while any(left):
        which = chance.choice([number for number, minor in enumerate(left) if minor])  # type: ignore[attr-defined]
        now = chance.randint(1, left[which])  # type: ignore[attr-defined]
        rate, split = invoiced[which]
        before = split.total.minor - left[which]
        worth = Worth(Money(now, code), Money(before, code), split.total, split.tax, rate)
        found = given_back_by_rate(worth.now, parts=[worth], weights={rate: 1})
        credited[rate][0] += found[rate].net.minor
        credited[rate][1] += found[rate].tax.minor
        left[which] -= now

    for rate, (net, tax) in credited.items():
        assert net == sum(split.net.minor for each, split in invoiced if each == rate)
        assert tax == sum(split.tax.minor for each, split in invoiced if each == rate)


@pytest.mark.parametrize("splits", [[1, 1, 1], [2, 1], [3]])
def test_credit_notes_of_a_line_print_the_tax_that_its_invoice_printed(
    inside: Flask, sandbox: StripeStandIn, splits: list[int]
) -> None:
    # 3 × 3.33 at 19 %: 1.60 of tax, where three refunds by themselves would credit 1.59.
    placed = a_paid_basket(sandbox, (333, 3))

    for pieces in splits:
        send_refund(ask_back(placed, some_pieces(placed, pieces)))

    record = order_record(placed.order_id)
    printed = {kind: [0, 0] for kind in DocumentKind}
    for document in record.documents:
        for row in paper_of(record, document).taxes:
            printed[DocumentKind(document.kind)][0] += row.net.minor
            printed[DocumentKind(document.kind)][1] += row.tax.minor
    assert printed[DocumentKind.CREDIT_NOTE] == printed[DocumentKind.INVOICE]
