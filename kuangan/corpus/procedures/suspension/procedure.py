"""停产整顿：从建议到决定、送达、最短期限和复产验收全过程（任务分工10.4；煤矿安全生产条例第四十八、四十九条）。"""

from kuangan.corpus.procedures.suspension import extension, ordering, resumption
from kuangan.corpus.procedures.suspension.clocks import CLOCKS
from kuangan.corpus.procedures.suspension.steps import (
    COMPANY,
    GOVERNMENT,
    HEAD,
    INSPECTORATE,
    LEGAL,
    MINE,
    OFFICERS,
    ON_SITE,
    PUBLICATION,
    RESUMPTION,
    SECTION_HEAD,
)
from kuangan.corpus.procedures.suspension.taking_in import NATURES, TAKE_IN
from kuangan.law.procedure import Fact, FromRule, Matter, Procedure, State

PROCEDURE = Procedure(
    id="suspension",
    title="停产整顿",
    prefix="停整",
    measure="10.4",
    cites=(ON_SITE, RESUMPTION, PUBLICATION),
    matter=Matter.halt,
    single=True,
    handed_on="hand_on_draft",
    opens=(FromRule(by="halt.draft"), TAKE_IN),
    facts=(
        Fact("cause", "案由"),
        Fact("nature", "性质", "choice", choices=NATURES),
        Fact("basis", "依据", "lines"),
        Fact("least_days", "最少停产天数", "number"),
        Fact("ordered_days", "决定停产天数", "number", internal=True),
        Fact("order_number", "线下决定书文号"),
        Fact("taken_in", "线下转入", "flag", filter=True),
        Fact("basis_lost", "所依据的认定已不成立", "flag", filter=True),
    ),
    states=(
        State("drafted", "已起草，待提出", OFFICERS, internal=True),
        State("proposed", "待第二名执法人员会签", OFFICERS, internal=True),
        State("countersigned", "待科（股）长审核", SECTION_HEAD, internal=True),
        State("reviewed", "待法制审核", LEGAL, internal=True),
        State("legally_reviewed", "待负责人决定", HEAD, internal=True),
        State("ordered", "已决定，待送达", OFFICERS, "stands", internal=True),
        State("served", "停产整顿中", MINE, "stands"),
        State("extended", "已延长，待送达", OFFICERS, "stands", internal=True),
        State("self_accepted", "煤矿自验收合格", COMPANY, "stands"),
        State("company_accepted", "上级公司验收合格", MINE, "stands"),
        State("applied", "已申请复产，待部门验收", OFFICERS, "stands"),
        State("accepted", "部门验收合格，待负责人签字", HEAD, "stands"),
        State("signed", "待监察机构审核同意", INSPECTORATE, "stands"),
        State("consented", "待政府主要负责人批准", GOVERNMENT, "stands"),
        State("approved", "已批准，待下达复产通知", OFFICERS, "stands"),
        State("resumed", "已复产，待公布", OFFICERS, "done"),
        State("closed", "已办结", outcome="done", terminal=True),
        State("withdrawn", "已撤销建议", outcome="undone", internal=True, terminal=True),
    ),
    moves=(*ordering.MOVES, *extension.MOVES, *resumption.MOVES),
    clocks=CLOCKS,
)
