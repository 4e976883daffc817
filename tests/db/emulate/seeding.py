"""Runs `kuangan demo seed` as the command does."""

from kuangan.cli.parser import Parser
from kuangan.emulate import demo


def seed(*arguments: str) -> int:
    """The exit code."""
    parser = Parser()
    demo.add_arguments(parser)
    return demo.run(parser.parse_args(["seed", *arguments]))
