"""The world that the sandbox starts with: made from a seed, told relative to the clock's start."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from kosmo_tui.sandbox.buffer.records import Idea, Organization, Template, object_id
from kosmo_tui.sandbox.buffer.seed import channels, history, texts
from kosmo_tui.sandbox.buffer.world import World
from kosmo_tui.sandbox.hostile import poison


def fill(world: World, start: datetime, *, hostile: bool, sent: int | None) -> None:
    """Put accounts, channels, posts, ideas and templates into an empty `world`; `hostile` poisons every text."""
    numbers = count()

    def spoil(text: str, number: int) -> str:
        return poison(text, number) if hostile else text

    def say(text: str) -> str:
        return spoil(text, next(numbers))

    start = start.replace(microsecond=0)
    channels.fill(world)
    history.fill(world, start, spoil, sent)
    for organization in world.organizations.values():
        _ideas(world, start, organization)
        organization.name = say(organization.name)
        for tag in organization.tags.values():
            tag.name = say(tag.name)
        for idea in organization.ideas.values():
            idea.content["text"] = say(idea.content["text"])
            idea.content["title"] = say(idea.content["title"])
        organization.idea_groups = {key: say(name) for key, name in organization.idea_groups.items()}
        for template in organization.templates.values():
            template.title, template.body = say(template.title), say(template.body)
            template.description = say(template.description)
    for channel in world.channels.values():
        channel.name, channel.display_name = say(channel.name), say(channel.display_name)
        channel.descriptor = say(channel.descriptor)
        channel.boards = tuple({**board, "name": say(board["name"])} for board in channel.boards)
    for account in world.accounts.values():
        account.full_name = say(account.full_name)


def _ideas(world: World, start: datetime, organization: Organization) -> None:
    groups = [None, *organization.idea_groups]
    for number, (title, text) in enumerate(texts.IDEAS):
        made = start - timedelta(days=3 * number + 1)
        content = {
            "aiAssisted": False, "date": None, "media": [], "services": ["instagram"] if number % 2 else [],
            "tags": [], "text": text, "title": title,
        }  # fmt: skip
        idea_id = object_id(made, world.seed, organization.id, "idea", number)
        group = groups[number % len(groups)]
        organization.ideas[idea_id] = Idea(idea_id, organization.id, content, group, float(number), made, made)
    for number, (title, emoji, body) in enumerate(texts.TEMPLATES):
        made = start - timedelta(days=40 - number)
        template_id = object_id(made, world.seed, organization.id, "template", number)
        organization.templates[template_id] = Template(
            template_id, organization.id, title, body, f"{title} posts", emoji, "internal", made, made
        )
