"""A picture's file and the smaller ones made of it, by their names.

Knows which widths and formats there are; refuses to know who asks for them.
"""

from storefront.pictures.door import Taken, take
from storefront.pictures.storage import new_name, storage

# In pixels: a card on a telephone, the same on a sharp screen, a gallery, the same on a sharp screen.
WIDTHS = (320, 640, 960, 1280)


def keep(content: bytes) -> tuple[str, Taken]:
    """Take a picture through the door and save it; its new name, and what was taken. Raises BadPicture."""
    taken = take(content)
    name = new_name(taken.suffix)
    storage().save(name, taken.content)
    return name, taken


def make_sizes(name: str, width: int) -> tuple[int, ...]:
    """Make every smaller file of the picture `name`, `width` pixels wide; the widths. May be run again.

    Raises FileNotFoundError where the picture is not there.
    """
    from storefront.pictures.darkroom import resized

    place, widths = storage(), widths_of(width)
    with place.open(name) as file:
        content = file.read()
    for made, suffix, smaller in resized(content, widths, ("webp", plain_suffix(name))):
        place.save(sized_name(name, made, suffix), smaller)
    return widths


def forget(name: str, width: int) -> None:
    """Delete a picture and all that was made of it. May be run again."""
    place = storage()
    for made in widths_of(width):
        for suffix in ("webp", plain_suffix(name)):
            place.delete(sized_name(name, made, suffix))
    place.delete(name)


def widths_of(width: int) -> tuple[int, ...]:
    """The widths made of a picture of `width` pixels: none is larger than itself."""
    smaller = tuple(each for each in WIDTHS if each < width)
    return (*smaller, width) if width <= WIDTHS[-1] else smaller


def sized_name(name: str, width: int, suffix: str) -> str:
    """The name (or the address) of a smaller file: `k.jpg` is `k-640.webp` in 640 px and WebP."""
    return f"{name.rpartition('.')[0]}-{width}.{suffix}"


def plain_suffix(name: str) -> str:
    """The format for mails and old browsers: the picture's own; JPEG for a WebP."""
    suffix = name.rpartition(".")[2]
    return "jpg" if suffix == "webp" else suffix
