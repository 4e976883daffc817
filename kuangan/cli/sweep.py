"""`kuangan sweep`: what is due, and the workbooks and exports of the city that wait, which lie above the sweep."""

from kuangan.city.jobs import start_waiting
from kuangan.city.out.jobs import start_exports
from kuangan.cli.parser import Arguments, Parser
from kuangan.flow import sweep


def add_arguments(parser: Parser) -> None:
    """As of the sweep itself."""
    sweep.add_arguments(parser)


def run(args: Arguments) -> int:
    """Sweep until SIGTERM or SIGINT."""
    return sweep.run(args, (start_waiting, start_exports))
