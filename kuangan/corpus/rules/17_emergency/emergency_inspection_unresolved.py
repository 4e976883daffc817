"""应急基础检查发现的问题逾期未整改。"""

from kuangan.corpus.rules._unresolved import unresolved_rule

RULE = unresolved_rule(
    "emergency_inspection_unresolved",
    "应急基础检查问题逾期未整改",
    "17.1",
    "17.1a",
    ledger="emergency_inspection",
    inspection="应急基础检查",
)
