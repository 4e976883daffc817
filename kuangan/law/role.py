"""The roles that posts carry: who may make which move is said with these names everywhere.

A role is held through a post, never by a user directly; whether it is the city's or the county's follows from the post's unit.
"""

from enum import StrEnum


class Role(StrEnum):
    """One role; the value is the identifier that the corpus and the database use."""

    mine_dispatcher = "mine_dispatcher"
    mine_leader = "mine_leader"
    mine_director = "mine_director"
    mine_engineer = "mine_engineer"
    duty_officer = "duty_officer"
    enforcement_officer = "enforcement_officer"
    section_head = "section_head"
    legal_reviewer = "legal_reviewer"
    bureau_head = "bureau_head"
    bureau_deputy = "bureau_deputy"
    government_head = "government_head"
    company_officer = "company_officer"
    inspectorate_officer = "inspectorate_officer"
    supervision_commissioner = "supervision_commissioner"
    clerk = "clerk"
    operator = "operator"
    security_admin = "security_admin"
    audit_admin = "audit_admin"
    unit_admin = "unit_admin"

    @property
    def label(self) -> str:
        """The Chinese name that users and papers read."""
        return _LABELS[self]

    @property
    def signs(self) -> bool:
        """Whether its holder signs papers, opinions or consents that bind somebody."""
        return self in _SIGNING

    @property
    def needs_totp(self) -> bool:
        """Whether its holder must give a one-time code at login: all who sign, and all administrators."""
        return self.signs or self.administers

    def works_at(self, kind: str) -> bool:
        """Whether a unit of this kind has such a post, so that a page names nobody who cannot be there."""
        return self in _AT.get(kind, Role)

    @property
    def administers(self) -> bool:
        """Whether it is one of the three administrators of the platform (三员), whose rights no person unites, or that of a unit.

        None of them sees or does anything of the business.
        """
        return self in ADMINISTRATORS or self is Role.unit_admin


_LABELS = {
    Role.mine_dispatcher: "调度员",
    Role.mine_leader: "带班矿领导",
    Role.mine_director: "矿长",
    Role.mine_engineer: "总工程师",
    Role.duty_officer: "值班员",
    Role.enforcement_officer: "执法人员",
    Role.section_head: "科（股）长",
    Role.legal_reviewer: "法制审核人员",
    Role.bureau_head: "局主要负责人",
    Role.bureau_deputy: "局授权负责人",
    Role.government_head: "政府主要负责人",
    Role.company_officer: "上级公司负责人",
    Role.inspectorate_officer: "监察机构人员",
    Role.supervision_commissioner: "监管专员",
    Role.clerk: "经办人",
    Role.operator: "系统管理员",
    Role.security_admin: "安全管理员",
    Role.audit_admin: "审计管理员",
    Role.unit_admin: "单位管理员",
}

ADMINISTRATORS = (Role.operator, Role.security_admin, Role.audit_admin)
"""System, security and audit administrator: they run the platform and see nothing of its business."""

_SIGNING = frozenset(
    {
        Role.mine_director,
        Role.enforcement_officer,
        Role.section_head,
        Role.legal_reviewer,
        Role.bureau_head,
        Role.bureau_deputy,
        Role.government_head,
        Role.company_officer,
        Role.inspectorate_officer,
        Role.supervision_commissioner,
    }
)
_BUREAU = frozenset(
    {
        Role.duty_officer,
        Role.enforcement_officer,
        Role.section_head,
        Role.legal_reviewer,
        Role.bureau_head,
        Role.bureau_deputy,
        Role.supervision_commissioner,
        Role.clerk,
        Role.unit_admin,
    }
)
_AT: dict[str, frozenset[Role]] = {
    "mine": frozenset(
        {Role.mine_dispatcher, Role.mine_leader, Role.mine_director, Role.mine_engineer, Role.clerk, Role.unit_admin}
    ),
    "company": frozenset({Role.company_officer, Role.clerk, Role.unit_admin}),
    "city_bureau": _BUREAU,
    "city_coal_section": _BUREAU,
    "county_bureau": _BUREAU,
    "city_government": frozenset({Role.government_head, Role.clerk, Role.unit_admin}),
    "county_government": frozenset({Role.government_head, Role.clerk, Role.unit_admin}),
    "inspectorate": frozenset({Role.inspectorate_officer, Role.clerk, Role.unit_admin}),
}
