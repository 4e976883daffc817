"""The menu: only what exists and what the person may open."""

from dataclasses import dataclass

from django.urls import reverse

from kuangan.law.role import Role
from kuangan.web.frame import doors
from kuangan.web.frame.request import Request


@dataclass(frozen=True)
class Item:
    """A menu item: label, name of its first page, beginnings of the addresses it stands for, who sees it."""

    label: str
    name: str
    marks: tuple[str, ...]
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class ShownItem:
    label: str
    address: str
    current: bool


ITEMS = (
    Item("今日", "today", ("/today",), (*doors.OVERSEERS, *doors.MINE)),
    Item("我的巡查", "my_patrols", ("/commissioners",), doors.COMMISSIONERS),
    Item("任务清单", "board", ("/board",), (*doors.OVERSEERS, *doors.MINE)),
    Item("报警台", "desk", ("/desk",), (Role.duty_officer, Role.enforcement_officer, Role.section_head)),
    Item("报警处置", "mine_alarms", ("/mine/",), doors.MINE),
    Item("煤矿", "mines", ("/mines", "/points"), doors.OVERSEERS),
    Item("办件", "cases", ("/cases", "/papers"), (*doors.OVERSEERS, *doors.MINE)),
    Item("履职", "duties", ("/duties", "/reports"), (*doors.OVERSEERS, *doors.MINE)),
    Item("台账", "ledgers", ("/ledgers", "/confirmations"), (*doors.OVERSEERS, *doors.MINE)),
    Item("办公", "office", ("/office",), (*doors.OVERSEERS, *doors.MINE)),
    Item("抽查", "draws", ("/draws", "/commissioners", "/oversight", "/checks", "/samples"), doors.CHECKS),
    Item("启用清单", "start", ("/start",), doors.ACCOUNT_KEEPERS),
    Item("消息通道", "gateways", ("/notices/gateways",), doors.OPERATOR),
    Item("运行状态", "status", ("/status",), doors.OPERATOR),
    Item("操作记录", "trail", ("/trail",), (Role.audit_admin,)),
    Item("每日封存", "seals", ("/trail",), doors.INSPECTORATE),
    Item("数据接入", "feeds", ("/feeds",), (*doors.OFFICERS, *doors.OPERATOR)),
    Item("城市工作簿", "city_books", ("/city",), doors.ACCOUNT_KEEPERS),
    Item("单位", "register_units", ("/register",), (*doors.OPERATOR, *doors.UNIT_ADMIN)),
    Item("用户与权限", "users", ("/users", "/roster"), doors.ACCOUNT_KEEPERS),
    Item("法规", "law", ("/law",), doors.EVERYONE),
)


def menu_of(request: Request) -> list[ShownItem]:
    """The items for the person at the browser, the current one marked."""
    return [
        ShownItem(item.label, reverse(item.name), request.path.startswith(item.marks))
        for item in ITEMS
        if doors.has_role(request, *item.roles)
    ]


def first_page(request: Request) -> str:
    """Where the person starts: the first item of the menu; without any role, the page that says so."""
    shown = menu_of(request)
    return shown[0].address if shown else reverse("account")
