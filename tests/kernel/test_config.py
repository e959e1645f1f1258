"""Settings: each wrong one is named, none is guessed, and the documentation knows them all."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from storefront.config import BadSettings, Settings, environment_name, load_environ
from tests.environment import shop_environment


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A shop that can open."""
    return shop_environment(database_url="sqlite:////tmp/shop.db", folder=tmp_path)


def test_a_complete_environment_makes_settings(environ: dict[str, str]) -> None:
    made = Settings.from_environ(environ | {"STOREFRONT_TAX_PERCENT": "5.5", "PATH": "/bin"})

    assert (made.currency, made.tax_basis_points, made.timezone.key) == ("EUR", 550, "Europe/Berlin")
    assert made.is_sandbox
    assert not made.is_https


WRONG = [
    ("SECRET_KEY", "short"),
    ("DATABASE_URL", "mysql://localhost/shop"),
    ("DATABASE_URL", ""),
    ("DATABASE_URL", "sqlite://"),
    ("ORIGIN", "shop.example"),
    ("ORIGIN", "https://shop.example/"),
    ("ORIGIN", "https://shop.example/shop"),
    ("ORIGIN", "https://shop.example?x"),
    ("ORIGIN", "https://shop.example#x"),
    ("ORIGIN", "https://user@shop.example"),
    ("ORIGIN", "https://shop.example:port"),
    ("ORIGIN", "ftp://shop.example"),
    ("ORIGIN", "http://[::1]:8000"),
    ("ORIGIN", ""),
    ("OTHER_ORIGINS", "https://a.example, b.example"),
    ("TRUSTED_PROXIES", "-1"),
    ("TRUSTED_PROXIES", "1.5"),
    ("TRUSTED_PROXIES", "one"),
    ("COUNTRY", "de"),
    ("COUNTRY", "DEU"),
    ("COUNTRY", "1A"),
    ("CURRENCY", "eur"),
    ("CURRENCY", "EURO"),
    ("CURRENCY", ""),
    ("TIMEZONE", "Berlin"),
    ("TIMEZONE", "../etc/passwd"),
    ("TIMEZONE", ""),
    ("LOCALE", "xx_YY_ZZ"),
    ("LOCALE", ""),
    ("SUPPORT_EMAIL", ""),
    ("SUPPORT_EMAIL", "support"),
    ("STAFF_EMAIL", "a@shop.example, b@shop.example"),
    ("MAIL_FROM", "Shop <shop@shop.example>"),
    ("TAX_PERCENT", "-1"),
    ("TAX_PERCENT", "101"),
    ("TAX_PERCENT", "19.123"),
    ("TAX_PERCENT", "NaN"),
    ("TAX_PERCENT", "Infinity"),
    ("TAX_PERCENT", "19%"),
    ("STRIPE_SECRET_KEY", "pk_test_1"),
    ("STRIPE_SECRET_KEY", ""),
    ("STRIPE_WEBHOOK_SECRET", ""),
    ("STRIPE_API_URL", "localhost:8010"),
    ("PAYMENT_ORIGIN", "checkout.stripe.com"),
    ("DELAYED_PAYMENTS", "perhaps"),
    ("SESSION_MINUTES", "34"),
    ("SESSION_MINUTES", "1441"),
    ("SMTP_URL", "mail.example:25"),
    ("SMTP_URL", "http://mail.example"),
    ("LOG_LEVEL", "loud"),
    ("LIMIT_CART", "often"),
    ("LIMIT_PAYMENTS", ""),
    ("SANDBOX_PORT", "http"),
]


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_a_value_that_cannot_be_used_is_named(environ: dict[str, str], name: str, text: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        Settings.from_environ(environ | {f"STOREFRONT_{name}": text})

    assert f"STOREFRONT_{name} " in str(refusal.value)


@pytest.mark.parametrize(("minutes", "text"), [(35, "35"), (1440, "1440")])
def test_the_edges_of_what_stripe_allows_can_be_used(
    environ: dict[str, str], minutes: int, text: str
) -> None:
    assert Settings.from_environ(environ | {"STOREFRONT_SESSION_MINUTES": text}).session_minutes == minutes


@pytest.mark.parametrize("name", ["SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_what_has_no_default_must_be_set(environ: dict[str, str], name: str) -> None:
    del environ[f"STOREFRONT_{name}"]

    with pytest.raises(BadSettings, match=f"STOREFRONT_{name} is not set"):
        Settings.from_environ(environ)


def test_every_problem_is_said_at_once(environ: dict[str, str]) -> None:
    wrong = environ | {"STOREFRONT_CURRENCY": "gold", "STOREFRONT_COUNTRY": "?", "STOREFRONT_COLOUR": "red"}

    with pytest.raises(BadSettings) as refusal:
        Settings.from_environ(wrong)

    assert len(str(refusal.value).splitlines()) == 3


def test_a_setting_that_does_not_exist_suggests_the_one_meant(environ: dict[str, str]) -> None:
    with pytest.raises(
        BadSettings, match=r"STOREFRONT_CURENCY is not a setting; did you mean STOREFRONT_CURRENCY\?"
    ):
        Settings.from_environ(environ | {"STOREFRONT_CURENCY": "EUR"})


def test_what_belongs_to_the_test_suite_is_left_alone(environ: dict[str, str]) -> None:
    assert Settings.from_environ(environ | {"STOREFRONT_TEST_POSTGRES_URL": "postgresql://localhost"})


def test_a_secret_never_appears_in_a_complaint(environ: dict[str, str]) -> None:
    secret = "hush-hush"

    with pytest.raises(BadSettings) as refusal:
        Settings.from_environ(
            environ | {"STOREFRONT_SECRET_KEY": secret, "STOREFRONT_STRIPE_SECRET_KEY": secret}
        )

    assert secret not in str(refusal.value)


def test_a_sandbox_key_needs_the_sandboxs_address(environ: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match="STOREFRONT_STRIPE_API_URL is not set"):
        Settings.from_environ(environ | {"STOREFRONT_STRIPE_API_URL": ""})


def test_stripes_own_key_goes_to_stripe_alone(environ: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match="STOREFRONT_STRIPE_API_URL is set, but the key is Stripe's own"):
        Settings.from_environ(environ | {"STOREFRONT_STRIPE_SECRET_KEY": "sk_live_1"})


# origin, further origins, key, SMTP, proxies, whether /mailbox exists
MAILBOXES = [
    ("http://localhost:8000", "", True, "mailbox:", 0, True),
    ("http://127.0.0.1:8000", "http://localhost:8000", True, "mailbox:", 0, True),
    ("https://shop.example", "", True, "mailbox:", 0, False),
    ("http://localhost:8000", "https://shop.example", True, "mailbox:", 0, False),
    ("http://localhost:8000", "", False, "mailbox:", 0, False),
    ("http://localhost:8000", "", True, "smtp://localhost", 0, False),
    ("http://localhost:8000", "", True, "mailbox:", 1, False),
    ("http://localhost.shop.example", "", True, "mailbox:", 0, False),
]


@pytest.mark.parametrize(("origin", "others", "sandbox", "smtp", "proxies", "shown"), MAILBOXES)
def test_kept_mail_is_shown_on_this_machine_only(
    environ: dict[str, str], origin: str, others: str, sandbox: bool, smtp: str, proxies: int, shown: bool
) -> None:
    stripe = {} if sandbox else {"STOREFRONT_STRIPE_SECRET_KEY": "sk_test_1", "STOREFRONT_STRIPE_API_URL": ""}
    rest = {"ORIGIN": origin, "OTHER_ORIGINS": others, "SMTP_URL": smtp, "TRUSTED_PROXIES": str(proxies)}
    rest = {f"STOREFRONT_{name}": text for name, text in rest.items()}

    assert Settings.from_environ(environ | stripe | rest).shows_mailbox is shown


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "run.env"
    file.write_text("# made by make run\nSTOREFRONT_CURRENCY=JPY\nSTOREFRONT_COUNTRY = JP\nnonsense\n")
    monkeypatch.setenv("STOREFRONT_COUNTRY", "FR")

    found = load_environ(file)

    assert (found["STOREFRONT_CURRENCY"], found["STOREFRONT_COUNTRY"]) == ("JPY", "FR")


def test_an_absent_file_is_no_file(tmp_path: Path) -> None:
    assert "STOREFRONT_CURRENCY" not in load_environ(tmp_path / "absent.env")


def test_every_setting_has_a_name_of_its_own() -> None:
    names = [environment_name(each.name) for each in fields(Settings)]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("currency", "text", "is_sound"),
    [("EUR", "100", True), ("EUR", "0", True), ("EUR", "", True), ("EUR", "-1", False), ("EUR", "much", False),
     ("JPY", "100.5", False), ("KWD", "1.005", True)],
)  # fmt: skip
def test_what_one_person_may_refund_is_an_amount_of_the_shops_currency(
    make_settings: Callable[..., Settings], currency: str, text: str, is_sound: bool
) -> None:
    if is_sound:
        assert (make_settings(currency=currency, refund_alone_up_to=text).refund_alone_limit is None) is (
            text == ""
        )
    else:
        with pytest.raises(BadSettings, match="STOREFRONT_REFUND_ALONE_UP_TO cannot be used"):
            make_settings(currency=currency, refund_alone_up_to=text)
