"""Which holders of standard posts get an account in the demonstration, and whose posts the coal section's are."""

from collections.abc import Mapping
from typing import Final

from kuangan.core.models import UnitKind

_BUREAU: Final = {
    "局长": "head",
    "分管副局长": "deputy",
    "煤矿监管科（股）负责人": "section",
    "法制审核岗": "legal",
    "执法岗（一）": "officer",
    "执法岗（二）": "officer_b",
    "监管专员（一）": "commissioner",
    "监管专员（二）": "commissioner_b",
    "经办人": "clerk",
    "值班岗（一）": "duty",
}
ACCOUNTS: Final[Mapping[UnitKind, Mapping[str, str]]] = {
    UnitKind.city_bureau: {title: f"city_{name}" for title, name in _BUREAU.items()},
    UnitKind.county_bureau: {title: f"county_{name}" for title, name in _BUREAU.items()},
    UnitKind.city_government: {"市长": "city_government", "经办人": "city_government_clerk"},
    UnitKind.county_government: {"县（区）长": "county_government", "经办人": "county_government_clerk"},
    UnitKind.mine: {
        "矿长": "mine_director",
        "总工程师": "mine_engineer",
        "带班矿领导": "mine_leader",
        "调度员": "mine_dispatcher",
        "经办人": "mine_clerk",
    },
    UnitKind.company: {"安全负责人": "company_officer", "经办人": "company_clerk"},
    UnitKind.inspectorate: {"监察执法岗": "inspectorate_officer"},
    UnitKind.platform: {"系统管理员": "operator", "安全管理员": "security_admin", "审计管理员": "audit_admin"},
}
"""User names by kind of unit and title of the post, at the units with accounts."""
SECTION: Final = {"科长": "煤矿监管科（股）负责人", "经办人": "经办人", "监管岗": "执法岗（一）"}
"""The posts of the city's coal section, each held by whoever holds that post of the bureau."""
