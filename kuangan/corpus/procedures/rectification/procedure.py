"""问题整改：检查发现的问题逐条下达、签收、整改、复查、销号（任务分工3.1；安全生产违法行为行政处罚办法第二十七条）。"""

from kuangan.corpus.procedures.rectification.clocks import CLOCKS, REINSPECTION
from kuangan.corpus.procedures.rectification.opening import BY_PERSON, FACTS, FROM_ENTRY, TAKE_IN
from kuangan.corpus.procedures.rectification.people import OFFICERS
from kuangan.corpus.procedures.rectification.steps import MOVES
from kuangan.law.cite import Cite
from kuangan.law.procedure import By, CaseSubject, Matter, Procedure, Quiet, State

PROCEDURE = Procedure(
    id="rectification",
    title="问题整改",
    prefix="整改",
    measure="3.1",
    cites=(Cite("register", "3.1"), REINSPECTION),
    subject=CaseSubject.unit,
    about=("mine", "company", "county_bureau", "county_government"),
    opens=(FROM_ENTRY, BY_PERSON, TAKE_IN),
    matter=Matter.directive,
    quiet_when=Quiet.silent,
    office_accepts=True,
    goes_with_mine=True,
    facts=FACTS,
    states=(
        State("ordered", "待签收", (By("unit"),)),
        State("extension_asked", "已申请延期，待答复", (By("office"),)),
        State("received", "整改中", (By("unit"),)),
        State("overdue", "逾期未整改", (By("unit"), By("office"))),
        State("answered", "已报送，待复查", (By("office"),)),
        State("passed", "复查合格", OFFICERS),
        State("failed", "复查不合格，待第二人确认", OFFICERS),
        State("confirmed", "待责任单位签认", (By("unit"),), "done"),
        State("closed", "已销号", outcome="done", terminal=True),
        State("withdrawn", "已撤销", outcome="undone", terminal=True),
    ),
    moves=MOVES,
    clocks=CLOCKS,
)
