"""现场监管意见书：监管专员现场出具，限期整改或者立即停止作业、撤人（任务分工2.2）。"""

from kuangan.corpus.procedures._spans import by_local
from kuangan.corpus.procedures.commissioner_opinion.opening import BY_COMMISSIONER, FACTS
from kuangan.corpus.procedures.commissioner_opinion.people import COMMISSIONERS
from kuangan.corpus.procedures.commissioner_opinion.steps import MOVES, REGISTER, SCHEME
from kuangan.law.procedure import By, Calling, CaseSubject, Clock, Procedure, Quiet, State

THE_MINE = (By("mine"),)
NOBODY_REPORTS = Calling(
    "{unit}{scope}：监管专员责令撤人，煤矿逾期未报撤人情况，请立即联系煤矿",
    "已登记接听，请立即联系煤矿核实撤人情况。",
    interval="alarm_handling.call_interval",
    rounds="alarm_handling.call_rounds",
    beside=("mine",),
    beside_words="监管专员责令{scope}停止作业、撤人，请立即撤人并报告",
)


CLOCKS = (
    Clock(
        "sign_for",
        "签收意见书",
        "deadline",
        by_local("commissioner_opinion.sign_for"),
        during=("issued",),
        escalates=("office",),
    ),
    Clock(
        "withdraw",
        "报告撤人情况",
        "deadline",
        by_local("commissioner_opinion.withdraw"),
        during=("withdrawing",),
        cites=(SCHEME,),
        escalates=("supervisor", "city"),
        calls=NOBODY_REPORTS,
    ),
    Clock(
        "look",
        "核实",
        "deadline",
        by_local("commissioner_opinion.look"),
        during=("withdrawn", "resumption_asked"),
        cites=(SCHEME,),
        escalates=("office", "above"),
        of_office=True,
    ),
)

PROCEDURE = Procedure(
    id="commissioner_opinion",
    title="现场监管意见书",
    prefix="监意",
    measure="2.2",
    subject=CaseSubject.mine,
    cites=(REGISTER, SCHEME),
    opens=(BY_COMMISSIONER,),
    facts=FACTS,
    quiet_when=Quiet.silent,
    office_accepts=True,
    goes_with_mine=True,
    states=(
        State("drafted", "草稿", COMMISSIONERS, maker_of=("open",), internal=True),
        State("issued", "已签发，待煤矿签收", THE_MINE, outcome="stands"),
        State("withdrawing", "责令停止作业、撤人", THE_MINE, outcome="stands"),
        State("withdrawn", "已报撤人，待核实", COMMISSIONERS, outcome="stands"),
        State("kept_out", "已撤人，停止作业", THE_MINE, outcome="stands"),
        State("resumption_asked", "申请恢复作业，待核实", COMMISSIONERS, outcome="stands"),
        State("handed", "已签收，问题转入整改", outcome="done", terminal=True),
        State("resumed", "已同意恢复作业", outcome="done", terminal=True),
        State("dropped", "已作废", outcome="undone", internal=True, terminal=True),
    ),
    moves=MOVES,
    clocks=CLOCKS,
)
