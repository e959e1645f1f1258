"""What people type, made fit to be kept and to be shown.

Knows characters, links and names that look alike; refuses to know who writes.
"""

import re
import unicodedata

from markupsafe import Markup, escape

MOST_NAME, MOST_TEXT = 80, 5000
# More signs upon one letter than any language writes.
_TOWERS = re.compile(r"([̀-ͯ҃-҉᪰-᫿᷀-᷿⃐-⃿︠-︯]{3})[̀-ͯ҃-҉᪰-᫿᷀-᷿⃐-⃿︠-︯]+")
_LINK = re.compile(r"https?://[^\s<>\"'`\\^{|}]+", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|\bwww\.|\[url|<a\s", re.IGNORECASE)
_NO_END = ".,;:!?)]}»”’…"
# Joins of emoji and of Persian and Indian scripts.
_JOINERS = "\u200c\u200d"
# Letters of other scripts, and digits, that look like Latin ones (Unicode Technical Standard 39, the common part).
_LIKE = str.maketrans(
    "аᴀӓеёєорсухіїјѕԁԛԝһкмтвнгзпиуαβεηικνορτυχωγо013457!|łøđıℓ"
    # Small capitals, Armenian, Cherokee, signs, Lisu.
    "ɑɩɡʙᴄᴅᴇꜰɢʜᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢօոսհյցʋѵԍլᏟᎠᎬᏀᎻᏆᎫᏦᏞᎷᏢᏚᎢᏙᎳᏃᏒᎪᏴ@$€8"
    "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ",
    "aaaeeeopcyxiijsdqwhkmtbhr3nuyabenikvoptuxwyool345tlllodil"
    "aigbcdefghjklmnoprstuvwyzonuhjgvvgicdeghijklmpstvwzrabaseb"
    "abcdefghijklmnoprstuvwxyz",
)


def clean_name(text: str) -> str:
    """A name on one line, without what turns, hides or piles up letters."""
    return " ".join(_plain(text).split())[: MOST_NAME + 1]


def clean_text(text: str) -> str:
    """A text with its paragraphs, without what turns, hides or piles up letters."""
    lines = [line.rstrip() for line in _plain(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _plain(text: str) -> str:
    kept = "".join(
        sign
        for sign in unicodedata.normalize("NFC", text[: 4 * MOST_TEXT])
        if sign in "\n" + _JOINERS or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return _TOWERS.sub(r"\1", kept)


def links_in(text: str) -> int:
    """How many links a text has, those included that are not shown as links."""
    return len(_ADDRESS.findall(text))


def shown(text: str) -> Markup:
    """The text as HTML: paragraphs, lines, and its links, which no search engine counts for anybody."""
    paragraphs = [each for each in re.split(r"\n{2,}", text) if each.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(_linked(each)) for each in paragraphs)


def _linked(paragraph: str) -> Markup:
    made, place = Markup(""), 0
    for found in _LINK.finditer(paragraph):
        address = found[0].rstrip(_NO_END)
        made += escape(paragraph[place : found.start()])
        made += Markup('<a href="{}" rel="ugc nofollow noopener">{}</a>').format(address, address)
        place = found.start() + len(address)
    made += escape(paragraph[place:])
    return Markup(made.replace("\n", Markup("<br>")))


def outline(name: str) -> str:
    """The same for names that look alike: accents, capitals, spaces and letters of other scripts apart."""
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(sign)
    )
    letters = "".join(sign for sign in bare.translate(_LIKE) if sign.isalnum())
    return letters.replace("rn", "m").replace("vv", "w").replace("i", "l").replace("1", "l")
