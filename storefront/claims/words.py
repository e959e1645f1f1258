"""The lexicon that every shop begins with, as data of our own; and its texts looked at again when it is changed.

Knows English shop talk; refuses to be complete: it is a beginning that staff go on with, and no lawyer wrote it.
"""

import re
from dataclasses import dataclass

import sqlalchemy as sa

from storefront import jobs
from storefront.claims.folding import folded
from storefront.claims.models import ClaimCategory, ClaimPhrase, Endings
from storefront.claims.subjects import kinds
from storefront.database import insert_ignore, require_transaction

LOOK_JOB = "claims.look_again"
# Counted up by a release that reads more of a text than the one before, or otherwise. 1: words of pictures too.
READING = 1


@dataclass(frozen=True, slots=True)
class Written:
    """A category as it is written down here; phrases are given by commas."""

    code: str
    title: str
    disclaimer: str
    forms: str
    exact: str = ""
    begins: str = ""
    harmless: str = ""


# What food may not be said to do: EU 1169/2011 Art. 7(3), 1924/2006 Art. 10 and 12; guarantees: EU 2019/771 Art. 17;
# superlatives and "free": EU 2005/29/EC Art. 6 and Annex I No. 20; US: 16 CFR 239 and 251, 21 USC 343(r)(6).
LEXICON: tuple[Written, ...] = (
    Written(
        "disease",
        "Illness",
        "Nothing we sell is meant to diagnose, treat, cure or prevent any disease. "
        "Please ask a doctor about your health.",
        forms="cancer, tumour, tumor, diabetes, arthritis, depression, anxiety, dementia, asthma, eczema, psoriasis, "
        "migraine, insomnia, infection, inflammation, heart disease, obesity, "
        "high blood pressure, autoimmune disease, chronic pain",
        exact="alzheimer, alzheimers, parkinson, parkinsons, covid, covid 19, hypertension, cholesterol, adhd, "
        "long covid, osteoporosis, hepatitis, flu",
        begins="diabetic, arthritic, antidepress",
    ),
    Written(
        "cure",
        "Healing",
        "What we say here about health is no medical advice, and takes the place of none.",
        forms="cure, heal, remedy, detoxify, detox, relieve pain, fight disease, prevent disease, prevent illness, "
        "treat disease, boost immunity, boost your immune system, boost the immune system, strengthen immunity, "
        "purify blood, lower blood pressure, lower blood sugar, lower cholesterol, kill bacteria, kill virus, "
        "burn fat, anti ageing, anti aging",
        exact="miracle, treatment for, treatment of, good for your heart, strengthens the immune system, "
        "anti cancer, anticancer, medicine, medical grade, doctor recommended, healing power",
        begins="therapeut, medicinal, anti inflammat, antiinflammat, antibacterial, antiviral, immune boost, "
        "clinically prove, scientifically prove, clinically test",
        harmless="salt cured, dry cured, air cured, cured ham",
    ),
    Written(
        "guarantee",
        "Guarantee",
        "What we promise, and how to claim it, stands on our policy pages. "
        "Your rights under the law stay as they are.",
        forms="guarantee, never fail, always work",
        exact="no side effects, without side effects, 100 safe, 100 effective, completely safe, totally safe, "
        "risk free, no risk, zero risk, lifetime warranty, works every time, permanent results, instant results, "
        "results in days, foolproof, fail safe, failsafe",
        harmless="money back guarantee, money back guarantees, not guaranteed, no guarantee, cannot guarantee, "
        "can not guarantee, do not guarantee",
    ),
    Written(
        "superlative",
        "Superlative",
        "Where we call something the most of its kind, it is our own opinion, unless a source is listed.",
        forms="outperform",
        exact="best, finest, greatest, unbeatable, unrivalled, unrivaled, unmatched, unequalled, world leading, "
        "market leading, industry leading, market leader, number one, no 1, nr 1, number 1, strongest, purest, "
        "healthiest, cheapest, lowest price, lowest prices, highest quality, second to none, top rated, "
        "world class, award winning, revolutionary, like no other",
        harmless="best before, at best, best wishes, best regards, best of luck, all the best, do your best, "
        "best friend, best friends, at its best, best kept",
    ),
    Written(
        "free",
        "“Free”",
        "Where shipping or returns are free, our policy pages say for whom and from when.",
        forms="free gift, free sample, free trial, free return, free refill",
        exact="for free, free of charge, free shipping, free delivery, free postage, absolutely free, "
        "completely free, totally free, 100 free, get it free, buy one get one, "
        "at no cost, at no charge, no cost to you, no strings attached, costs nothing",
    ),
)


def ensure_lexicon() -> None:
    """Write the first lexicon into a shop that has none; what staff made of theirs stays. A step."""
    current = require_transaction()
    if current.scalar(sa.select(ClaimCategory.id).limit(1)) is not None:
        return
    for position, written in enumerate(LEXICON):
        row = {"code": written.code, "title": written.title, "disclaimer": written.disclaimer}
        if not insert_ignore(ClaimCategory, row | {"position": position, "is_on": True}, unique=("code",)):
            continue
        made = current.scalars(sa.select(ClaimCategory.id).where(ClaimCategory.code == written.code)).one()
        current.execute(
            sa.insert(ClaimPhrase), [row | {"category_id": made, "is_on": True} for row in _rows(written)]
        )
    look_again_later()


def _rows(written: Written) -> list[dict[str, object]]:
    """The phrases of a category, folded, each once."""
    kinds_of = (
        (written.forms, Endings.FORMS, False),
        (written.exact, Endings.EXACT, False),
        (written.begins, Endings.BEGINS, False),
        (written.harmless, Endings.EXACT, True),
    )
    found = {
        folded(text): {"endings": endings, "is_harmless": harmless}
        for texts, endings, harmless in kinds_of
        for text in texts.split(",")
        if text.strip()
    }
    return [{"text": text} | rules for text, rules in found.items()]


def look_again_later(only: str = "") -> None:
    """Let every text there is be marked anew, or those of one kind, by jobs. A step."""
    for kind, how in kinds().items():
        if only in {"", kind} and how.after(0, 1):
            jobs.enqueue(LOOK_JOB, {"kind": kind, "after": 0})


def ensure_read() -> None:
    """Let every text be marked anew that an older release may have read otherwise; a second run soon after is none.
    A step."""
    for kind, how in kinds().items():
        if how.after(0, 1):
            jobs.enqueue(LOOK_JOB, {"kind": kind, "after": 0}, key=f"{LOOK_JOB}:{READING}:{kind}")


def code_of(title: str) -> str:
    """What a category is called for good, whatever its title becomes."""
    return re.sub(r"[^\w]+", "_", folded(title)).strip("_")[:40]
