"""The glossary: each term and each identifier stands once, and identifiers are English."""

import re
from collections import Counter
from collections.abc import Iterator

from kuangan.law.glossary import terms
from kuangan.law.lawcheck.problem import Problem

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def check() -> Iterator[Problem]:
    for what, names in (("术语", [term.term for term in terms()]), ("标识符", [term.identifier for term in terms()])):
        for name, count in Counter(names).items():
            if count > 1:
                yield Problem("glossary", name, f"{what}重复")
    for term in terms():
        if not _IDENTIFIER.fullmatch(term.identifier):
            yield Problem("glossary", term.term, f"标识符 {term.identifier!r} 须为英文名称")
        if not term.meaning:
            yield Problem("glossary", term.term, "没有释义")
