"""docs/settings.md and the settings themselves say the same."""

import re
from dataclasses import fields

from storefront.config import ROOT, Settings, environment_name

ROW = re.compile(r"\| `(STOREFRONT_\w+)` \| (.+) \| (.+) \| (.+) \|")


def test_every_setting_is_documented_with_its_unit_and_default() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = [row.groups() for row in map(ROW.fullmatch, text.splitlines()) if row]

    wanted = []
    for each in fields(Settings):
        told = each.metadata
        default = {None: "none: must be set", "": "empty"}.get(told["default"], f"`{told['default']}`")
        wanted.append((environment_name(each.name), told["doc"], told["unit"], default))
    assert documented == wanted
