"""The seeded world: three accounts that look lived in, the same for one seed and one start."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from kosmo_tui.sandbox.hostile import poison
from kosmo_tui.sandbox.instagram.texts import ALT_TEXTS, CAPTIONS, COMMENTS, PEOPLE, REPLIES
from kosmo_tui.sandbox.instagram.world import Account, Comment, Media, Page, Person, World

# Kinds of media in the order of a feed, repeated; weights as real feeds have them.
_RHYTHM = ("IMAGE", "REELS", "CAROUSEL", "IMAGE", "REELS", "IMAGE", "CAROUSEL", "REELS", "IMAGE", "VIDEO")


def build(seed: int, start: datetime, hostile: bool) -> World:
    """The world as of `start`; hostile puts venom into every text that people can write."""
    world = World(seed)
    counter = iter(range(10**9))

    def text(words: str) -> str:
        return poison(words, next(counter)) if hostile else words

    start = start.replace(second=0, microsecond=0)
    small = Account(
        "default",
        "instagram",
        "17841400000000017",
        "37219989057646241",
        text("little.fern.bakery"),
        text("Little Fern Bakery"),
        "BUSINESS",
        text("Sourdough, buns, one oven. Tue–Sat 7–14 🥐"),
        "",
        87,
        112,
        140.0,
        start,
        1800.0,
    )
    brand = Account(
        "brand_account",
        "instagram",
        "17841405309211844",
        "24871093365117702",
        text("northwind.coffee"),
        text("Northwind Coffee ☕️"),
        "MEDIA_CREATOR",
        text("Roasters since 2016 · 4 cafés · worldwide shipping\n👇 new roast"),
        "https://northwind.example/",
        184_320,
        731,
        42_000.0,
        start,
        75.0,
    )
    agency = Account(
        "agency",
        "facebook",
        "17841411718913026",
        "17841411718913026",
        text("harbour.and.pine"),
        text("Harbour & Pine"),
        "BUSINESS",
        text("Coffee bar by the sea 🌊🌲"),
        "https://harbourandpine.example/",
        12_470,
        389,
        3_100.0,
        start,
        420.0,
    )
    for account, count, chatter in ((small, 6, 0.35), (brand, 74, 0.022), (agency, 34, 0.14)):
        world.accounts[account.name] = account
        world.add(account)
        world.objects[account.scoped_id] = account
        rng = Random(f"{seed}:{account.name}")
        _fill(world, account, count, chatter, start, rng, text)
    _examples(world, small, start, text)
    _tags(world, start, Random(f"{seed}:tags"), text)
    pages = [
        Page("102374559218001", text("Harbour & Pine"), agency),
        Page("102374559218002", text("Harbour & Pine Careers"), None),
    ]
    world.person = Person("10224466880012345", text("Robin Vale"), pages)
    world.add(world.person, *pages)
    return world


def _fill(
    world: World, account: Account, count: int, chatter: float, start: datetime, rng: Random, text: Callable[[str], str]
) -> None:
    captions = list(CAPTIONS)
    rng.shuffle(captions)
    moment = start - timedelta(hours=2, minutes=rng.randrange(10, 50))
    for n in range(count):
        kind = _RHYTHM[n % len(_RHYTHM)]
        caption = captions[n % len(captions)]
        media = new_media(world, account, kind, moment, text(caption) if caption else "", rng)
        if kind == "CAROUSEL":
            for position in range(rng.randrange(2, 8)):
                add_child(world, media, "VIDEO" if position % 3 == 2 else "IMAGE")
        if kind in {"IMAGE", "CAROUSEL"} and n % 3 == 0:
            media.alt_text = text(ALT_TEXTS[n % len(ALT_TEXTS)])
        media.shared_to_facebook = account.login == "facebook" and n % 2 == 0
        media.flagged = kind == "REELS" and n % 9 == 4
        account.media.append(media)
        talked = int(media.likes(start) * chatter * rng.expovariate(1))
        _talk(world, media, 0 if n % 13 == 7 else min(talked, 160), start, rng, text)
        media.comments_enabled = n % 17 != 11
        moment -= timedelta(hours=rng.uniform(9, 52) if n < count - 4 else rng.uniform(1000, 2200))
        moment = moment.replace(minute=rng.randrange(60), second=rng.randrange(60))
    if account.name == "brand_account":
        account.media[-1].before_conversion = True
    for age in (3.5, 16.0) if count > 10 else ():
        story = new_media(world, account, "STORIES", start - timedelta(hours=age), "", rng)
        if account.login == "facebook" and age > 10:
            story.final_views = 4
        account.media.append(story)
    account.media.sort(key=lambda media: media.created, reverse=True)


def new_media(world: World, account: Account, kind: str, created: datetime, caption: str, rng: Random) -> Media:
    """A new item of `account`: `kind` is IMAGE, VIDEO, REELS, STORIES or CAROUSEL.  The caller puts it into a list."""
    media = Media(
        world.new_id(),
        account,
        account.username,
        {"IMAGE": "IMAGE", "STORIES": "IMAGE", "CAROUSEL": "CAROUSEL_ALBUM"}.get(kind, "VIDEO"),
        {"REELS": "REELS", "STORIES": "STORY"}.get(kind, "FEED"),
        created,
        caption,
    )
    pull = {"REELS": 2.1, "STORIES": 0.25, "CAROUSEL": 1.2}.get(kind, 0.8) * rng.lognormvariate(0, 0.45)
    media.final_views = int(account.scale * 0.55 * pull) + 9
    media.final_likes = int(media.final_views * rng.uniform(0.03, 0.08)) if kind != "STORIES" else 0
    world.add(media)
    return media


def add_child(world: World, parent: Media, type_: str, alt_text: str = "") -> Media:
    """One more item of a carousel."""
    child = Media(world.new_id(), parent.account, parent.username, type_, "FEED", parent.created, parent=parent)
    child.alt_text = alt_text
    parent.children.append(child)
    world.add(child)
    return child


def _talk(world: World, media: Media, count: int, start: datetime, rng: Random, text: Callable[[str], str]) -> None:
    span = max((start - media.created).total_seconds(), 600.0)
    ages = sorted(_age(rng, span) for _ in range(count))
    for age in ages:
        person = rng.randrange(len(PEOPLE))
        created = (media.created + timedelta(seconds=age)).replace(microsecond=0)
        comment = world.comment(
            media, text(PEOPLE[person]), author_id(person), text(COMMENTS[rng.randrange(len(COMMENTS))]), created
        )
        comment.hearts = int(rng.expovariate(1 / 3))
        comment.hidden = rng.random() < 0.05
        for turn in range(rng.choice((0, 0, 0, 1, 1, 2, 3))):
            later = created + (start - created) * rng.uniform(0.02 + 0.2 * turn, 0.2 + 0.2 * turn)
            _reply(world, comment, turn, later.replace(microsecond=0), rng, text)


def _age(rng: Random, span: float) -> float:
    """Seconds from a post to a comment, less than `span`: many soon, few late, none heaped up at the end."""
    mean = min(span / 2, 90_000)
    return -mean * math.log(1 - rng.random() * (1 - math.exp(-span / mean)))


def _reply(
    world: World, comment: Comment, turn: int, created: datetime, rng: Random, text: Callable[[str], str]
) -> None:
    account = comment.media.account
    words = text(REPLIES[rng.randrange(len(REPLIES))])
    if account and turn % 2 == 0:
        world.comment(comment.media, account.username, account.scoped_id, words, created, comment).own = account
        return
    person = rng.randrange(len(PEOPLE))
    world.comment(comment.media, text(PEOPLE[person]), author_id(person), words, created, comment)


def author_id(person: int) -> str:
    """The Instagram-scoped id of one of the people."""
    return str(6_400_000_000_100_000 + person * 7_919)


def _examples(world: World, account: Account, start: datetime, text: Callable[[str], str]) -> None:
    """The media and the comment that the reference's examples name."""
    created = (start - timedelta(days=1, hours=5)).replace(second=30)
    media = Media("17895695668004550", account, account.username, "IMAGE", "FEED", created)
    media.caption = text("Cardamom buns, first tray out at seven. 🌿 #bakery #cardamom")
    media.alt_text = text("A tray of cardamom buns fresh from the oven.")
    media.final_views, media.final_likes = 96, 23
    account.media.append(media)
    account.media.sort(key=lambda item: item.created, reverse=True)
    comment = Comment(
        "17853788044894720",
        media,
        text(PEOPLE[1]),
        author_id(1),
        text("Save two for me, please! 🙏"),
        created + timedelta(minutes=42),
        hearts=3,
    )
    media.comments.append(comment)
    world.add(media, comment)
    reply = world.comment(
        media, account.username, account.scoped_id, text("They wait for you 🥐"), created + timedelta(hours=1), comment
    )
    reply.own = account
    world.comment(media, text(PEOPLE[24]), author_id(24), text("Love this 😍😍😍"), created + timedelta(hours=3))


def _tags(world: World, start: datetime, rng: Random, text: Callable[[str], str]) -> None:
    for n, account in enumerate(world.accounts.values()):
        for position in range(2 + 3 * n):
            created = (start - timedelta(days=3 * position + 1, hours=rng.randrange(20))).replace(
                second=rng.randrange(60)
            )
            person = PEOPLE[rng.randrange(len(PEOPLE))]
            media = Media(
                world.new_id(),
                None,
                text(person),
                "IMAGE",
                "FEED",
                created,
                text(f"Morning with @{account.username} ☕️"),
            )
            media.final_likes, media.likes_hidden = rng.randrange(5, 900), position % 2 == 1
            account.tagged.append(media)
            world.others.append(media)
            world.add(media)
            world.comment(media, text("quietcorner"), author_id(28), text(f"@{account.username} look!"), created)
