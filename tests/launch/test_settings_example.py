"""The example of all settings says what the settings themselves say.

Knows `.env.example` and `storefront.config`.
"""

import re
from dataclasses import fields

from launch.environment import ROOT
from storefront.config import Settings, environment_name


def test_the_example_names_every_setting_with_its_unit_and_default() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    expected = []
    for each in fields(Settings):
        default, name = each.metadata["default"], environment_name(each.name)
        line = f"{name}=" if default is None else f"#{name}={default}"
        expected.append((f"# {each.metadata['doc']} ({each.metadata['unit']})", line))

    found = re.findall(r"^(# .+)\n(#?STOREFRONT_\w+=.*)$", text, re.MULTILINE)

    assert found == expected
