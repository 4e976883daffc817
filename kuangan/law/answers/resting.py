"""What rests on a local value: the rules, procedures, papers, duties and ledgers that ask for its key, found in the loaded code.

A key that is put together (``f"alarm_handling.verify.{level}"``, or a text with such a gap) counts for every key with its beginning,
so that rather too much is named than too little.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

from kuangan.law import content, local
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.ledger import Ledger, ledgers

LADDER: Final = "duty.ladder"
ALL_DUTIES: Final = ("duty.grace", "duty.mine_rolls", LADDER)
"""Keys that every obligation takes where it says nothing else, whatever the day."""
STANDING_WITHIN: Final = "duty.standing_within"
SETTLED: Final = (*ALL_DUTIES, STANDING_WITHIN)
"""Keys whose newest value holds for all days alike (``law.local.settled``)."""
_CORPUS: Final = "kuangan.corpus."


@dataclass(frozen=True)
class Dependants:
    """The ids of what asks for a key, by kind."""

    rules: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    ledgers: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return sum(len(getattr(self, kind.name)) for kind in fields(self))


def dependants(key: str) -> Dependants:
    """What rests on the value of a key."""
    return _dependants().get(key, Dependants())


@cache
def _dependants() -> Mapping[str, Dependants]:
    asked = {
        "rules": {rule.id: _words_in(rule.check) for rule in content.rules()},
        "obligations": {
            duty.id: {*duty.keys, *(SETTLED if duty.standing else ALL_DUTIES)} for duty in obligations().values()
        },
        "ledgers": {ledger.id: _keys_of(ledger) for ledger in ledgers().values()},
        "procedures": {procedure.id: _words_in(procedure) for procedure in content.procedures()},
        "papers": _papers(),
    }
    keys = {entry.key for entry in local.all_values()}
    return {
        key: Dependants(
            **{kind: tuple(item for item, words in items.items() if _asks(words, key)) for kind, items in asked.items()}
        )
        for key in keys
    }


def _keys_of(ledger: Ledger) -> set[str]:
    """Spans that bound its days, and within which others confirm their part."""
    return {bound.span_key for bound in ledger.constraints} | {part.within for part in ledger.confirmations}


def _papers() -> dict[str, set[str]]:
    words: dict[str, set[str]] = {}
    for procedure in content.procedures():
        for move in procedure.moves:
            for use in move.papers:
                words.setdefault(use.template, set()).update(_words_in(use))
    return words


def _asks(words: set[str], key: str) -> bool:
    if key in words:
        return True
    parts = key.split(".")
    if any(f"{'.'.join(parts[:length])}." in words for length in range(1, len(parts))):
        return True
    templates = (word.partition("{") for word in words if "{" in word)
    return any("." in begin and key.startswith(begin) for begin, _, _ in templates)


def _words_in(item: Any) -> set[str]:
    """Every text in the functions that an item holds, and in those of the corpus that they call."""
    words: set[str] = set()
    seen: set[int] = set()
    waiting: list[Any] = [item]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, str):
            words.add(thing)
        else:
            waiting.extend(_parts(thing))
    return words


def _parts(thing: Any) -> Iterator[Any]:
    """What a value of the corpus is made of."""
    if isinstance(thing, FunctionType):
        yield from _code_parts(thing.__code__, thing)
        yield from (cell.cell_contents for cell in thing.__closure__ or () if _has_content(cell))
        yield from thing.__defaults__ or ()
    elif hasattr(thing, "__wrapped__"):
        yield thing.__wrapped__
    elif is_dataclass(thing) and not isinstance(thing, type):
        yield from (getattr(thing, part.name) for part in fields(thing))
    elif isinstance(thing, Mapping):
        yield from thing.values()
    elif isinstance(thing, tuple | list | frozenset | set):
        yield from thing


def _has_content(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _code_parts(code: CodeType, function: FunctionType) -> Iterator[Any]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code_parts(constant, function)
        else:
            yield constant
    for name in code.co_names:
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType):
            if value.__name__.startswith(_CORPUS):
                yield from (vars(value)[part] for part in code.co_names if part in vars(value))
        elif _of_corpus(value) or isinstance(value, str | tuple | frozenset | Mapping):
            yield value


def _of_corpus(value: Callable[..., Any] | Any) -> bool:
    """Whether a function (or what wraps one) is of the corpus; those of the program are followed no further."""
    return callable(value) and str(getattr(value, "__module__", "")).startswith(_CORPUS)
