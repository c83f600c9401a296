"""`kosmo sandbox`: Buffer and Instagram on this machine, for tests and for trying things."""

from __future__ import annotations

from kosmo_tui.api.errors import KosmoError
from kosmo_tui.commands.demo import needs_extra
from kosmo_tui.commands.parser import Parser, whole_number


def run(words: list[str]) -> int:
    """Serve until a signal comes; the first line printed is a JSON object with the URLs and tokens."""
    args = _parser().parse_args(words)
    with needs_extra():
        from kosmo_tui.sandbox import serve
    try:
        number = serve(port=args.port, seed=args.seed, posts=args.posts, hostile=args.hostile, unlimited=args.unlimited)
    except OSError as error:
        raise KosmoError(
            f"cannot listen on port {args.port}: {error.strerror}", hint="choose another --port, or none for a free one"
        ) from None
    return 128 + number


def _parser() -> Parser:
    parser = Parser("kosmo sandbox", "Serve a sandbox of Buffer and Instagram on loopback; Ctrl-C stops it.")
    parser.add_argument("--port", type=whole_number(65_535), default=0, help="default: a free one")
    parser.add_argument(
        "--posts", type=whole_number(1_000_000), metavar="N", help="sent posts of the Buffer account agency"
    )
    parser.add_argument("--seed", type=int, metavar="N", default=1, help="another number, another world (default: 1)")
    parser.add_argument("--hostile", action="store_true", help="put control sequences and the like into every text")
    parser.add_argument("--unlimited", action="store_true", help="raise the rate limits a thousandfold")
    parser.add_output()
    return parser
