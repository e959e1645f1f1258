"""Scripts as people have tried to get them into pages: each calls `ran()`.

Knows ways of writing them; refuses to know where they are tried.
"""

_SCRIPTS = (
    "<script>ran()</script>",
    "<ScRiPt/x>ran()</sCrIpT>",
    "<img src=x onerror=ran()>",
    "<img/src='x'/onerror='ran()'>",
    "<svg onload=ran()>",
    "<svg><script>ran()</script></svg>",
    "<svg><animate onbegin=ran() attributeName=x dur=1s>",
    "<body onload=ran()>",
    "<iframe srcdoc='<script>parent.ran()</script>'>",
    "<iframe src=javascript:parent.ran()>",
    "<object data=javascript:ran()>",
    "<embed src=javascript:ran()>",
    "<a href=javascript:ran() autofocus onfocus=ran()>x</a>",
    "<details open ontoggle=ran()>",
    "<video><source onerror=ran()></video>",
    "<audio src=x onerror=ran()>",
    "<input autofocus onfocus=ran()>",
    "<select autofocus onfocus=ran()>",
    "<marquee onstart=ran()>x</marquee>",
    "<math><mtext><table><mglyph><style><img src=x onerror=ran()>",
    "<form><button formaction=javascript:ran()>x</button></form>",
    "<meta http-equiv=refresh content='0;url=javascript:ran()'>",
    "<style onload=ran()></style>",
    "<noscript><p title='</noscript><img src=x onerror=ran()>'>",
)
# What would end the place that the text stands in.
_BEFORE = ("", '">', "' ", "</textarea>", "</script>", "-->")
_MARKDOWN = (
    "[x](javascript:ran())",
    "[x](&#106;avascript:ran())",
    "[x](java\tscript:ran())",
    "[x](vbscript:ran())",
    "[x](data:text/html,<script>ran()</script>)",
    "![x](javascript:ran())",
    '![x" onerror="ran()](/pictures/0123456789abcdef.jpg)',
    '[x](http://a "\' onmouseover=ran() ")',
    "<javascript:ran()>",
    "`</code><script>ran()</script>`",
    "```<img src=x onerror=ran()>\n</code></pre><script>ran()</script>\n```",
)

PAYLOADS = tuple(before + script for before in _BEFORE for script in _SCRIPTS) + _MARKDOWN
