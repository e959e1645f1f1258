"""Forms of staff pages, sent as a browser sends them.

Knows tokens and fields as they stand on a page; refuses to know what a page is for.
"""

import html
import re
from typing import Any

from werkzeug.test import TestResponse

from tests.client import ShopClient


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page: token, key, what was seen."""
    found: dict[str, str] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            found.setdefault(name[1], html.unescape(value[1]))
    return found


def fields(page: str) -> dict[str, str]:
    """The text fields of a page with what stands in them, and its hidden ones."""
    found = hidden(page)
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        if not name or (kind and kind[1] in {"hidden", "file", "submit"}):
            continue
        if kind and kind[1] in {"checkbox", "radio"}:
            if " checked" in tag:
                found[name[1]] = html.unescape(value[1]) if value else "y"
            continue
        found.setdefault(name[1], html.unescape(value[1]) if value else "")
    for name_, inner in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found[name_] = html.unescape(inner).strip()
    for name_, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', inner)
        found[name_] = html.unescape(chosen[1]) if chosen else ""
    return found


def send(client: ShopClient, page: str, to: str = "", **changed: Any) -> TestResponse:
    """Open `page`, change some of its form, and send it there or to another address."""
    opened = client.get(page)
    assert opened.status_code == 200, opened.text
    return client.post(to or page, data=fields(opened.text) | changed)


def press(client: ShopClient, page: str, to: str, what: str) -> TestResponse:
    """Press a button of a page that does one thing at once."""
    return client.post(to, data={"csrf_token": hidden(client.get(page).text)["csrf_token"], "to": what})
