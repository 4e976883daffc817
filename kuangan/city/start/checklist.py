"""The list of first days for a reader: every item that concerns him, with how far it has come."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from kuangan.city.start import items
from kuangan.city.start.item import HowFar, Reader, StartGroup, StartItem
from kuangan.core.models import User


@dataclass(frozen=True)
class ListedStartItem:
    """An item in its place; ``id`` is the name of its file."""

    id: str
    group: StartGroup
    item: StartItem


@dataclass(frozen=True)
class StartLine:
    """An item as it stands for a reader."""

    group: StartGroup
    item: StartItem
    progress: HowFar

    @property
    def is_open(self) -> bool:
        return self.progress.open > 0

    @property
    def is_done(self) -> bool:
        return self.progress.total > 0 and not self.is_open


@cache
def listed_items() -> tuple[ListedStartItem, ...]:
    """Every item, in the order in which one does them: found by walking the folders of the groups."""
    known = [_read(group, name) for group in StartGroup for name in _names(group)]
    order = tuple(StartGroup)
    return tuple(sorted(known, key=lambda listed: (order.index(listed.group), listed.item.order, listed.id)))


def _names(group: StartGroup) -> list[str]:
    return [module.name for path in items.__path__ for module in iter_modules([f"{path}/{group}"])]


def _read(group: StartGroup, name: str) -> ListedStartItem:
    item = import_module(f"{items.__name__}.{group}.{name}").ITEM
    if not isinstance(item, StartItem):
        raise TypeError(f"{items.__name__}.{group}.{name}: ITEM must be an StartItem")
    return ListedStartItem(name, group, item)


def checklist(user: User) -> list[StartLine]:
    """The items that concern the reader, each with his own counts; a constant number of queries."""
    reader = Reader.of(user)
    return [
        StartLine(listed.group, listed.item, listed.item.count(reader))
        for listed in listed_items()
        if not reader.roles.isdisjoint(listed.item.roles)
    ]


def open_items(user: User) -> int:
    """How many items still wait for something."""
    return sum(1 for line in checklist(user) if line.is_open)
