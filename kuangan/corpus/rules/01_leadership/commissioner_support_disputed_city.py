"""市局监管专员保障未落实、有异议或者未检查（任务分工1.1）。"""

from kuangan.corpus.rules import _support
from kuangan.law.rule import Breach, Clear, Example, Rule, Unknown

RULE = Rule(
    id="commissioner_support_disputed_city",
    title="市局监管专员保障未落实或者有异议",
    measure="1.1",
    clauses=("1.1d",),
    topic="ledger",
    about="city_coal_section",
    reads=_support.READS,
    window_days=400,
    check=_support.check,
    cites=(_support.REGISTER,),
    examples=(
        Example("六项均保障并经本人确认", _support.facts(), _support.AT, Clear),
        Example("一项未保障", _support.facts(transport=False), _support.AT, Breach, ("s",)),
        Example("本人有异议", _support.facts(reply="disputed"), _support.AT, Breach, ("r",)),
        Example("应查未查", _support.facts(asked=False, reply=""), _support.AT, Breach, ("c",)),
        Example("本人尚未确认", _support.facts(reply=""), _support.AT, Unknown),
    ),
)
