"""`kuangan manage`: Django's own management commands."""

import argparse
import sys

from django.core.management import execute_from_command_line

from kuangan.cli.parser import Arguments, Parser


def add_arguments(parser: Parser) -> None:
    """Everything after `manage` is Django's."""
    parser.prefix_chars = "\0"
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="命令", help="Django 管理命令及其选项")


def run(args: Arguments) -> int:
    """Run the command; Django exits by itself with its own status on failure."""
    sys.argv = ["kuangan manage", *args.rest]
    execute_from_command_line(sys.argv)
    return 0
