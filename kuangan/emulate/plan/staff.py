"""Which posts the demonstration's units have, and which of their holders get an account."""

from dataclasses import dataclass
from typing import Final

from kuangan.law.role import Role


@dataclass(frozen=True)
class PostPlan:
    """A post; ``account``: the user name of its holder where the unit is one with accounts; ``deputy``: title of its B岗."""

    title: str
    role: Role
    account: str = ""
    deputy: str = ""


def bureau(level: str) -> tuple[PostPlan, ...]:
    """The posts of a bureau; ``level`` (`city` or `county`) begins the user names."""
    return (
        PostPlan("局长", Role.bureau_head, f"{level}_head", deputy="分管副局长"),
        PostPlan("分管副局长", Role.bureau_deputy, f"{level}_deputy"),
        PostPlan("煤矿监管科（股）负责人", Role.section_head, f"{level}_section"),
        PostPlan("法制审核岗", Role.legal_reviewer, f"{level}_legal"),
        PostPlan("执法岗（一）", Role.enforcement_officer, f"{level}_officer", deputy="执法岗（二）"),
        PostPlan("执法岗（二）", Role.enforcement_officer, f"{level}_officer_b", deputy="执法岗（一）"),
        PostPlan("监管专员（一）", Role.supervision_commissioner, f"{level}_commissioner"),
        PostPlan("监管专员（二）", Role.supervision_commissioner, f"{level}_commissioner_b"),
        PostPlan("经办人", Role.clerk, f"{level}_clerk"),
        PostPlan("值班岗（一）", Role.duty_officer, f"{level}_duty"),
        PostPlan("值班岗（二）", Role.duty_officer),
        PostPlan("值班岗（三）", Role.duty_officer),
    )


def government(level: str) -> tuple[PostPlan, ...]:
    """The head of a government and the clerk who keeps its records."""
    title = "市长" if level == "city" else "县（区）长"
    return (
        PostPlan(title, Role.government_head, f"{level}_government"),
        PostPlan("经办人", Role.clerk, f"{level}_government_clerk"),
    )


SECTION: Final = {
    PostPlan("科长", Role.section_head): "煤矿监管科（股）负责人",
    PostPlan("经办人", Role.clerk): "经办人",
    PostPlan("监管岗", Role.enforcement_officer): "执法岗（一）",
}
"""The posts of the city's coal section, each held by whoever holds that post of the bureau."""

MINE: Final = (
    PostPlan("矿长", Role.mine_director, "mine_director"),
    PostPlan("总工程师", Role.mine_engineer, "mine_engineer"),
    PostPlan("带班矿领导", Role.mine_leader, "mine_leader"),
    PostPlan("调度员", Role.mine_dispatcher, "mine_dispatcher"),
    PostPlan("经办人", Role.clerk, "mine_clerk"),
)
COMPANY: Final = (
    PostPlan("安全负责人", Role.company_officer, "company_officer"),
    PostPlan("经办人", Role.clerk, "company_clerk"),
)
INSPECTORATE: Final = (PostPlan("监察执法岗", Role.inspectorate_officer, "inspectorate_officer"),)
PLATFORM: Final = (
    PostPlan("系统管理员", Role.operator, "operator"),
    PostPlan("安全管理员", Role.security_admin, "security_admin"),
    PostPlan("审计管理员", Role.audit_admin, "audit_admin"),
)
