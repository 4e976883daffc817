"""The rules and procedures of the corpus, found by walking its folders, and the digest of the whole corpus."""

import importlib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, TypeVar

from kuangan.base.digest import digest
from kuangan.law.local import adopted, renewed
from kuangan.law.procedure import Matter, Procedure
from kuangan.law.rule import Rule
from kuangan.law.source import CORPUS, CorpusError, files, relative
from kuangan.law.update.package import PACKAGE, digest_of


class Named(Protocol):
    """An item of the corpus: known by its id."""

    @property
    def id(self) -> str:
        """Equal to the name of its file, of a procedure to that of its folder."""


T = TypeVar("T", bound=Named)


@cache
def rules() -> tuple[Rule, ...]:
    """All computable rules, by id. Raises :class:`CorpusError` for a module without its ``RULE``."""
    return _items("rules", "RULE", Rule)


@cache
def procedures() -> tuple[Procedure, ...]:
    """All case procedures, by id. Raises :class:`CorpusError` for a module without its ``PROCEDURE``."""
    return _items("procedures", "PROCEDURE", Procedure)


def rule_by_id(rule_id: str) -> Rule:
    """The rule by id. Raises ``KeyError``."""
    return _by_id(rules(), rule_id)


def procedure_by_id(procedure_id: str) -> Procedure:
    """The procedure by id. Raises ``KeyError``."""
    return _by_id(procedures(), procedure_id)


@cache
def procedures_of(matter: Matter) -> tuple[str, ...]:
    """The ids of the procedures that deal with one kind of matter."""
    return tuple(procedure.id for procedure in procedures() if procedure.matter == matter)


@cache
def served_papers() -> frozenset[str]:
    """Templates of papers that bind whom they concern from their service on (行政处罚法第六十一条); until then nobody tells him."""
    return frozenset(move.serves for procedure in procedures() for move in procedure.moves if move.serves)


@cache
def case_papers() -> frozenset[str]:
    """Templates of papers that cases produce."""
    return frozenset(use.template for procedure in procedures() for move in procedure.moves for use in move.papers)


@cache
def office_papers() -> frozenset[str]:
    """Templates of papers whose drafts are for the office that makes them alone."""
    kept = [law for law in procedures() if law.office_only]
    return frozenset(use.template for law in kept for move in law.moves for use in move.papers)


@cache
def internal_papers() -> frozenset[str]:
    """Templates of papers that only internal moves produce and nobody is served: drafts, reviews, opinions."""
    moves = [move for procedure in procedures() for move in procedure.moves]
    outside = {use.template for move in moves if not move.internal for use in move.papers}
    return frozenset(
        {use.template for move in moves if move.internal for use in move.papers} - outside - served_papers()
    )


def rules_of(topic: str) -> tuple[Rule, ...]:
    """The rules that run on one occasion."""
    return tuple(rule for rule in rules() if rule.topic == topic)


@renewed
def corpus_digest() -> str:
    """SHA-256 over the law that this process works by: all files of the corpus, and the city's answers over them where there are any."""
    answered = adopted().digest
    return digest([packaged_digest(), answered]) if answered else packaged_digest()


@cache
def packaged_digest() -> str:
    """SHA-256 over all corpus files: those of the version, with the update in force over them."""
    return digest_of(PACKAGE, CORPUS)


@cache
def modules(folder: str) -> tuple[ModuleType, ...]:
    """The modules of one folder of the corpus, in the order of :func:`_paths`."""
    names = (path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".") for path in _paths(folder))
    return tuple(importlib.import_module(f"kuangan.corpus.{name}") for name in names)


def _paths(folder: str) -> tuple[Path, ...]:
    """The files that expose an item: a rule's own file, the ``procedure.py`` of a procedure's folder; by id."""
    if folder == "procedures":
        return tuple(sorted((PACKAGE / folder).glob("*/procedure.py")))
    return files(folder, ".py")


def _items(folder: str, name: str, kind: type[T]) -> tuple[T, ...]:
    items: list[T] = []
    for module, path in zip(modules(folder), _paths(folder), strict=True):
        item: Any = getattr(module, name, None)
        if not isinstance(item, kind):
            raise CorpusError(f"{relative(path)}:1: the module must expose {name}, a {kind.__name__}")
        written = path.parent.name if folder == "procedures" else path.stem
        if item.id != written:
            raise CorpusError(f"{relative(path)}:1: id {item.id!r} must equal the name {written!r}")
        items.append(item)
    return tuple(items)


def _by_id(items: tuple[T, ...], wanted: str) -> T:
    for item in items:
        if item.id == wanted:
            return item
    raise KeyError(f"the corpus has no {wanted!r}; it has {', '.join(item.id for item in items)}")
