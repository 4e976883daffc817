"""The posts that each kind of unit begins with; its own administrator renames, adds and closes posts as the unit really has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kuangan.core.models import UnitKind
from kuangan.law.role import Role


@dataclass(frozen=True)
class StandardPost:
    """A post; ``deputy``: the title of its B岗 at the same unit, which stands before it or beside it in the list."""

    title: str
    role: Role
    deputy: str = ""


_BUREAU: Final = (
    StandardPost("局长", Role.bureau_head, deputy="分管副局长"),
    StandardPost("分管副局长", Role.bureau_deputy),
    StandardPost("煤矿监管科（股）负责人", Role.section_head),
    StandardPost("法制审核岗", Role.legal_reviewer),
    StandardPost("执法岗（一）", Role.enforcement_officer, deputy="执法岗（二）"),
    StandardPost("执法岗（二）", Role.enforcement_officer, deputy="执法岗（一）"),
    StandardPost("监管专员（一）", Role.supervision_commissioner),
    StandardPost("监管专员（二）", Role.supervision_commissioner),
    StandardPost("经办人", Role.clerk),
    StandardPost("值班岗（一）", Role.duty_officer),
    StandardPost("值班岗（二）", Role.duty_officer),
    StandardPost("值班岗（三）", Role.duty_officer),
)
_CLERK: Final = StandardPost("经办人", Role.clerk)
STANDARD_POSTS: Final[Mapping[UnitKind, tuple[StandardPost, ...]]] = {
    UnitKind.city_government: (StandardPost("市长", Role.government_head), _CLERK),
    UnitKind.county_government: (StandardPost("县（区）长", Role.government_head), _CLERK),
    UnitKind.city_bureau: _BUREAU,
    UnitKind.county_bureau: _BUREAU,
    UnitKind.city_coal_section: (
        StandardPost("科长", Role.section_head),
        _CLERK,
        StandardPost("监管岗", Role.enforcement_officer),
    ),
    UnitKind.company: (StandardPost("安全负责人", Role.company_officer), _CLERK),
    UnitKind.mine: (
        StandardPost("矿长", Role.mine_director),
        StandardPost("总工程师", Role.mine_engineer),
        StandardPost("带班矿领导", Role.mine_leader),
        StandardPost("调度员", Role.mine_dispatcher),
        _CLERK,
    ),
    UnitKind.inspectorate: (StandardPost("监察执法岗", Role.inspectorate_officer),),
    UnitKind.platform: (
        StandardPost("系统管理员", Role.operator),
        StandardPost("安全管理员", Role.security_admin),
        StandardPost("审计管理员", Role.audit_admin),
    ),
}
"""By kind of unit; areas have no posts."""
