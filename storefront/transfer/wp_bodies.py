"""What WordPress keeps as the text of a post becomes plain HTML: blocks without their comments, shortcodes resolved,
lines broken as its pages break them.

Knows how WordPress writes; refuses to decide what is harmless: whoever saves the HTML does. Every text is gone
through from its beginning to its end once, whatever is left open in it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape

_BLOCK = re.compile(r"\s{0,9}(/?)wp:([a-z][a-z0-9/-]{0,60})[^>]{0,20000}?(/?)$", re.DOTALL)
_SHORTCODE = re.compile(
    r"\[(\[?)(/?)([a-z][a-z0-9_-]{1,40})((?:[\s=][^\[\]]{0,2000})?)(\]?)\]", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"""([a-z0-9_-]{1,30})=(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))""", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'\[\]]{1,2000}", re.IGNORECASE)
_BARE = re.compile(
    r"(?m)^([ \t]*(?:<(?:p|div)\b[^<>]{0,200}>)?)(https?://[^\s<>\"']{1,2000})((?:</(?:p|div)>)?[ \t]*)$"
)
_PICTURE = re.compile(
    r"\s*((?:<a\b[^<>]{0,2000}>\s*)?<img\b[^<>]{0,2000}>(?:\s*</a>)?)(.*)", re.DOTALL | re.IGNORECASE
)
_IMG = re.compile(r"<img\b", re.IGNORECASE)
_PLAYER = re.compile(r"<(?:iframe|video|audio|embed|object)\b", re.IGNORECASE)
_EDGE = re.compile(
    r"</?(?:p|div|h[1-6]|ul|ol|li|dl|dt|dd|table|caption|thead|tbody|tfoot|tr|td|th|blockquote|pre|figure|figcaption"
    r"|hr|br|address|section|article|aside|header|footer|form|fieldset|details|summary|video|audio|iframe|script"
    r"|style|col|colgroup|option|select|nav|center)\b[^<>]{0,2000}>$",
    re.IGNORECASE,
)
_EDGE_FIRST = re.compile(_EDGE.pattern.removesuffix("$"), re.IGNORECASE)
_YOUTUBE = "https://www.youtube.com/watch?v="
_MEDIA = ("src", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm", "ogv", "flv", "wma", "wmv")
# Shown as a way to what they play or show.
_PLAYERS = {"audio", "video", "embed", "youtube", "vimeo", "wpvideo", "soundcloud"}
_PAIRED = {"caption", "wp_caption", "code", "sourcecode", "embed", "audio", "video", "playlist"}
_KNOWN = _PAIRED | _PLAYERS | {"gallery"}


@dataclass(slots=True)
class Attachments:
    """Pictures and other files of the export, by number and by the post they were added to."""

    by_id: dict[int, tuple[str, str]] = field(default_factory=dict)
    of_post: dict[int, list[int]] = field(default_factory=dict)

    def add(self, number: int, address: str, title: str, post_id: int) -> None:
        """Remember a file."""
        self.by_id[number] = (address, title)
        if post_id:
            self.of_post.setdefault(post_id, []).append(number)


def html_of(text: str, *, post_id: int, attachments: Attachments, remarks: Counter[str]) -> str:
    """The text as HTML; `remarks` is told what was read otherwise than it was written."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    made, has_blocks = _without_comments(text, remarks)
    made = "".join(piece if is_pre else _BARE.sub(_bare, piece) for piece, is_pre in _apart(made))
    made = _resolved(made, post_id, attachments, remarks)
    if not has_blocks:
        made = "".join(piece if is_pre else _broken(piece) for piece, is_pre in _apart(made))
    remarks["pictures"] += len(_IMG.findall(made))
    remarks["players"] += len(_PLAYER.findall(made))
    return made.strip()


def _without_comments(text: str, remarks: Counter[str]) -> tuple[str, bool]:
    """The text without comments, and whether it is made of blocks."""
    pieces: list[str] = []
    place, has_blocks = 0, False
    while (begin := text.find("<!--", place)) >= 0:
        end = text.find("-->", begin + 4)
        if end < 0:
            break
        said = text[begin + 4 : end]
        pieces.append(text[place:begin])
        place = end + 3
        block = _BLOCK.match(said.strip())
        if block is not None:
            has_blocks = True
            if block[3] and not block[1]:
                remarks[f"block {block[2]}"] += 1
        elif said.strip() == "nextpage":
            remarks["parts"] += 1
    pieces.append(text[place:])
    return "".join(pieces), has_blocks


def _apart(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces: outside and inside of `<pre>`."""
    lowered, place = text.lower(), 0
    if len(lowered) != len(text):
        # Some capital is two letters when small.
        lowered = text
    while (begin := lowered.find("<pre", place)) >= 0:
        end = lowered.find("</pre>", begin)
        if end < 0:
            break
        yield text[place:begin], False
        yield text[begin : end + 6], True
        place = end + 6
    yield text[place:], False


def _bare(found: re.Match[str]) -> str:
    """An address alone on its line, which WordPress shows as what is there."""
    address = unescape(found[2])
    return f"{found[1]}{_way(address)}{found[3]}"


def _way(address: str, words: str = "") -> str:
    return f'<a href="{escape(address)}">{escape(words or address)}</a>'


def _resolved(text: str, post_id: int, attachments: Attachments, remarks: Counter[str]) -> str:
    """The text with its shortcodes as HTML; those that nobody knows stay as they are."""
    pieces: list[str] = []
    place, lost = 0, set[str]()
    while (found := _SHORTCODE.search(text, place)) is not None:
        pieces.append(text[place : found.start()])
        place = found.end()
        name = found[3].lower()
        if found[1] and found[5]:
            pieces.append(found[0][1:-1])
            continue
        begun, ended = ("[" if found[1] else ""), ("]" if found[5] else "")
        if name not in _KNOWN:
            if "=" in found[4] or (found[2] and not begun):
                remarks[f"shortcode {name}"] += not found[2]
            pieces.append(found[0])
            continue
        content = ""
        if name in _PAIRED and not found[2] and name not in lost and not found[4].rstrip().endswith("/"):
            end = text.find(f"[/{found[3]}]", place)
            if end < 0:
                lost.add(name)
            else:
                content = text[place:end]
                place = end + len(found[3]) + 3
        if not found[2]:
            pieces.append(begun + _shown(name, found[4], content, post_id, attachments, remarks) + ended)
    pieces.append(text[place:])
    return "".join(pieces)


def _shown(
    name: str, said: str, content: str, post_id: int, attachments: Attachments, remarks: Counter[str]
) -> str:
    attributes = {
        each[1].lower(): unescape(each[2] or each[3] or each[4] or "") for each in _ATTRIBUTE.finditer(said)
    }
    if name in {"caption", "wp_caption"}:
        return _captioned(attributes.get("caption", ""), content)
    if name in {"code", "sourcecode"}:
        return f"<pre><code>{escape(unescape(content).strip(chr(10)), quote=False)}</code></pre>"
    if name in {"gallery", "playlist"}:
        return _gallery(attributes, post_id, attachments, remarks)
    remarks["players"] += 1
    return _player(name, said, attributes, content)


def _captioned(words: str, content: str) -> str:
    found = _PICTURE.match(content)
    if found is None:
        return content
    said = escape(words) if words else found[2].strip()
    below = f"<figcaption>{said}</figcaption>" if said else ""
    return f"<figure>{found[1]}{below}</figure>"


def _gallery(
    attributes: Mapping[str, str], post_id: int, attachments: Attachments, remarks: Counter[str]
) -> str:
    """The pictures that are named, or all that were added to the post."""
    named = attributes.get("ids") or attributes.get("include")
    numbers = (
        [int(each) for each in re.findall(r"[0-9]{1,18}", named)]
        if named
        else attachments.of_post.get(post_id, [])
    )
    found = [attachments.by_id[number] for number in numbers if number in attachments.by_id]
    remarks["missing"] += len(numbers) - len(found)
    lines = "".join(
        f'<li><img src="{escape(address)}" alt="{escape(title)}"></li>\n' for address, title in found
    )
    return f"\n<ul>\n{lines}</ul>\n" if lines else ""


def _player(name: str, said: str, attributes: Mapping[str, str], content: str) -> str:
    """A way to what would be played."""
    named = [attributes[each] for each in _MEDIA if _ADDRESS.fullmatch(attributes.get(each, ""))]
    addresses = [*named, *_ADDRESS.findall(unescape(content)), *_ADDRESS.findall(unescape(said))]
    if not addresses and (number := re.search(r"[\w-]{5,40}", said)):
        places = {"youtube": _YOUTUBE, "vimeo": "https://vimeo.com/"}
        addresses = [places[name] + number[0]] if name in places else []
    return f"\n\n{_way(addresses[0])}\n\n" if addresses else ""


def _broken(text: str) -> str:
    """The text with a break at the end of each line that no element begins or ends at."""
    lines = text.split("\n")
    made: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        ends, begins = line.rstrip(), following.lstrip()
        is_broken = ends and begins and not _ends_element(ends) and not _EDGE_FIRST.match(begins)
        made.append(f"{ends}<br>" if is_broken else line)
    return "\n".join(made)


def _ends_element(line: str) -> bool:
    begin = line.rfind("<", max(0, len(line) - 2_100))
    return begin >= 0 and _EDGE.match(line, begin) is not None
