"""What readers said beneath the demo's posts, and what became of it.

Knows words, names and when they were written; refuses to know how a comment is taken in.
"""

from dataclasses import dataclass

from storefront.comments.models import Verdict


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as it is written down, `days_ago`, on the post with the address `on`.

    `role` is that of somebody of the crew; `buys` wants somebody who bought what the post shows, and `name` is for
    where nobody has. `answers` is the `key` of another. Without a verdict it waits to be read.
    """

    on: str
    days_ago: float
    name: str
    text: str
    verdict: Verdict | None = Verdict.PUBLISH
    reason: str = ""
    key: str = ""
    answers: str = ""
    role: str = ""
    buys: bool = False
    is_trapped: bool = False

    @property
    def email(self) -> str:
        """The address they type; nobody ever gets mail at example.org."""
        words = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in self.name.casefold())
        return f"{'.'.join(words.split())}@example.org"


_COOLER, _CROP, _LOGS, _BROTH = (
    "brew-green-tea-cooler",
    "your-first-crop",
    "a-log-of-your-own",
    "a-broth-in-two-waters",
)
_MISTING, _MANE, _POTS = "how-to-mist", "reading-a-lions-mane", "one-pot-or-three"
_WATER, _DRYING, _STEMS = "it-is-mostly-water", "drying-what-you-cannot-eat", "roasting-stems"

_PEAS = (
    "I poured at seventy degrees for the first time this morning and it really does taste of peas,"
    " sweet and green, without any of the bitterness I was used to."
)
_OFFICE = (
    "At work there is only a machine that gives boiling water, so I fill the cup a third with cold water first"
    " and then it is about right."
)

REMARKS = (
    Remark(_COOLER, 314, "Hanna V.", "Regret! I have been drinking regret for ten years.", key="regret"),
    Remark(_COOLER, 313.5, "", "Welcome to the other side, Hanna.", answers="regret", role="content"),
    Remark(_COOLER, 310, "Paul W.", _PEAS, key="peas"),
    Remark(_COOLER, 302, "Ida S.", "Does this hold for jasmine as well?", key="jasmine"),
    Remark(
        _COOLER,
        301.4,
        "",
        "It does, a little higher: our pearls like 80 degrees and two minutes. They forgive 85.",
        answers="jasmine",
        role="catalogue",
    ),
    Remark(_COOLER, 300.8, "Ida S.", "Thank you, tried it, no going back.", answers="jasmine"),
    Remark(_COOLER, 262, "Emil R.", _OFFICE, key="office"),
    Remark(_COOLER, 190, "Greta W.", "Four grams is a lot for a cup. I use three, and am happy.", buys=True),
    Remark(_COOLER, 121, "Oskar B.", "I find 70 degrees simply lukewarm. Sorry, not for me.", key="lukewarm"),
    Remark(
        _COOLER,
        120.5,
        "",
        "That is a fair point: pour at 70, but into a warmed cup, then it stays warm longer than you would think.",
        answers="lukewarm",
        role="content",
    ),
    Remark(
        _COOLER, 64, "Theo K.", "Pouring from jug to cup to pot works. I measured: 71 degrees.", buys=True
    ),
    # The same words under another name, and once more from the same one.
    Remark(_COOLER, 2.1, "Sabine L.", _PEAS, verdict=None),
    Remark(_COOLER, 1.4, "Emil R.", _OFFICE.replace("about right", "just right"), verdict=None),
    Remark(
        _COOLER,
        0.6,
        "Johanna M.",
        "Which kettle do you use yourselves? Mine only knows boiling and off.",
        verdict=None,
    ),
    Remark(_CROP, 351, "Clara D.", "Day two, nothing. Thank you for this post.", key="two"),
    Remark(_CROP, 344, "Clara D.", "Day nine: supper for three!", answers="two"),
    Remark(_CROP, 330, "Tomasz K.", "Ours came on day eleven, but our kitchen is cool.", buys=True),
    Remark(_CROP, 215, "Noor H.", "Can I crumble the old block into the flower bed?", key="bed"),
    Remark(
        _CROP,
        214.6,
        "",
        "Please do. Bury it two fingers deep in the shade, and look at it after rain.",
        answers="bed",
        role="support",
    ),
    Remark(
        _CROP,
        140,
        "Best Kits Ever",
        "We sell the same for half. Look for our shop.",
        Verdict.REJECT,
        reason="advert",
    ),
    Remark(_CROP, 5.2, "Milan P.", "The second crop had only four caps. Is the block spent?", verdict=None),
    Remark(_MISTING, 279, "Anton F.", "So it was rain that I made. Poor thing.", key="rain"),
    Remark(_MISTING, 278.5, "", "It happens to all of us once.", answers="rain", role="catalogue"),
    Remark(_MISTING, 204, "Marta N.", "The damp cloth saved mine over Easter.", buys=True),
    Remark(
        _MISTING,
        98,
        "Winner Desk",
        "You have been chosen, claim the prize today and tell nobody of it.",
        None,
        is_trapped=True,
    ),
    Remark(
        _MANE, 168, "Lina J.", "Mine looked like coral. I opened the window and it came round.", buys=True
    ),
    Remark(_MANE, 150, "Samuel O.", "I let it go for the photograph. Once.", key="photo"),
    Remark(
        _MANE, 149.5, "", "Everybody does. I have two of those photographs.", answers="photo", role="owner"
    ),
    Remark(
        _MANE,
        77,
        "Iris Weller",
        "Write to me about a rebate on all kits, only this week.",
        Verdict.REJECT,
        reason="false_name",
    ),
    Remark(_LOGS, 73, "Pavel N.", "Does cherry wood work? We had to fell one.", key="cherry"),
    Remark(
        _LOGS,
        72.4,
        "",
        "It does, though not for as many years as oak. Keep the bark whole.",
        answers="cherry",
        role="catalogue",
    ),
    Remark(_LOGS, 41, "Frieda H.", "Ours stands behind the bicycle shed and has white rings at both ends."),
    Remark(
        _LOGS, 20, "Rolf T.", "What a stupid hobby, and you are stupid too.", Verdict.REJECT, reason="abuse"
    ),
    Remark(_POTS, 118, "Agnes M.", "It is the lower side of the lip. I tried both.", key="lip"),
    Remark(_POTS, 117.5, "", "Agnes has settled it.", answers="lip", role="content"),
    Remark(_POTS, 60, "Yusuf A.", "I miss a word about how heavy a pot is when it is full.", buys=True),
    Remark(_POTS, 33, "Cheap Loans", "Quick money for everybody, no questions are asked.", Verdict.SPAM),
    Remark(_WATER, 236, "Sofia C.", "We did the test with six people. Five of them tasted it, one slept."),
    Remark(_WATER, 101, "Jonas E.", "Strasbourg, 20 degrees of hardness. The jug filter was worth it."),
    Remark(
        _WATER, 52, "Kai U.", "Does anybody know a good dentist in Halle?", Verdict.REJECT, reason="off_topic"
    ),
    Remark(_DRYING, 203, "Luca F.", "The string works above our tiled stove, two days."),
    Remark(_DRYING, 88, "Elif Y.", "What about freezing them?", key="freeze"),
    Remark(
        _DRYING,
        87.6,
        "",
        "Fry them first, then freeze them flat in a bag. Raw ones come out as sponges.",
        answers="freeze",
        role="owner",
    ),
    Remark(
        _STEMS, 36, "Greta B.", "Rice in the rest of the pot: yes. My children asked for it again.", buys=True
    ),
    Remark(_STEMS, 3.3, "Milan D.", "How long does an open bag keep its smell?", verdict=None),
    Remark(_BROTH, 8, "Johanna S.", "Did it overnight, as told. I would not have believed it.", buys=True),
    Remark(_BROTH, 6.1, "Theo W.", "Tea cubes in the lemonade. It was us. It was good.", key="cubes"),
    Remark(
        _BROTH,
        5.7,
        "",
        "We shall put it on the list of things we meant to do.",
        answers="cubes",
        role="owner",
    ),
    Remark(
        _CROP, 48, "Birte L.", "Ours sat next to the kettle and did nothing until we moved it.", key="kettle"
    ),
    Remark(_CROP, 47.6, "", "Steam is not mist, though it looks alike.", answers="kettle", role="content"),
    Remark(_CROP, 21, "Oskar J.", "Nine days from the first pin to the pan. I had said ten."),
    Remark(_MISTING, 63, "Camille R.", "A plant sprayer from the cellar does very well, once it is rinsed."),
    Remark(_MISTING, 29, "Sven P.", "Mornings and evenings, and a lid of baking paper over noon.", key="lid"),
    Remark(
        _MISTING, 28.8, "", "The baking paper is new to us. Thank you, Sven.", answers="lid", role="content"
    ),
    Remark(_WATER, 44, "Ruth K.", "I boil ours twice and let it stand. It helps a little, not much."),
    Remark(_DRYING, 39, "Emil G.", "On the radiator, in a tea towel, in January. Three days."),
    Remark(
        _LOGS, 16, "Hedda Z.", "Two years of nothing, and then eleven on one morning. Do not throw it away."
    ),
    Remark(_MANE, 58, "Tomasz B.", "Mine had teeth as long as my thumbnail and still tasted fine."),
    Remark(_POTS, 24, "Nora I.", "One pot for three of us, and nobody has complained yet."),
    Remark(_STEMS, 12, "Arne F.", "Crushed with salt, on potatoes. That is all I came to say."),
)
