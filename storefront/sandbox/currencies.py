"""What Stripe says of currencies: which it takes, their decimals, their smallest charge.

Source: docs.stripe.com/currencies (presentment currencies, zero- and three-decimal currencies, minimums).
"""

from storefront.sandbox.wire import refuse

SUPPORTED = frozenset(
    """
    usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf
    chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf
    idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop
    mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd
    scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg
    xof xpf yer zar zmw
    """.split()  # noqa: SIM905
)
WITHOUT_DECIMALS = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DECIMALS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
WHOLE_UNITS_OF_100 = frozenset({"isk", "ugx"})
LARGEST = 99_999_999
SMALLEST = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip


def check_currency(currency: str, *, param: str) -> str:
    """The currency in Stripe's lower case; refuses what Stripe does not take."""
    if currency.lower() not in SUPPORTED:
        refuse(f"Invalid currency: {currency}. Stripe does not support this currency.", param=param)
    return currency.lower()


def check_step(amount: int, currency: str, *, param: str) -> None:
    """Refuse amounts that the currency cannot be charged in (KWD by 10, ISK and UGX by 100)."""
    step = 10 if currency in THREE_DECIMALS else 100 if currency in WHOLE_UNITS_OF_100 else 1
    if amount % step:
        refuse(
            f"Invalid amount: {amount}. Amounts in {currency} must be evenly divisible by {step}.",
            param=param,
            code="parameter_invalid_integer",
        )


def check_total(amount: int, currency: str) -> None:
    """Refuse a total below the currency's smallest or above the largest charge."""
    smallest = SMALLEST.get(currency, 1)
    if amount < smallest:
        shown = written(smallest, currency)
        refuse(
            f"The Checkout Session's total amount due must add up to at least {shown}",
            code="amount_too_small",
        )
    if amount > LARGEST:
        shown = written(LARGEST, currency)
        refuse(
            f"The Checkout Session's total amount due must add up to at most {shown}", code="amount_too_large"
        )


def written(amount: int, currency: str) -> str:
    """An amount in Stripe's units for people: `1,024.00 EUR`, `500 JPY`."""
    decimals = 0 if currency in WITHOUT_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    sign = "−" if amount < 0 else ""
    units, rest = divmod(abs(amount), 10**decimals)
    tail = f".{rest:0{decimals}d}" if decimals else ""
    return f"{sign}{units:,}{tail} {currency.upper()}"
