"""The settings of a shop under test, as its environment would say them.

Knows harmless values; refuses to read the environment of the machine.
"""

from pathlib import Path

from storefront.config import environment_name


def shop_environment(*, database_url: str, folder: Path, **overrides: str) -> dict[str, str]:
    """`STOREFRONT_*` of a shop on this machine; `overrides` are texts by attribute: `currency="JPY"`.

    Limits are so high that only the tests of limits meet them.
    """
    values = {
        "secret_key": "0123456789abcdef" * 4,
        "database_url": database_url,
        "instance_dir": str(folder),
        "origin": "http://localhost",
        "stripe_secret_key": "sk_test_sandbox_0123456789abcdef",
        "stripe_webhook_secret": "whsec_0123456789abcdef",
        # Nothing listens there: a test that reaches for Stripe unawares fails at once.
        "stripe_api_url": "http://127.0.0.1:9",
        "payment_origin": "http://127.0.0.1:9",
        "sandbox_state": str(folder / "sandbox.db"),
        "limit_payments": "100000 per minute",
        "limit_order_lookup": "100000 per minute",
        "limit_sign_in": "100000 per minute",
        "limit_discounts": "100000 per minute",
        "limit_cart": "100000 per minute",
    }
    return {environment_name(name): text for name, text in (values | overrides).items()}
