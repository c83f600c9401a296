"""`kosmo outbox`: the writes of this user, what became of them, and deciding what only a person can decide."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import TYPE_CHECKING, Any

from kosmo_tui.api.errors import BadParameter, KosmoError, OutcomeUnknown
from kosmo_tui.commands import output
from kosmo_tui.commands.parser import Parser
from kosmo_tui.commands.stored import opened_store

if TYPE_CHECKING:
    from kosmo_tui.services.outbox import Outbox
    from kosmo_tui.store.database import Store
    from kosmo_tui.store.records import OutboxRow

STATES = ("queued", "sending", "confirmed", "refused", "unknown")
EPILOG = """\
A write is queued, then sending, and ends as confirmed, refused (nothing is there) or unknown (it may be there).
Nothing is ever sent again by itself.

examples:
  kosmo outbox list --state unknown --state queued
  kosmo outbox show 12
  kosmo outbox resolve                look for everything that is unknown
  kosmo outbox resolve 12 --sent      it is there: count it as confirmed
  kosmo outbox resolve 12 --again     it is not there: look once more, then send it again
  kosmo outbox resolve 12 --keep      leave it as it is, and ask no more
  kosmo outbox resolve 12 --draft     make a draft of what is not there
  kosmo outbox resolve 12 --discard   do not send what was left unsent
  kosmo outbox undo 12                bring back the post that it deleted, as a new one with a new id

exit codes of resolve and undo: 0 when nothing of it needs you any more, 5 when something does, 3 when it was refused"""


def run(words: list[str]) -> int:
    """Carry out the action that `words` names; its exit code."""
    args = _parser().parse_args(words or ["list"])
    form = output.wanted(words)
    with opened_store(only_read=args.action in ("list", "show")) as store:
        if store.notice:
            output.notice(store.notice, form)
        if args.action == "list":
            return _list(store, args.state, args.account, form)
        if args.action == "show":
            return _show(store, args.id, form)
        decision = "undo" if args.action == "undo" else args.decision
        if args.id is None and decision is not None:
            raise BadParameter(f"--{decision} needs the id of a write", hint="`kosmo outbox list` shows the ids")
        try:
            return asyncio.run(_resolve(store, args.id, decision, form))
        except (KeyboardInterrupt, SystemExit):
            if decision in ("again", "undo"):
                output.tell(_stopped(store, args.id), form)
            raise


def _stopped(store: Store, id: int) -> KosmoError:
    """What to say of sending a write again, or of undoing it, when a signal has ended that."""
    rows = [row for row in (store.outbox.get(id), store.outbox.undoing(id)) if row is not None]
    if any(row.state in ("sending", "unknown") for row in rows):
        return OutcomeUnknown(f"write {id} was left half-way", hint="`kosmo outbox resolve` looks what became of it")
    return KosmoError(f"write {id} was left before anything was sent", hint="`kosmo outbox list` shows how it is")


def _list(store: Store, states: list[Any], account: str | None, form: output.Format) -> int:
    from kosmo_tui.services.storage import told

    with told():
        _adopt(store)
        rows = store.outbox.rows(states=states, limit=10_000)
    if account:
        rows = [row for row in rows if account in (row.account, row.account.partition(".")[2])]
    output.show([_brief(row) for row in rows], form, _table(rows))
    return 0


def _show(store: Store, id: int, form: output.Format) -> int:
    from kosmo_tui.services.storage import told

    with told():
        _adopt(store)
        row = store.outbox.get(id)
    if row is None:
        raise _no_such(id)
    output.show(_full(row), form)
    return 0


def _adopt(store: Store) -> None:
    """Take up what was left, where that can be written down."""
    if store.durable:
        store.outbox.adopt()


async def _resolve(store: Store, id: int | None, decision: str | None, form: output.Format) -> int:
    from kosmo_tui.accounts import settings
    from kosmo_tui.accounts.hub import Hub
    from kosmo_tui.services.outbox import Outbox
    from kosmo_tui.services.publish import Publisher
    from kosmo_tui.services.storage import told
    from kosmo_tui.store.records import needs_person

    with told():
        store.outbox.adopt()
        row = store.outbox.get(id) if id is not None else None
    if id is not None and row is None:
        raise _no_such(id)
    async with Hub(settings.load()) as hub:
        publisher = Publisher(hub, store, hold=0)
        outbox = Outbox(publisher)
        try:
            if row is None:
                return await _settle_all(outbox, form)
            id, extra = await _decide(outbox, store, row, decision)
        finally:
            await outbox.aclose()
            await publisher.aclose(grace=0)
        row = outbox.get(id)
    output.show({**_full(row), **extra}, form)
    if needs_person(row):
        return OutcomeUnknown.exit_code
    return 3 if decision in ("again", "undo") and row.state == "refused" else 0


async def _decide(outbox: Outbox, store: Store, row: OutboxRow, decision: str | None) -> tuple[int, dict[str, Any]]:
    """Do what was decided; the id of the row to show then, and what is to be told beside it."""
    match decision:
        case "sent":
            await outbox.mark_sent(row.id)
        case "keep":
            await outbox.keep(row.id)
        case "discard":
            await outbox.discard(row.id)
        case "again":
            publication = await outbox.send_again(row.id)
            await publication.wait()
        case "draft":
            from kosmo_tui.services.drafts import Drafts

            draft = await outbox.to_draft(row.id)
            return row.id, {"draft_id": Drafts(store).add(row.account, draft).id}
        case "undo":
            publication = await outbox.undo(row.id)
            await publication.wait()
            (made,) = publication.rows
            notices = ["it is a new post with a new id", *publication.notices] if made.state == "confirmed" else []
            if made.id is None:
                raise publication.errors[0]  # the outbox could not be written
            return made.id, {"notices": notices}
        case _:
            try:
                await outbox.settle(row.id)
            except KosmoError as error:  # the post itself is as open as it was
                raise OutcomeUnknown(
                    f"write {row.id} could not be looked for: {error.message}", hint=error.hint
                ) from None
    return row.id, {}


async def _settle_all(outbox: Outbox, form: output.Format) -> int:
    """Look for every unknown write; an account that cannot be asked, or a write, is told and passed over."""
    from kosmo_tui.services.outcomes import meets_account
    from kosmo_tui.store.records import needs_person

    problems: dict[str, KosmoError] = {}
    rows = [row for row in outbox.rows(states=("unknown", "queued"), limit=10_000) if needs_person(row)]
    for account in sorted({row.account for row in rows}):
        unknown = [row for row in rows if (row.account, row.state) == (account, "unknown")]
        for id, error in (await outbox.look_for(unknown)).items():
            problems[account if meets_account(error) else f"write {id}"] = error
    rows = [outbox.get(row.id) for row in rows]
    told = [
        {"account": whose, "kind": error.kind, "message": error.message, "hint": error.hint}
        for whose, error in problems.items()
    ]
    text = _table(rows) if rows else "Nothing to resolve."
    text += "".join(f"\n{one['account']} could not be asked: {one['message']}" for one in told)
    output.show({"writes": [_brief(row) for row in rows], "problems": told}, form, text)
    return OutcomeUnknown.exit_code if any(map(needs_person, rows)) else 0


def _brief(row: OutboxRow) -> dict[str, Any]:
    """A row in a list."""
    from kosmo_tui.store.records import needs_person

    return {
        "id": row.id,
        "state": row.state,
        "needs_you": needs_person(row),
        "account": row.account,
        "profile_id": row.profile_id,
        "network": row.network,
        "label": row.label,
        "kind": row.kind,
        "summary": row.summary,
        "attempt": row.attempt,
        "created_at": row.created_at,
        "sent_at": row.sent_at,
        "settled_at": row.settled_at,
        "remote_id": row.remote_id or None,
        "link": row.link or None,
        "note": row.note,
        "hint": row.hint,
    }


def _full(row: OutboxRow) -> dict[str, Any]:
    """Everything about a row: also what was sent, what was answered, and what is to be seen of it."""
    import msgspec

    from kosmo_tui.services.evidence import evidence
    from kosmo_tui.services.orders import Unreadable, request_of

    found = evidence(row)
    try:
        request = request_of(row).arguments
    except Unreadable:
        request = None
    return {
        **_brief(row),
        "resolved": row.resolved or None,
        "reason": row.reason or None,
        "undoes": row.undoes,
        "batch": row.batch,
        "draft_id": row.draft_id,
        "reference": row.reference or None,
        "request": request,
        "answer": json.loads(row.answer) if row.answer else None,
        "evidence": {
            "looked_at": found.at,
            "note": found.note,
            "sent": msgspec.to_builtins(found.sent),
            "seen": [msgspec.to_builtins(one) for one in found.seen],
        },
    }


def _table(rows: list[OutboxRow]) -> str:
    from kosmo_tui.store.records import needs_person

    if not rows:
        return "The outbox is empty."
    lines = [("id", "state", "sent", "account", "to", "text")]
    for row in rows:
        sent = f"{row.sent_at.astimezone():%Y-%m-%d %H:%M}" if row.sent_at else "-"
        state = f"{row.state} ?" if needs_person(row) else row.state
        lines.append((str(row.id), state, sent, row.account, f"{row.network} {row.label}".strip(), row.summary[:60]))
    text = output.table(lines)
    waiting = sum(map(needs_person, rows))
    return f"{text}\n\n{waiting} marked ? need you: kosmo outbox resolve" if waiting else text


def _no_such(id: int) -> BadParameter:
    return BadParameter(f"there is no write {id} in the outbox", hint="`kosmo outbox list` shows the ids")


def _parser() -> Parser:
    parser = Parser(
        "kosmo outbox",
        "Writes and what became of them.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_output()
    actions = parser.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", description="List the writes, the newest first.")
    listing.add_argument("--state", action="append", default=[], choices=STATES, help="only these; can be repeated")
    listing.add_argument("--account", metavar="NAME", help="agency or buffer.agency")
    showing = actions.add_parser("show", description="Show everything about one write.")
    showing.add_argument("id", type=_id)
    resolving = actions.add_parser("resolve", description="Find out what became of a write, or decide it.")
    resolving.add_argument("id", type=_id, nargs="?", help="all that are unknown when left out")
    decisions = resolving.add_mutually_exclusive_group()
    for name, what in (
        ("settle", "look for it (the default)"),
        ("sent", "it is there"),
        ("again", "send it again"),
        ("keep", "leave it as it is"),
        ("draft", "make a draft of it"),
        ("discard", "do not send it"),
    ):
        decisions.add_argument(f"--{name}", action="store_const", const=name, dest="decision", help=what)
    undoing = actions.add_parser("undo", description="Bring back the post that a write has deleted, as a new one.")
    undoing.add_argument("id", type=_id)
    for action in (listing, showing, resolving, undoing):
        action.add_output()
    return parser


def _id(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"must be the number of a write, not {text[:20]!r}")
    return int(text)
