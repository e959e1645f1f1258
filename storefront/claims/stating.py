"""What a text promises in words: phrases about shipping, money back and answers, found in it.

Knows English shop talk about its own terms; refuses to know what is true of it.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from babel.core import Locale

from storefront.claims.folding import Joint, folded, plain, sentences, streamed
from storefront.claims.promises import EU, Promise, Promised
from storefront.claims.subjects import Said

# A text with more repeats itself.
MOST_PROMISES = 50
_LONGEST_WORDS, _LONGEST_SENTENCE = 200, 600
_LIFETIME_DAYS = 100_000
_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "ten": 10,
    "twelve": 12,
    "fourteen": 14,
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
    "hundred": 100,
}
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365, "hour": 1}
_NUMBER = rf"(?P<number>\d{{1,6}}|{'|'.join(_NUMBERS)})"
_SPAN = rf"\b{_NUMBER}(?: full| calendar| working| whole)? ?(?P<unit>day|week|month|year)s?\b"
_BACK = r"(?:money ?back|full refunds?|refunds?|satisfaction guarantee)"
_SOME = r"(?: \S+){0,%d}"
# Words between that say of nothing that it goes elsewhere than to us.
_TO_US = r"(?: (?!(?:to|into|from) (?!us\b|our\b))\S+){0,5}"
_GOODS = (
    r"(?:it|them|this|these|that|your|the|any|all|unused|unopened|goods|items?|products?|kits?|anything"
    r"|everything)"
)
# What came or takes so long is told, not promised.
_TOLD = r"(?! (?:takes?|took|arrives?|arrived|reach(?:es)?|comes?|came|appears?)\b)"
# “Returns” as a thing that a shop has, not as something that happens.
_RETURNS = (
    r"(?:(?:^|\n)|\b(?:accepts?|allows?|takes?|offers?|free|easy|simple|all|our|your|for|with|of) )returns?"
)
# Free of plastic costs what it costs.
_OF_CHARGE = r"(?! of (?!charge))"
# Each within one sentence; what stands between is a few words at most, so that time grows with the text alone.
_WAYS: tuple[tuple[Promise, str], ...] = (
    (Promise.MONEY_BACK, rf"{_SPAN}{_SOME % 4} {_BACK}\b"),
    (Promise.MONEY_BACK, rf"{_SPAN} (?:free )?(?:returns?|right of return)\b(?! to\b)"),
    (
        Promise.MONEY_BACK,
        rf"\b{_BACK}\b{_TOLD}{_SOME % 5} (?:within|for|up to|of) (?:the )?(?:first )?{_SPAN}",
    ),
    (Promise.MONEY_BACK, rf"\breturn {_GOODS}\b{_TO_US} (?:within|up to) {_SPAN}"),
    (
        Promise.MONEY_BACK,
        rf"\b(?:be|is|are|if|when) (?:returned|sent back)\b{_TO_US} (?:within|up to) {_SPAN}",
    ),
    (Promise.MONEY_BACK, rf"\b(?:send|give) (?:{_GOODS} )?(?:\S+ )?back\b{_TO_US} (?:within|up to) {_SPAN}"),
    (Promise.MONEY_BACK, rf"{_RETURNS}\b{_TO_US} (?:within|up to) {_SPAN}"),
    (Promise.MONEY_BACK, rf"\blifetime {_BACK}\b"),
    (Promise.MONEY_BACK, r"\bmoney ?back guarantees?\b"),
    (Promise.ANY_REASON, r"\bno questions asked\b"),
    (Promise.NO_RESTOCKING, r"\b(?:no|without(?: a| any)?|zero) restocking fees?\b"),
    (Promise.FREE_RETURNS, r"\bfree returns?\b|\breturns? (?:is|are) (?:always )?free\b"),
    (Promise.FREE_RETURNS, r"\bwe pay (?:for )?(?:the |your )?returns? (?:postage|shipping)\b"),
    (Promise.FREE_SHIPPING, r"\bfree(?: \S+)? (?:shipping|delivery|postage)\b"),
    (
        Promise.FREE_SHIPPING,
        rf"\b(?:shipping|delivery|postage) (?:is|are|comes) (?:always |completely )?free\b{_OF_CHARGE}",
    ),
    (Promise.FREE_SHIPPING, rf"\bships?{_SOME % 3} (?:for )?free\b{_OF_CHARGE}"),
    (
        Promise.WITHDRAWAL,
        rf"\b(?:right of withdrawal|withdrawal){_SOME % 5} (?:within|of|for) {_SPAN}",
    ),
    (
        Promise.WITHDRAWAL,
        rf"\bwithdraw(?: from (?:the |your |this |any )?(?:contract|purchase|order|sale))? within {_SPAN}",
    ),
    (Promise.WITHDRAWAL, rf"{_SPAN} (?:right of )?withdrawal\b"),
    (
        Promise.ANSWER,
        rf"\b(?:answer|reply|respond|replies|answers)\b{_TOLD}{_SOME % 5} within {_NUMBER} ?(?P<unit>hour|day)s?\b",
    ),
)
_PATTERNS = tuple((promise, re.compile(way)) for promise, way in _WAYS)
_HINT = re.compile(r"money ?back|refund|satisf|return|back|questions asked|restocking|free|withdraw|within")
_NOT = re.compile(r"\b(?:no|not|never|without|cannot|neither|nor|dont|doesnt|isnt|arent|t)(?: \S+){0,2} $")
_GENERAL = re.compile(
    r"\b(?:all|every|any|each)(?: \S+){0,2} (?:orders?|purchases?|baskets?|products?|goods|items?|kits?)\b"
    r"|\beverything\b|\b(?:no|without(?: a| any)?) minimum\b|\balways\b"
)
_EVERYWHERE = re.compile(
    r"\b(?:worldwide|world wide|everywhere|anywhere|globally)\b|\b(?:every country|all countries)\b"
)
_FROM = re.compile(
    r"\b(?:over|above|from|exceeding|at least|minimum of|more than|starting at) (?:eur |usd |gbp |euros? )?"
    r"(?P<amount>\d{1,9}(?:\.\d{1,3})?)(?! (?:pieces?|items?|units?|kg|g|pcs|packs?|bags?|kits?|days?|hours?)\b)"
)
_LOOSE_PLACE = re.compile(
    r"\b(?:in|to|within|across|throughout) (?:the |all of |mainland )?"
    r"(?:europe|scandinavia|benelux|asia|africa|america|north america|south america|oceania|nordics|baltics|dach)\b"
)
_NEAR = 90
_SIGNS = re.compile(r"<[^<>]*>|[*_`~]")


def promises_in(parts: Iterable[Said]) -> list[Promised]:
    """Every promise that a text states, in its order; the first of each, `MOST_PROMISES` at most."""
    found: list[Promised] = []
    for said in parts:
        if _HINT.search(said.text.casefold()) or "&" in said.text or "<" in said.text:
            found += _in_part(said)
    return found[:MOST_PROMISES]


def _in_part(said: Said) -> Iterator[Promised]:
    line, places = _line(said)
    if not _HINT.search(line):
        return
    sentence_of = sentences(said.text, said.form)
    taken: dict[Promise, int] = {}
    hits = ((promise, hit) for promise, pattern in _PATTERNS for hit in pattern.finditer(line))
    for promise, hit in sorted(hits, key=lambda each: (each[1].start(), -each[1].end())):
        if hit.start() < taken.get(promise, 0):
            continue
        taken[promise] = hit.end()
        if _is_denied(line, hit):
            continue
        first, last = places[hit.start()], places[hit.end() - 1]
        around = _around(line, hit)
        number = _number(promise, hit, around)
        is_free = promise is Promise.FREE_SHIPPING
        yield Promised(
            field=said.field,
            start=first[0],
            promise=promise,
            number=number,
            is_general=bool(_GENERAL.search(around)) and not (is_free and _LOOSE_PLACE.search(around)),
            is_everywhere=is_free and bool(_EVERYWHERE.search(around)),
            places=_places(around) if is_free else (),
            words=plain(said.text[first[0] : last[1]], said.form)[:_LONGEST_WORDS],
            sentence=sentence_of(first[0], last[1])[:_LONGEST_SENTENCE],
        )


def _line(said: Said) -> tuple[str, list[tuple[int, int]]]:
    """The words of a part in a row, a line for each sentence, and by letter where its word stands in the text."""
    words = streamed(said.text, said.form)
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    cuts = [*words.places, len(words.letters)]
    for number, (first, last) in enumerate(pairwise(cuts)):
        word, span = words.letters[first:last], (words.starts[number], words.ends[number])
        if number:
            between = said.text[words.ends[number - 1] : span[0]]
            gap = _gap(between, words.joints[number], before=pieces[-1], after=word)
            pieces.append(gap)
            places += [span] * len(gap)
        pieces.append(word)
        places += [span] * len(word)
    return "".join(pieces), places


def _gap(text: str, joint: Joint, *, before: str, after: str) -> str:
    """What stands between two words: a point within a number, nothing within a word, a new line between sentences."""
    if joint is Joint.CLOSE:
        if text in {".", ","} and before.isdigit() and after.isdigit():
            return "."
        if "\n" in text or not _SIGNS.sub("", text):
            return ""
        # “plastic-free delivery” is not free.
        return "\t" if after == "free" else " "
    is_over = joint is Joint.BREAK or (re.search(r"[.!?…;]", text) and re.search(r"\s", text))
    return "\n" if is_over else " "


def _is_denied(line: str, hit: re.Match[str]) -> bool:
    before = line[max(0, hit.start() - _NEAR) : hit.start()].rpartition("\n")[2]
    if before.endswith("\t"):
        return True
    return bool(_NOT.search(before)) and not hit.group().startswith(("no ", "without", "zero"))


def _around(line: str, hit: re.Match[str]) -> str:
    """The rest of the sentence near a promise."""
    before = line[max(0, hit.start() - _NEAR) : hit.start()].rpartition("\n")[2]
    return before + hit.group() + line[hit.end() : hit.end() + _NEAR].partition("\n")[0]


def _number(promise: Promise, hit: re.Match[str], around: str) -> int | None:
    if promise is Promise.FREE_SHIPPING:
        return _thousandths(around)
    if "lifetime" in hit.group():
        return _LIFETIME_DAYS
    said = hit.groupdict()
    if not said.get("number"):
        return None
    number = _NUMBERS.get(said["number"]) or int(said["number"])
    hours = 24 if promise is Promise.ANSWER and said["unit"] == "day" else 1
    return min(number * _UNITS[said["unit"]] * hours, _LIFETIME_DAYS)


def _thousandths(around: str) -> int | None:
    found = _FROM.search(around)
    if found is None:
        return None
    whole, _point, rest = found["amount"].partition(".")
    # A point before three digits parts thousands.
    amount = Decimal(whole + rest) if len(rest) == 3 else Decimal(found["amount"])
    return int(amount * 1000)


def _places(around: str) -> tuple[str, ...]:
    pattern, codes = _countries()
    found = (each["place"] for each in pattern.finditer(around))
    return tuple(dict.fromkeys(codes[place] for place in found))


@lru_cache(maxsize=1)
def _countries() -> tuple[re.Pattern[str], dict[str, str]]:
    territories = Locale("en").territories
    codes = {
        folded(str(name)): str(code)
        for code, name in territories.items()
        if str(code).isalpha() and len(code) == 2
    }
    codes |= {"eu": EU, "european union": EU, "uk": "GB", "usa": "US", "great britain": "GB"}
    names = "|".join(sorted(map(re.escape, codes), key=len, reverse=True))
    return re.compile(
        rf"\b(?:in|to|within|across|throughout|and|or|for|inside) (?:the |all of )?(?P<place>{names})\b"
    ), codes
