"""救护队预防性检查发现的问题逾期未整改。"""

from kuangan.corpus.rules._unresolved import unresolved_rule

RULE = unresolved_rule(
    "preventive_check_unresolved",
    "救护队预防性检查问题逾期未整改",
    "18.1",
    "18.1",
    ledger="rescue_preventive_check",
    inspection="救护队预防性检查",
)
