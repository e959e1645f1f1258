"""Files of pictures are whole or absent, and no name leads out of their folder."""

import os
from pathlib import Path

import pytest

from storefront.pictures.sizes import sized_name
from storefront.pictures.storage import LocalFiles, is_name, new_name

NAME = "0123456789abcdef.webp"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "teapot.webp",
        "../0123456789abcdef.webp",
        "0123456789abcdef.webp/..",
        "0123456789abcdef.svg",
        "0123456789abcdef.html",
        "0123456789ABCDEF.webp",
        "0123456789abcdef.webp\n",
        "0123456789abcdef-.webp",
        "0123456789abcdef-640.webp.exe",
        "٠١٢٣٤٥٦٧٨٩abcdef.webp",
        "0123456789abcdef-٦٤٠.webp",
    ],
)
def test_no_name_but_ours_reaches_a_file(name: str, tmp_path: Path) -> None:
    place = LocalFiles(tmp_path)

    assert not is_name(name)
    for use in (place.open, place.delete, lambda each: place.save(each, b"x")):
        with pytest.raises(ValueError, match="no picture is called"):
            use(name)
    assert list(tmp_path.iterdir()) == []


def test_a_new_name_is_one_of_ours_and_never_the_same() -> None:
    names = {new_name("jpg") for _ in range(100)}

    assert len(names) == 100
    assert all(is_name(name) and is_name(sized_name(name, 640, "webp")) for name in names)


def test_what_is_saved_is_there_until_it_is_deleted(tmp_path: Path) -> None:
    place = LocalFiles(tmp_path)

    place.save(NAME, b"first")
    place.save(NAME, b"second")

    with place.open(NAME) as file:
        assert file.read() == b"second"
    place.delete(NAME)
    place.delete(NAME)
    with pytest.raises(FileNotFoundError):
        place.open(NAME)


def test_a_full_disk_leaves_what_stood_and_no_half_of_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = LocalFiles(tmp_path)
    place.save(NAME, b"first")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        place.save(NAME, b"second")

    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [b"first"]
