"""行政处罚（普通程序）：从线索、立案到告知、听证、决定、送达、执行和结案，一案可有多名当事人，各有其告知、决定和数额。

行政处罚法第五章、第六章；安全生产违法行为行政处罚办法（应急管理部令第18号）第三章、第五章。
"""

from kuangan.corpus.procedures.administrative_penalty import carry_out, course, decide, investigate, tell
from kuangan.corpus.procedures.administrative_penalty.clocks import CLOCKS
from kuangan.corpus.procedures.administrative_penalty.opening import FACTS, OPENING
from kuangan.corpus.procedures.administrative_penalty.steps import HEADS, LEGAL, OFFICERS, RESPONDENTS
from kuangan.law.cite import Cite
from kuangan.law.procedure import CaseSubject, Procedure, State

PROCEDURE = Procedure(
    id="administrative_penalty",
    title="行政处罚",
    prefix="处罚",
    measure="14.2",
    subject=CaseSubject.unit,
    about=("mine", "company"),
    opens=(OPENING,),
    facts=FACTS,
    cites=(Cite("register", "14.2"), Cite(course.PENALTY_LAW), Cite(course.MEASURES)),
    states=(
        State("clue", "线索核查", OFFICERS, internal=True),
        State("proposed", "已提请立案，待第二名执法人员确认承办", OFFICERS, internal=True),
        State("joined", "待批准立案", HEADS, internal=True),
        State("investigating", "调查取证", OFFICERS, internal=True),
        State("reported", "待第二名执法人员确认", OFFICERS, internal=True),
        State("confirmed", "待负责人审批", HEADS, internal=True),
        State("approved", "待送达告知书", OFFICERS, internal=True),
        State("noticed", "告知和听取意见", (*RESPONDENTS, *OFFICERS)),
        State("concluded", "待法制审核", LEGAL, internal=True),
        State("reviewed", "待负责人决定", HEADS, internal=True),
        State("decided", "已决定，待送达", OFFICERS, outcome="stands", internal=True),
        State("performing", "履行中", (*RESPONDENTS, *OFFICERS), outcome="stands"),
        State("settled", "已履行，待报请结案", OFFICERS, outcome="done"),
        State("closing", "待批准结案", HEADS, outcome="done", internal=True),
        State("closed", "已结案", outcome="done", terminal=True),
        State("not_filed", "不予立案", outcome="undone", internal=True, terminal=True),
        State("withdrawn", "已撤销立案", outcome="undone", internal=True, terminal=True),
        State("transferred", "已移送司法机关", outcome="done", internal=True, terminal=True),
    ),
    moves=(*investigate.MOVES, *tell.MOVES, *decide.MOVES, *carry_out.MOVES),
    clocks=CLOCKS,
)
