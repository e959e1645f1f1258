"""The journal's posts about growing mushrooms at home.

Knows words and when they were written; refuses to know how they are shown.
"""

from storefront.demo.shelf import COVER_SIZE, Article, Picture

FIRST_CROP = Article(
    slug="your-first-crop",
    title="Your first crop of oysters, day by day",
    summary="What happens in the box, what you do about it, and what you can safely ignore.",
    author="catalogue",
    tags=("Growing", "Oysters"),
    days_ago=352,
    cover=Picture(
        "cover-crop.webp",
        "Grey oyster mushrooms growing out of a blue and brown box, a twig beside it",
        COVER_SIZE,
    ),
    body="""\
People write to us on day two. The box has been opened, the bag has been cut, and nothing has happened.
Nothing is exactly what should happen on day two. Here is the rest of the story, so that you can put the
kettle on instead.

{{ product: grey-oyster-kit }}

## Days one to three: nothing

The block is white because it is grown through, and it has all it needs but two things: fresh air and
moisture. The cut in the bag lets in the air. The moisture is your part. Spray the cut morning and evening,
so that it glistens and does not drip. A puddle in the bag helps nobody.

Stand the box where you can read a newspaper without a lamp, but where no sun falls on it. A kitchen at 18
degrees is perfect. The top of the fridge is too warm, and the sill above the radiator is a desert.

## Days four to six: pins

One morning there are grey dots in the cut, as small as pinheads. They are called pins, and each of them is
a whole mushroom that has not made up its mind. This is the time at which dry air does the most harm: if you
forget one evening in the whole week, let it be another one.

## Days seven and eight: look twice

Now they double each day. You will see a difference between breakfast and lunch. Mist around them more than
on them, and give them air: long thin stems with tiny caps mean that the room is stuffy.

## When to cut

Cut when the edges of the largest caps are still turned down a little. Once they flatten and begin to wave,
they drop a fine white dust of spores, which is harmless in small amounts and a nuisance on a bookshelf.
Take the whole bunch at once, twist it, and pull. Small ones left behind do not grow on; they dry up.

Then let the block rest for ten days, soak it in cold water overnight, and begin again. The second crop is
smaller and comes when it likes. So do we, at weekends.
""",
)

MISTING = Article(
    slug="how-to-mist",
    title="How to mist, and when to stop",
    summary="Most kits that fail were watered kindly. A few sentences about fog, drops and fresh air.",
    author="catalogue",
    tags=("Growing", "Tools"),
    days_ago=280,
    cover=Picture(
        "cover-mist.webp",
        "A blue spray bottle, and a white lion’s mane mushroom in front of a pale disc",
        COVER_SIZE,
    ),
    body="""\
If I could stand behind each of our customers for one minute, I would spend it on misting. It is the only
work that a kit asks for, and there are only two ways of doing it wrong: too little, and too much at once.

## Fog, not rain

A mushroom drinks through its block, from below. What the mist is for is the air around it, which should be
so moist that the surface does not dry out. So what you want is fog that hangs for a moment and settles. Big
drops do something else. They run down, collect where the stems meet, and stay there, and a wet mushroom in
still air goes soft and brown.

{{ product: fine-mister }}

Any sprayer will do whose nozzle makes drops so fine that you cannot count them. Try it against a dark
window. If you see streaks, turn the nozzle; if you still see streaks, keep it for the geraniums.

## Twice a day is a habit, not a law

Morning and evening is easy to remember, and right for a kitchen in spring. In a heated room in winter the
air is much drier, and a third time at noon does good. In a damp week in autumn once may be enough. The
opening itself tells you: it should look moist, like a slice of melon, and never shine with standing water.

## Air belongs to it

Moist air that never moves is an invitation to mould. Open a window for five minutes after misting, or fan
the box with the newspaper. Do not put a plastic bag over everything and go away for the weekend. If you are
going away for the weekend, lay a damp cloth loosely over the box, with a gap on one side.

## When to stop

Stop on the day before you harvest. Caps that were dry when they were cut keep for five days in a paper bag
in the fridge; caps that were wet keep for two. The same goes for lion’s mane, which soaks up water like a
sponge and gives it all back to you in the pan.

And if you forgot a day: mist now, and say nothing. It will not tell on you.
""",
)

LIONS_MANE = Article(
    slug="reading-a-lions-mane",
    title="Reading a lion’s mane",
    summary="White, pink or yellow, long teeth or none: what the shaggiest mushroom on the shelf is telling you.",
    author="owner",
    tags=("Growing", "Lion’s mane"),
    days_ago=170,
    cover=Picture(
        "cover-mane.webp",
        "A large and a small lion’s mane mushroom, their white teeth hanging down",
        COVER_SIZE,
    ),
    body="""\
Oysters shout. A lion’s mane whispers, and it takes a crop or two until you hear it. It has no cap and no
gills, only a white ball that grows teeth, and everything you need to know is written in those teeth.

{{ product: lions-mane-kit }}

## The ball is smooth

For the first days after the tuft appears it looks like a snowball. That is right. Leave it alone, mist the
air in front of the opening rather than the ball, and do not cut a second opening because the first one
seems slow. Two openings make two small heads; one makes a large one.

## It branches like coral

If the ball splits into thin white branches, the air is stale. A lion’s mane breathes like a runner and
wants the air around it changed several times a day. Move the box out of the cupboard corner, open a window,
and the next growth will be round again. The coral part tastes just the same.

## It turns yellow, or pink

A yellow tinge means dry air or old age. If the teeth are short, mist more often. If they are long, you have
waited too long already: cut now. A touch of pink comes with cool rooms and bright light, and it is nothing
to worry about. Brown and slimy is another matter, and belongs on the compost.

## The teeth are as long as a grain of rice

This is the moment. Between five and eight millimetres the flesh is firm, sweet, and a little like crab. At
two centimetres the teeth look magnificent, and the head is spongy and turns bitter. Everybody lets one go
too far for the sake of a photograph, and everybody does it once.

Twist the whole head off close to the bag. Tear it into slices as thick as a finger, lay them in a dry pan
over a low flame, and press them with a spatula until the water has gone. Only then comes the butter, and a
pinch of salt.

{{ product: mushroom-salt }}

The block rests for ten days under its cloth. Then the whisper begins again.
""",
)

LOGS = Article(
    slug="a-log-of-your-own",
    title="A log of your own",
    summary="Drill, tap, wax, wait: how fifty plugs become four years of shiitake behind the shed.",
    author="catalogue",
    tags=("Growing", "Shiitake"),
    days_ago=75,
    cover=Picture(
        "cover-log.webp",
        "Three brown shiitake with pale flecks on a log",
        COVER_SIZE,
    ),
    body="""\
A kit is a pot of basil. A log is an apple tree: it takes a year until anything happens, and then you have
it for as long as you care to walk behind the shed. The work is one afternoon for two people and a thermos
flask.

{{ product: shiitake-dowels }}

## The wood

Take beech, oak or birch, no thicker than your thigh and no thinner than your arm, about a metre long. It
should be felled while the tree has no leaves, and be used within two to six weeks: fresh enough to be
moist, old enough for the tree to have given up. The bark must be whole. It is the skin that keeps moisture
in and other fungi out. Wood that has lain in the forest since last year is inhabited already, and not by
what you want.

## The holes

Drill holes of 8 millimetres, a little deeper than the plug is long, a hand apart along the log. Turn the
log by three fingers, begin the next row half a hand further on, and so on around it, so that the holes
stand like diamonds. Fifty plugs are enough for one log.

Tap each plug in with a hammer until it is level with the bark. Melt beeswax in a tin standing in hot water,
and brush it over every plug and over any wound in the bark. The ends of the log may stay open.

## The wait

Lay it in the shade, off the soil, on two bricks or a pallet: under a hedge, or on the north side of a wall.
Rain does the watering. If three weeks pass without any, soak it for a night in the rain butt. After some
months white rings show at the ends, like a drawing of the moon. That is your fungus arriving at the other
side.

## The first morning

It comes after rain, when a warm spell breaks. Pick when the cap has opened but its edge is still rolled in.
If you would like that morning a year earlier, we sell logs that have waited for you.

{{ product: shiitake-log }}

Label it with the date. You will not remember, and you will want to boast.
""",
)

WINTER = Article(
    slug="where-a-kit-spends-the-winter",
    title="Where a kit spends the winter",
    summary="Cold hall, dry kitchen, dark afternoons: the right place for each of our kits when the heating is on.",
    author="catalogue",
    tags=("Growing", "Oysters"),
    days_ago=3,
    cover=Picture(
        "cover-winter.webp",
        "Three growing kits in a row: one with a small white mushroom, one empty, one with a yellow bunch",
        COVER_SIZE,
    ),
    days_ahead=6,
    body="""\
In winter a flat is two countries. One is a desert at 23 degrees, and the other is the hall. Most kits would
rather live in the hall, if somebody remembered that they are there.

{{ product: grey-oyster-kit }}

## The grey one likes it cool

Grey oysters are mushrooms of autumn. Between 12 and 18 degrees they grow more slowly, with darker caps and
thicker stems, and they taste of more. A stairwell with a window is ideal, and so is a bedroom in which
nobody heats. Count on twelve days instead of eight.

## The golden one can stay with you

Golden oysters are content at the temperature of people. What they are not content with is the air above a
radiator. Put the box on the far side of the room, on a plate with a wet cloth beneath it, and mist three
times a day instead of two while the heating runs.

{{ product: golden-oyster-kit }}

## The pink one waits for May

It wants 20 degrees by night as well as by day, and a draught in January offends it for good. Unless your
kitchen has a stove that never goes out, let it wait for summer. We do not send it in frost anyway.

## Light

A mushroom makes no use of light as a plant does. It only wants to know where the outside is, and for that
the short grey day of a window facing north is plenty. A lamp that burns beside it for some hours in the
evening does as well.

## The parcel in the frost

If the parcel was cold when it came, let it stand in its box in the hall overnight, unopened. A block that
has been just above freezing wakes up slowly and takes no harm; one that goes from the van straight to the
stove sweats in its bag. If it is frozen hard in the middle, write to us, and do not open it.

Then cut, mist, and close the door behind you quickly. It is warm in here.
""",
)

GROWING = (FIRST_CROP, MISTING, LIONS_MANE, LOGS, WINTER)
