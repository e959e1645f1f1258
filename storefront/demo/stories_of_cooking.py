"""The journal's posts about what becomes of a crop in the kitchen.

Knows words and when they were written; refuses to know how they are shown.
"""

from storefront.demo.shelf import COVER_SIZE, Article, Picture

DRYING = Article(
    slug="drying-what-you-cannot-eat",
    title="Drying what you cannot eat",
    summary="A good week brings more mushrooms than suppers. A string, an oven and a jar take care of the rest.",
    author="owner",
    tags=("Cooking", "Keeping"),
    days_ago=205,
    cover=Picture(
        "cover-dry.webp",
        "Two shiitake hanging on a string, and a jar of dried mushrooms",
        COVER_SIZE,
    ),
    body="""\
There comes a Thursday on which nobody in the house wants mushrooms. The kit does not know that. This is the
evening for drying, which is less work than finding a neighbour who has not been given any yet.

## What dries well

Shiitake above all: they taste of more when they were dried than when they were fresh. Oysters do well and
come back a little chewy. Lion’s mane dries light as cork, and is for grinding rather than for frying.

Slices that lie in the noon sun for an hour first make vitamin D as skin does. That people take it up from mushrooms
was clinically tested; how much there is in yours nobody has measured, and neither have we.

{{ product: dried-shiitake }}

## Prepare

Brush them; do not wash them. Cut off the stems of shiitake, which stay hard, and keep them for broth. Slice
what is thicker than a finger. Slices of five millimetres are right, and the same thickness for all matters
more than which one: otherwise the thin ones are dust by the time the thick ones are leather.

## Three ways

**By the oven.** Lay them on a rack in one layer, at 50 degrees with the fan on, with a wooden spoon in the
door so that the steam gets out. It takes four to eight hours. Turn them once.

**In a dehydrator.** Likewise 50 degrees, likewise one layer, and you can go to bed.

**On a string.** Through the stems, a finger apart, in a dry and airy room near the stove. It takes days and
depends on the weather. If it rains all week, finish them in the oven.

They are done when they break. If they bend, there is water in them, and what is put into a jar with water
in it will be mould in a fortnight.

## Keep

A jar that closes, in the dark. Look at it after a week: if there is a mist on the glass, dry them once
more. They keep for a year. Crumbs and broken slices go through the mill with coarse salt, about one part to
three.

{{ product: mushroom-salt }}

When you want them back, soak them in cold water in the fridge overnight. Never throw that water away. That
is where Thursday went.
""",
)

BROTH = Article(
    slug="a-broth-in-two-waters",
    title="A broth in two waters",
    summary="Cold first, then hot, but never boiling: a clear mushroom broth that needs no bones and no cube.",
    author="owner",
    tags=("Cooking", "Shiitake"),
    days_ago=9,
    cover=Picture(
        "cover-broth.webp",
        "A dark bowl of steaming broth on a wooden tray, and a handful of dried stems",
        COVER_SIZE,
    ),
    body="""\
My grandmother made broth from what was left, and I make it from what was left on purpose. It takes a night
and half an hour, and the night does not need you.

{{ product: dried-shiitake }}

## The first water

Put twelve grams of dried shiitake, which is four or five caps, into 600 millilitres of cold water. Cover
them, and leave them in the fridge overnight. In warm water it would be quicker, and you would get the
colour without the depth: what makes a dried mushroom taste savoury forms while it soaks slowly in the cold
and then is warmed.

## The second water

Lift the caps out, press them a little, and pour the water through a cloth, because there is always some
sand. Warm it with the white of a leek, a slice of ginger and the stems you kept, to about 80 degrees:
steam, small bubbles at the edge, and nothing that rolls. Keep it there for thirty minutes. A broth that has
boiled is cloudy, and it tastes of boiling.

Salt it at the end, by the half spoon. A dash of soy does the rest. If it tastes thin, warm it for longer
without the lid before you add more salt.

## What goes in

Slice the soaked caps and let them simmer in it. Then noodles, or a handful of spinach, or an egg that you
let slide in with the heat off. Torn oysters, fried until their edges are brown, belong on top and not in
it, so that they stay crisp.

## When there was no night

It happens, most of all on Tuesdays. Then a heaped spoon of powder in a mug of hot water is an honest
supper, and a slice of bread with butter makes it two courses.

{{ product: broth-powder }}

It keeps for three days in the fridge, and for three months in the freezer: in the tray for ice cubes, so
that you can take out just as much as a sauce is asking for. Write on the bag what it is. Frozen broth and
frozen tea look alike, and one of them is a surprise in a lemonade.
""",
)

SMOKED = Article(
    slug="oysters-in-smoked-tea",
    title="Oysters in smoked tea",
    summary="A marinade of black tea, soy and honey, one night in the fridge, and a very hot pan.",
    author="content",
    tags=("Cooking", "Oysters"),
    days_ago=2,
    cover=Picture(
        "cover-pan.webp",
        "Grey and pink oyster mushrooms with leaves in a dark pan, and a small knife",
        COVER_SIZE,
    ),
    is_draft=True,
    body="""\
This began as a mistake. Somebody, and it was me, put a pot of smoked tea into the fridge beside a bowl of
oysters, and somebody else used the wrong jug. We have made it on purpose ever since: it
is the best supper of our week.

{{ product: smoked-black }}

## For four, beside rice

- 500 grams of oyster mushrooms
- 2 heaped spoons of smoked black tea
- 4 spoons of soy sauce
- 1 spoon of honey
- 1 spoon of cider vinegar
- oil for the pan

## The evening before

Brew the tea with 250 millilitres of boiling water and let it stand for five minutes, longer than you would
drink it. Strain it. Stir in the soy, the honey and the vinegar while it is warm, and let it cool.

{{ product: forest-honey }}

Tear the mushrooms by hand along their fibres into strips as wide as a thumb. Cut edges are smooth and stay
pale; torn ones are ragged and brown. Put them into a box, pour the marinade over them, close it, shake it,
and give it a night in the fridge. Turn it over once when you pass by.

## The day itself

Lift them out and press them well between two plates. Keep what runs off. Heat a heavy pan until a drop of
water dances on it, add the oil, and fry the mushrooms in two or three goes, so that they lie side by side.
Do not stir. They need three minutes on the first side to get a crust, and two on the other.

Then all of them go back in with half a cup of the marinade, which boils down to a glaze in about a minute.
Take the pan off before the honey catches.

## What we are not sure of yet

Whether sesame belongs on it. I say yes. Ewa says that it covers up the smoke, and that I put sesame on
everything. We shall cook it twice more, and then this goes out.
""",
)

COOKING = (DRYING, BROTH, SMOKED)
