"""`kosmo sandbox`: Buffer and Instagram on this machine, for tests and for trying things."""

from __future__ import annotations

from kosmo_tui.commands.demo import needs_extra
from kosmo_tui.commands.parser import Parser


def run(words: list[str]) -> int:
    """Serve until stopped; the first line printed is a JSON object with the URLs and tokens."""
    args = _parser().parse_args(words)
    with needs_extra():
        from kosmo_tui.sandbox.server import serve

        serve(port=args.port, posts=args.posts, seed=args.seed, hostile=args.hostile, unlimited=args.unlimited)
    return 0


def _parser() -> Parser:
    parser = Parser("kosmo sandbox", "Serve a sandbox of Buffer and Instagram on loopback; Ctrl-C stops it.")
    parser.add_argument("--port", type=int, default=0, help="port (default: a free one)")
    parser.add_argument("--posts", type=int, metavar="N", default=0, help="sent posts of the Buffer account agency")
    parser.add_argument("--seed", type=int, metavar="N", default=0, help="another world (default: 0)")
    parser.add_argument("--hostile", action="store_true", help="put control sequences and the like into every text")
    parser.add_argument("--unlimited", action="store_true", help="raise the rate limits a thousandfold")
    return parser
