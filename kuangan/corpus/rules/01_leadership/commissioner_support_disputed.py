"""监管专员保障未落实、有异议或者未检查（任务分工1.1）。"""

from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._support import AT, READS, REGISTER, check, facts
from kuangan.law.rule import Breach, Clear, Example, Rule, Unknown

RULE = Rule(
    id="commissioner_support_disputed",
    title="监管专员保障未落实或者有异议",
    measure="1.1",
    clauses=("1.1d",),
    topic="ledger",
    about="county_bureau",
    reads=READS,
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("六项均保障并经本人确认", facts(), AT, Clear),
        Example("一项未保障", facts(transport=False), AT, Breach, ("s",)),
        Example("本人有异议", facts(reply="disputed"), AT, Breach, ("r",)),
        Example("本人尚未确认", facts(reply=""), AT, Unknown),
        Example("应查未查", facts(asked=False, reply=""), AT, Breach, ("c",)),
        Example("半年刚结束，宽限未过，只看上一个半年", facts(asked=False, reply=""), noon("2026-07-07"), Clear),
        Example("宽限已过", facts(asked=False, reply=""), noon("2026-07-08"), Breach, ("c",)),
    ),
)
