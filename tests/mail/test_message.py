"""How a mail looks to mail programs: its headers, its two bodies, and nothing smuggled in."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, NoAddress, message, one_line, render
from tests.builders.mail import GREETING

LETTER = Letter("Your order 1001 is paid", "Thank you.\n", "<p>Thank you.</p>")


def _mail(recipient: str = "mara@example.org") -> OutgoingMail:
    return OutgoingMail(
        id=7, kind=GREETING, recipient=recipient, created_at=datetime(2026, 6, 17, 12, tzinfo=UTC), facts={}
    )


def test_the_message_id_comes_from_the_row(inside: Flask) -> None:
    made = message(_mail(), LETTER)

    assert made["Message-ID"] == "<mail-7@localhost>"


def test_the_same_row_gives_the_same_headers(inside: Flask) -> None:
    first, second = message(_mail(), LETTER), message(_mail(), LETTER)

    assert first["Date"] == "Wed, 17 Jun 2026 12:00:00 +0000"
    assert [first[name] for name in ("Message-ID", "Date", "From", "To", "Subject")] == [
        second[name] for name in ("Message-ID", "Date", "From", "To", "Subject")
    ]


def test_no_machine_answers_our_mails_and_people_reach_support(inside: Flask) -> None:
    made = message(_mail(), LETTER)

    assert made["Auto-Submitted"] == "auto-generated"
    assert made["Reply-To"] == "support@localhost"
    assert made["From"] == "Storefront <support@localhost>"


def test_a_mail_has_text_and_html(inside: Flask) -> None:
    made = message(_mail(), LETTER)

    text, html = made.get_body(("plain",)), made.get_body(("html",))
    assert text is not None
    assert html is not None
    assert (text.get_content(), html.get_content().strip()) == ("Thank you.\n", "<p>Thank you.</p>")


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "mara",
        "mara@",
        "@example.org",
        "mara@example.org\r\nBcc: all@example.org",
        "mara@example.org\nBcc: all@example.org",
        "mara@example.org, all@example.org",
        "Mara <mara@example.org>",
        "mara @example.org",
        "mara@example.org\x00",
        "mara@@example.org",
        "mara@" + "a" * 64 + ".org",
    ],
)
def test_what_is_not_one_address_is_no_recipient(inside: Flask, recipient: str) -> None:
    with pytest.raises(NoAddress):
        message(_mail(recipient), LETTER)


def test_a_domain_in_any_script_is_written_as_servers_know_it(inside: Flask) -> None:
    made = message(_mail("mara@bücher.example"), LETTER)

    assert made["To"] == "mara@xn--bcher-kva.example"


def test_a_title_with_line_breaks_becomes_one_line() -> None:
    assert one_line("Paid\r\nBcc: all@example.org\x00\x7f\u2028 now") == "Paid Bcc: all@example.org now"


def test_a_shop_name_with_a_line_break_adds_no_header(make_app: Callable[..., Flask]) -> None:
    app = make_app(shop_name="Cap\r\nBcc: all@example.org")
    with app.app_context():
        made = message(_mail(), LETTER)

    assert made["Bcc"] is None
    assert str(made["From"]).endswith("<support@localhost>")


def test_styles_are_inlined_since_mail_programs_drop_the_others(inside: Flask) -> None:
    mail = _mail()
    mail.facts = {"words": "Hello"}

    letter = render(mail)

    assert '<p style="color: red;">Hello</p>' in letter.html
