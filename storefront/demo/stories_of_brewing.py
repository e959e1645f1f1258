"""The journal's posts about brewing tea.

Knows words and when they were written; refuses to know how they are shown.
"""

from storefront.demo.shelf import COVER_SIZE, Article, Picture

COOLER = Article(
    slug="brew-green-tea-cooler",
    title="Brew green tea cooler than you think",
    summary="If your green tea is bitter, it is most likely not the tea. It is twenty degrees.",
    author="content",
    tags=("Brewing", "Green tea"),
    days_ago=315,
    cover=Picture(
        "cover-cool.webp",
        "A green tin of tea, a white bowl of tea and a twig with leaves",
        COVER_SIZE,
    ),
    body="""\
A man at the market told me that he does not like green tea because it tastes of spinach and regret. I asked
how he made it. He boiled the kettle, he said, and poured. I would taste of regret, too.

{{ product: steamed-green }}

## What heat does

What is sweet and savoury in a green leaf dissolves at almost any temperature. What is bitter and makes your
tongue feel like felt dissolves much better in hot water than in warm. So the hotter you pour, the more of
the second you get on top of the first. Black tea can carry that, and milk was invented for it. A steamed
green cannot.

## The numbers

For a steamed green: 70 degrees, four grams to 300 millilitres, one minute. Pour all of it off, and pour
again: the second cup needs twenty seconds, because the leaf is open now. A third is often good, at 80
degrees.

For a rolled or pan-fired green: 75 to 80 degrees, two minutes.

## Without a thermometer

Boiling water loses about ten degrees each time it is poured into a cold vessel. Kettle to jug, jug to cup,
cup to pot: there you are, at about 70. You have warmed the cup besides. In a heavy cold bowl it loses more,
in a thin glass less, so measure once with your own things and then trust them.

{{ product: pouring-kettle }}

Or mix: pour three parts of boiling water onto one part and a half of cold. It is not elegant, and it works
in an office.

## Mend a bitter cup

If it has happened, take the leaf out at once, thin the tea with warm water, and next time change one thing
only. Cooler first; shorter second; less leaf last. People begin with less leaf, and then they have a cup
that is thin as well as bitter.

The man from the market came back in spring. He has bought a tin since, and he says that it tastes of peas.
We are getting somewhere.
""",
)

WATER = Article(
    slug="it-is-mostly-water",
    title="It is mostly water",
    summary="Hard, soft, filtered, bottled: what to do about the ninety-nine parts of a cup that are not leaf.",
    author="content",
    tags=("Brewing", "Water"),
    days_ago=240,
    cover=Picture(
        "cover-water.webp",
        "A glass jug of tea and a blue bowl",
        COVER_SIZE,
    ),
    body="""\
In Halle the water is hard. You can see it in the kettle, and you can see it on the tea: a thin brown film
that breaks like ice when you move the cup. It is harmless. It is also where a good part of the flavour
went.

## What hard water does

Lime takes the edge off everything. A bright tea becomes dull, a flowery one becomes polite. With a strong
breakfast tea that may be just what you want, and those blends were once made for the water of their towns.

{{ product: breakfast-black }}

With an oolong or a white tea it is a pity. The scent is there when you open the tin, and it does not arrive
in the cup.

## What to do

Look up how hard your water is: the waterworks say so on their pages. Below about eight German degrees do
nothing at all. Above fourteen, a simple jug filter makes more difference than a better tea would. Change
its cartridge when it says so, and keep the jug in the fridge.

Bottled water works if it is still and has few minerals. Read the label: a dry residue of under 150
milligrams a litre is what you are looking for. Distilled water is the other mistake. With nothing in it at
all, tea tastes flat and a little of tin.

## Boil it once

Fill the kettle fresh and bring it to the boil once. Whether water that was boiled twice tastes worse is a
question on which the two of us in the shop have not agreed in four years. What is certain is that water
which stood in the kettle since yesterday tastes of kettle.

## A test for an afternoon

Take a light tea, and brew it twice in the same minute, in two cups: one with water from the tap, one with
the filter or the bottle. Do not say which is which, and ask somebody else.

{{ product: mountain-oolong }}

If you taste no difference, be glad. You live in the right town, and have just saved the price of a filter.
""",
)

TEAPOTS = Article(
    slug="one-pot-or-three",
    title="One pot or three?",
    summary="Stoneware, glass or none at all: which pot suits which leaf, and why the small one is used most.",
    author="content",
    tags=("Brewing", "Tools"),
    days_ago=120,
    cover=Picture(
        "cover-pots.webp",
        "A large blue teapot, a small red one and a steaming cup",
        COVER_SIZE,
    ),
    body="""\
I own eleven teapots, which is a confession and not advice. Of these I use three. If the others were to fall
off their shelf tonight, I would sleep through it.

## The small stoneware one

{{ product: blue-stoneware-pot }}

Thick walls hold heat, and heat is what a dark oolong, a black tea or an aged cake is asking for. Warm the
pot first: pour in hot water, count to twenty, pour it out. A cold stoneware pot takes ten degrees from the
water before the leaf has seen any of it.

Small is good. A pot of 300 millilitres is empty while the tea is still hot, and you fill it again; a litre
of tea that stands on its leaves is drinkable for exactly one of its four cups.

## The glass one

{{ product: glass-server }}

Glass loses heat quickly, so it is kind to green and white leaf. And you see what happens: how the pearls
open, how dark it gets, when to stop. I learnt more from one week with a glass pot than from a book about
tea, and I like books.

## No pot

A cup with a deep strainer is a teapot with nothing to wash. Take a strainer that reaches down almost to the
bottom and is wide enough for the leaf to swim. The little tongs in the shape of a house are charming, and
the leaf in them never gets wet in the middle.

{{ product: deep-strainer }}

## How to keep them

Rinse with hot water, let them dry with the lid off, and leave it at that. Soap is no crime in glass or
glaze; rinse it well. In an unglazed pot it stays, and so does the jasmine that you made in it once: keep an
unglazed pot for one kind of tea.

A spout that drips is cured by rubbing a trace of butter beneath its lip. Everybody laughs at this, and then
they ask again whether it was the upper or the lower side.
""",
)

STEMS = Article(
    slug="roasting-stems",
    title="Roasting stems, and the smell of the street",
    summary="What is left when the fine leaf has been picked makes the tea we drink after supper.",
    author="owner",
    tags=("Brewing", "Roasting"),
    days_ago=38,
    cover=Picture(
        "cover-stems.webp",
        "A kettle, a red bag of roasted tea and a steaming cup",
        COVER_SIZE,
    ),
    body="""\
On roasting days the people from the bicycle shop come over and ask what we are baking. It is stems. They
stay anyway.

When tea is sorted, the fine leaf goes one way, and what is left goes another: stems, veins, the odd broad
leaf. Unroasted it makes a pale, sweet, rather shy tea. Roasted it makes something that smells of bread
crust, hazelnuts and a little of the cinema.

{{ product: roasted-stem-tea }}

## How it is done

A drum, a fire of charcoal, and somebody who does not answer the telephone. The stems go in dry and cold.
For some minutes nothing happens, then it smells of hay, then of toast, and then there are about thirty
seconds that matter. Out they come, onto a wide sieve, and are cooled with a fan, because they go on
roasting by themselves as long as they are hot.

## In your own pan

You can freshen a tin that has stood open for too long. Take a heavy pan without any fat, warm it over a low
flame, put in two spoons of stems and keep them moving. After two or three minutes the smell comes back.
Take it off a moment before you think it is ready, and tip it onto a cold plate. This works with any roasted
tea. It does not work with a green one, but then you have a roasted one.

## How to brew it

It is hard to spoil. A heaped spoon to a cup, water off the boil, two minutes or ten. A stem has less
caffeine than a leaf, which is why this is what stands on our own table after supper; how much less depends
on the picking, so find out for yourself how late is late for you.

Cold it is as good. Put three spoons into a litre of cold water, overnight in the fridge, and strain it in
the morning.

{{ product: travel-flask }}

And cook your rice in what is left in the pot. Do not tell anybody what it is until they have asked.
""",
)

BREWING = (COOLER, WATER, TEAPOTS, STEMS)
