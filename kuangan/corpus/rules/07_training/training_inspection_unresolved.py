"""安全培训专项检查发现的问题逾期未整改。"""

from kuangan.corpus.rules._unresolved import unresolved_rule

RULE = unresolved_rule(
    "training_inspection_unresolved",
    "培训检查问题逾期未整改",
    "7.3",
    "7.3a",
    ledger="training_inspection",
    inspection="安全培训专项检查",
)
