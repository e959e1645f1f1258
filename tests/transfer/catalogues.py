"""Catalogues for round trips: one with every awkward thing in it, and any number of generated ones.

Knows what is hard to carry in a CSV file; refuses to know how it is carried.
"""

from hypothesis import strategies as st

from storefront.catalogue import steps
from storefront.catalogue.facts import CollectionFacts, ImageFacts, ProductFacts, VariantFacts
from storefront.catalogue.measures import MOST_THOUSANDTHS, NO_CONTENTS, Amount, Measure, Measured
from storefront.catalogue.models import ProductState
from storefront.database import transaction
from storefront.money import Money
from storefront.transfer.cells import one_line
from storefront.transfer.slugs import slug_of

# Titles that are separators, escapes or formulas somewhere.
COLLECTIONS = {
    "kits": "Growing kits",
    "tea-and-cups": "Tea > Cups, pots & more",
    "formula": "=1+1",
    "escaped": "Tea &amp; cake\\",
    "-dashed-": "@home, 'quoted'",
}
AWKWARD = (
    *(
        "=1+1",
        "+1",
        "-1",
        "@x",
        "'=1",
        "''",
        "'0012",
        "a, b\\, c\\",
        "\\n",
        "\\\\n",
        "&amp; &lt;b&gt; &",
        "<b>",
    ),
    *('"quoted"', "a > b", ">", "ｅ＝mc", "＝1", "茶壶 مرحبا", "1\u00a0kg", "👩‍🌾", "Default Title", ";\t|"),
)

# The catalogue refuses NUL.
_LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
_PIECES = st.sampled_from(AWKWARD) | st.text(_LETTERS, max_size=8)
_TEXTS = st.lists(_PIECES, max_size=3).map(lambda pieces: one_line(" ".join(pieces))[:90]).map(one_line)
_WORDS = _TEXTS.filter(bool)
_SLUGS = (
    st.text("abcxyz0189-_äß茶é", min_size=1, max_size=12)
    .map(slug_of)
    .filter(lambda slug: slug and slug_of(slug) == slug)
)
_HTML = st.lists(
    _PIECES
    | st.sampled_from(
        (
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<ul><li>",
            "</ul>",
            "\n",
            "\n\n",
            "\r\n",
            "<br>",
            "<h1>",
            "<table><td>",
        )
    ),
    max_size=12,
).map("".join)
_ADDRESSES = st.text("abc,\\'=&%;\"/茶", max_size=12).map(lambda path: f"https://pictures.example/{path}")
_COUNTS = st.integers(0, 2**31 - 1)


def _contents(measures: tuple[Measure, ...]) -> st.SearchStrategy[Measured]:
    amounts = st.builds(Amount, st.integers(1, MOST_THOUSANDTHS), st.sampled_from(measures))
    return st.builds(Measured, amounts, amounts)


_CONTENTS = st.one_of(
    *(
        _contents(measures)
        for measures in ((Measure.GRAM, Measure.KILOGRAM), (Measure.LITRE, Measure.MILLILITRE))
    ),
    *(_contents((measure,)) for measure in (Measure.METRE, Measure.SQUARE_METRE, Measure.PIECE)),
)


def a_variant(values: tuple[str, ...]) -> st.SearchStrategy[VariantFacts]:
    """Any variant of these values."""

    def of(
        price: int,
        reduced: int,
        sku: str,
        code: str,
        pieces: int | None,
        grams: int,
        ships: bool,
        contents: Measured,
    ) -> VariantFacts:
        return VariantFacts(
            price=Money(price, "EUR"),
            values=values,
            compare_at=Money(price + reduced if reduced else 0, "EUR"),
            sku=sku,
            barcode=code[:50].strip(),
            is_counted=pieces is not None,
            on_hand=pieces,
            weight_grams=grams,
            requires_shipping=ships,
            contents=contents,
        )

    prices = st.integers(0, 10**9)
    counts = st.none() | _COUNTS
    return st.builds(
        of,
        prices,
        st.just(0) | prices,
        _TEXTS,
        _TEXTS.map(lambda t: one_line(t[:50])),
        counts,
        _COUNTS,
        st.booleans(),
        st.just(NO_CONTENTS) | _CONTENTS,
    )


@st.composite
def products(draw: st.DrawFn) -> ProductFacts:
    """Any product that a shop could have, but those that only one of the formats can tell apart: two options of
    one name in British and American spelling, and an option “Title” of which the only value is “Default Title”."""
    options = draw(
        st.lists(_WORDS, max_size=3, unique_by=lambda name: name.casefold().replace("colour", "color"))
    )
    values = st.tuples(*(_WORDS for _option in options))
    chosen = draw(st.lists(values, min_size=1, max_size=4 if options else 1, unique=True))
    if [name.lower() for name in options] == ["title"]:
        options = ["Titles"]
    return ProductFacts(
        slug=draw(_SLUGS),
        title=draw(_WORDS),
        variants=tuple(draw(a_variant(each)) for each in chosen),
        options=tuple(options),
        subtitle=draw(_TEXTS),
        vendor=draw(_TEXTS),
        description=draw(_HTML),
        state=draw(st.sampled_from((ProductState.PUBLISHED, ProductState.DRAFT))),
        position=draw(st.integers(-5, 5)),
        images=tuple(
            ImageFacts(source_url=address, alt=alt)
            for address, alt in draw(
                st.lists(st.tuples(_ADDRESSES, _TEXTS), max_size=3, unique_by=lambda it: it[0])
            )
        ),
        collections=tuple(draw(st.lists(st.sampled_from(sorted(COLLECTIONS)), max_size=3, unique=True))),
    )


catalogues = st.lists(products(), min_size=1, max_size=4, unique_by=lambda facts: facts.slug)


def the_awkward_one() -> list[ProductFacts]:
    """A catalogue in which every text is one that is hard to carry, and every kind of stock and price occurs."""
    many = tuple(
        VariantFacts(
            price=Money(2400 + number, "EUR"),
            values=(text, f"{number}"),
            compare_at=Money(3000, "EUR") if number % 2 else None,
            sku=text,
            barcode=text[:50],
            is_counted=number % 3 > 0,
            on_hand=number % 3 or None,
            weight_grams=number,
            requires_shipping=number % 2 == 0,
        )
        for number, text in enumerate(map(one_line, AWKWARD))
    )
    images = tuple(
        ImageFacts(source_url=f"https://pictures.example/{n},{n}\\", alt=one_line(text))
        for n, text in enumerate(AWKWARD)
    )
    plain = VariantFacts(price=Money(0, "EUR"), is_counted=True, on_hand=0)
    amount = VariantFacts(price=Money(2500, "EUR"), is_counted=False, requires_shipping=False)
    return [
        ProductFacts(
            *("tee", "=1+1", many, ("@Size", "Colour, or so")),
            subtitle="< & >",
            vendor="'=Farm, Ltd",
            description="-1\n\n<b>x</b> \\n",
            images=images,
            collections=tuple(COLLECTIONS),
        ),
        ProductFacts("-cup", "'Cup'", (plain,), state=ProductState.DRAFT, description="<p>a</p>\n\n<p>b</p>"),
        ProductFacts("茶壶", "茶壶", (plain,), vendor="Töpfer"),
        ProductFacts("gift-card", "Gift card", (amount,), is_gift_card=True),
    ]


def save(catalogue: list[ProductFacts]) -> None:
    """Put a catalogue into the shop."""
    with transaction():
        for slug, title in COLLECTIONS.items():
            steps.add_collection(CollectionFacts(slug=slug, title=title))
        steps.save_products(catalogue, reference="catalogue")
