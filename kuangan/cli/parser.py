"""The parser of a command line, speaking Chinese."""

import argparse
import sys
from collections.abc import Iterable
from typing import NoReturn

Arguments = argparse.Namespace


class Formatter(argparse.HelpFormatter):
    """Puts the Chinese word before the usage line."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An argument parser whose headings and errors are Chinese."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("formatter_class", Formatter)
        kwargs["add_help"] = False
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line and where its explanation is; exit status 2."""
        print(f"命令行有误：{message}\n请看 {self.prog} --help", file=sys.stderr)
        sys.exit(2)
