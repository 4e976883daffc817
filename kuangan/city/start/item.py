"""What an item of the list of first days is: one thing to be set up, and how far that has come for a reader."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from django.db.models import Count, Model, Q, QuerySet

from kuangan.core.models import User
from kuangan.core.queries import roles_of, visible_to
from kuangan.law.role import Role

Row = TypeVar("Row", bound=Model)
KEEPERS: Final = (Role.operator, Role.security_admin)
OFFICE_KEEPERS: Final = (Role.clerk, Role.section_head, Role.bureau_head, Role.bureau_deputy)
"""Those of an office who look after its own part."""
UNIT_KEEPERS: Final = (*OFFICE_KEEPERS, Role.mine_director, Role.company_officer)
OFFICERS: Final = (Role.section_head, Role.enforcement_officer, Role.bureau_head, Role.bureau_deputy)


class StartGroup(StrEnum):
    """The steps of the first days, in their order; each is the folder of its items."""

    people = "people"
    mines = "mines"
    feeds = "feeds"
    law = "law"
    running = "running"

    @property
    def heading(self) -> str:
        return _TITLES[self]


_TITLES: Final = {
    StartGroup.people: "一、单位、人员与账号",
    StartGroup.mines: "二、煤矿档案",
    StartGroup.feeds: "三、监测数据",
    StartGroup.law: "四、法规参数与文号",
    StartGroup.running: "五、运行保障",
}


@dataclass(frozen=True)
class HowFar:
    """Of ``total`` things that an item asks for, ``done`` are there. Of none, nothing can be done yet."""

    done: int
    total: int

    @property
    def open(self) -> int:
        return self.total - self.done


@dataclass(frozen=True)
class Reader:
    """Who reads the list: those who keep the register count all of it, others what lies in their sight."""

    user: User
    roles: frozenset[Role]

    @classmethod
    def of(cls, user: User) -> "Reader":
        return cls(user, frozenset(hold.role for hold in roles_of(user)))

    @property
    def keeps_all(self) -> bool:
        return not self.roles.isdisjoint(KEEPERS)

    def within(self, counted: QuerySet[Row], path: str = "path") -> QuerySet[Row]:
        """The rows that the reader may count, by the field that holds their path."""
        return counted if self.keeps_all else visible_to(self.user, counted, path)


@dataclass(frozen=True)
class StartItem:
    """One thing to be set up. Its file's name is its id, its folder its :class:`StartGroup`.

    ``order``: its place in its group. ``text``: what to do and where; ``done``: what being done means. ``roles``: whom it concerns.
    ``pages``: the names of the pages on which it is done, of which a reader is led to the first that he may open; none for what is
    done on the console. ``nothing``: why nothing can be counted yet.
    """

    order: int
    title: str
    text: str
    done: str
    roles: tuple[Role, ...]
    count: Callable[[Reader], HowFar]
    pages: tuple[str, ...] = ()
    nothing: str = "尚无可办理的对象"


def progress(things: QuerySet[Any], done: Any) -> HowFar:
    """How many of these things there are and how many of them are done, in one query. ``done``: a condition."""
    counted = things.order_by().aggregate(total=Count("pk"), done=Count("pk", filter=Q(done)))
    return HowFar(counted["done"], counted["total"])


def single(*, is_done: bool) -> HowFar:
    """Of something that is there or is not."""
    return HowFar(int(is_done), 1)
