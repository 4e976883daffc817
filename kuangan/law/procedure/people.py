"""Whose turn it is and who may move: roles at the units that stand in a relation to what a case is about."""

from collections.abc import Iterable
from dataclasses import dataclass

from kuangan.law.role import Role

RELATION_WORDS = {
    "unit": "当事单位",
    "mine": "煤矿",
    "supervisor": "日常监管主体",
    "city": "市局",
    "government": "政府",
    "company": "上级公司",
    "inspectorate": "矿山安全监察机构",
    "office": "承办单位",
    "above": "上一级",
    "relieved": "原监管主体",
    "system": "平台",
}
"""Every relation, and how a page names the unit that stands in it.

``unit``: what the case is about, whatever its kind (``mine``: where that is a mine); ``supervisor``: who supervises it from day to day, of
an office the one above; ``office``: whose person opened the case; ``above``: the level above who deals with it (of a city government, which has
none above it here, itself); ``relieved``: who supervises it from day to day, where another has taken the case over (who then is its ``supervisor``).
"""
RELATIONS = tuple(RELATION_WORDS)
_EVERYWHERE = frozenset(
    {
        Role.duty_officer,
        Role.enforcement_officer,
        Role.section_head,
        Role.legal_reviewer,
        Role.bureau_head,
        Role.bureau_deputy,
        Role.supervision_commissioner,
        Role.clerk,
    }
)
"""Roles that exist at several units: outside the supervising body the unit is named with them."""


@dataclass(frozen=True)
class By:
    """Holders of ``role`` at the unit that stands in ``relation`` to the case; role "": whoever works there, for what nobody signs."""

    relation: str
    role: str = ""

    def admits(self, relation: str, role: str) -> bool:
        """Whether a holder of ``role`` at the unit in ``relation`` is meant."""
        return self.relation == relation and self.role in ("", role)

    @property
    def text(self) -> str:
        """How a page names them: 执法人员, 市局科（股）长, 煤矿."""
        if not self.role or self.role not in set(Role):
            return RELATION_WORDS.get(self.relation, self.relation)
        role = Role(self.role)
        away = role in _EVERYWHERE and self.relation != "supervisor"
        return f"{RELATION_WORDS.get(self.relation, self.relation)}{role.label}" if away else role.label


SYSTEM = By("system", "system")


def turn_text(waits_for: Iterable[By]) -> str:
    """Whose turn it is, several with 、."""
    return "、".join(dict.fromkeys(by.text for by in waits_for))
