"""The demo shop's pages that stand alone: who it is, and how to reach it.

Knows words; refuses to know where they are shown.
"""

from storefront.content.texts import PostTexts

PAGES: tuple[PostTexts, ...] = (
    PostTexts(
        title="About us",
        slug="about",
        summary="Four people, one old dairy, and more mushrooms than anybody can eat.",
        body="""\
Cap & Kettle began with one shelf of oyster mushrooms and a borrowed kettle. The shelf became a room, the room
became the old dairy in the Saalestraße, and the kettle was never given back.

## Who we are

**Iris** began all of it and still opens the post. **Ewa** fills the blocks on Mondays and walks past them on all
other days. **Luca** looks after the journal and the teapots. **Jonas** packs what you order, and tastes the tea
before it goes.

## How we work

We grow on beech from the forest next door and on bran from the mill. We buy our leaf from people whose gardens
we have seen. What we would not use ourselves is not on the shelf.

What we write in the journal, we write ourselves. When a post shows something of ours, it says so.

## This is a demo

The shop, its people and its orders are invented, so that you can try everything. No money moves.
""",
    ),
    PostTexts(
        title="Contact",
        slug="contact",
        summary="Write to us: one of us reads it, usually the same day.",
        body="""\
If it is about an order, its number helps us to find it. If it is about a block that does nothing, tell us how
warm it stands and since when; on day two the answer is always the same: wait.
""",
    ),
)
