"""真实超限的后续三项措施：分析原因、停产整改、追究责任，各有时限，一项不得缺（任务分工10.3）。"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from kuangan.law.cite import Cite
from kuangan.law.guards import done_before, evidence_in, not_in_future, other_person_than
from kuangan.law.local import local_decimal, local_span
from kuangan.law.procedure import Attempt, By, CaseView, Clock, Field, Guard, Move, Procedure, State
from kuangan.law.time.span import Span

REGISTER = Cite("register", "10.3")
MINE_HEADS = (By("mine", "mine_director"), By("mine", "mine_engineer"))
OFFICERS = (By("supervisor", "enforcement_officer"), By("supervisor", "section_head"))
LEADERS = (
    ("deputy", "分管负责人"),
    ("principal", "主要负责人"),
    ("experts", "主要负责人并组织专家现场分析"),
)
TRACKS = (("cause_analysis", "分析原因"), ("halt", "停产整改"), ("accountability", "追究责任"))


def _span(track: str) -> Any:
    def span(on: date, facts: Mapping[str, Any]) -> Span:
        return local_span(f"overlimit_followup.{track}", on)

    return span


def _led_high_enough(case: CaseView, attempt: Attempt) -> str | None:
    """Who must lead the analysis follows from the peak (Shanxi, secondary source; see local values)."""
    rank = [leader for leader, _ in LEADERS]
    needed = str(case.facts["analysis_led_by"])
    if rank.index(str(attempt.inputs["led_by"])) >= rank.index(needed):
        return None
    return f"本次超限最高{case.facts['peak']}%，原因分析应由{dict(LEADERS)[needed]}负责"


def _accepted(move: str, accept: str, label: str) -> Guard:
    """The report must exist and must not be older than a return of it."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        newest = case.last(move, f"return_{accept}")
        return (
            None if newest is not None and newest.move == move else f"煤矿尚未报送（或退回后尚未重新报送）{label}材料"
        )

    return guard


def _all_accepted(case: CaseView, attempt: Attempt) -> str | None:
    open_tracks = [label for track, label in TRACKS if not _is_accepted(case, track)]
    return f"以下措施尚未验收：{'、'.join(open_tracks)}；四项措施缺一不可" if open_tracks else None


def _is_accepted(case: CaseView, track: str) -> bool:
    newest = case.last(f"accept_{track}", f"return_{track}")
    return newest is not None and newest.move == f"accept_{track}"


def _not_yet_accepted(track: str, label: str) -> Guard:
    def guard(case: CaseView, attempt: Attempt) -> str | None:
        return f"{label}已验收，不得重复报送" if _is_accepted(case, track) else None

    return guard


def _verdicts(track: str, report: str, label: str) -> tuple[Move, Move]:
    """Acceptance and return of one track."""
    waiting = _accepted(report, track, label)
    return (
        Move(
            f"accept_{track}",
            f"验收：{label}",
            ("open",),
            None,
            OFFICERS,
            fields=(Field("opinion", "验收意见", "longtext"),),
            guards=(waiting, other_person_than(report)),
            cites=(REGISTER,),
            legal=True,
        ),
        Move(
            f"return_{track}",
            f"退回：{label}",
            ("open",),
            None,
            OFFICERS,
            fields=(Field("reason", "退回理由", "longtext"),),
            guards=(waiting,),
        ),
    )


def analysis_leader(peak: Decimal, on: date) -> str:
    """Who must lead the cause analysis of an over-limit with this peak in %CH4, by the values in force on ``on``."""
    if peak >= local_decimal("high_value.threshold", on):
        return "experts"
    if peak >= local_decimal("level.orange", on):
        return "principal"
    return "deputy"


PROCEDURE = Procedure(
    id="overlimit_followup",
    title="瓦斯超限后续处置",
    prefix="超限",
    measure="10.3",
    cites=(REGISTER,),
    states=(
        State("open", "整改中", "煤矿、日常监管主体"),
        State("closed", "已办结", terminal=True),
        State("revoked", "因改判终止", terminal=True),
    ),
    moves=(
        Move(
            "report_cause_analysis",
            "报送原因分析",
            ("open",),
            None,
            MINE_HEADS,
            fields=(
                Field("led_by", "分析负责人", "choice", choices=LEADERS),
                Field("cause", "超限原因", "longtext"),
                Field("prevention", "防范措施", "longtext"),
                Field("files", "原因分析报告", "files"),
            ),
            guards=(_led_high_enough, _not_yet_accepted("cause_analysis", "原因分析")),
            cites=(REGISTER,),
        ),
        Move(
            "start_halt",
            "登记停产整改开始",
            ("open",),
            None,
            MINE_HEADS,
            fields=(
                Field("started_at", "停产开始时间", "moment"),
                Field("scope", "停产范围"),
                Field("responsible", "责任人"),
                Field("measures", "整改措施", "longtext"),
                Field("funds", "资金（万元）", "number"),
                Field("until", "完成时限", "date"),
                Field("precautions", "整改期间安全防范措施和应急预案", "longtext"),
            ),
            guards=(not_in_future("started_at", "停产开始时间"), _not_yet_accepted("halt", "停产整改")),
            cites=(REGISTER,),
            help="煤矿自行停产整改，须落实责任、措施、资金、时限、预案",
        ),
        Move(
            "report_halt_done",
            "报送整改完成",
            ("open",),
            None,
            MINE_HEADS,
            fields=(
                Field("ended_at", "整改完成时间", "moment"),
                Field("result", "整改结果", "longtext"),
                Field("files", "整改佐证", "files"),
            ),
            guards=(
                done_before("start_halt", "请先登记停产整改开始"),
                not_in_future("ended_at", "整改完成时间"),
                _not_yet_accepted("halt", "停产整改"),
            ),
        ),
        Move(
            "report_accountability",
            "报送责任追究",
            ("open",),
            None,
            MINE_HEADS,
            fields=(
                Field("persons", "责任人员及处理决定", "longtext"),
                Field("files", "处理文件", "files"),
            ),
            guards=(evidence_in("files"), _not_yet_accepted("accountability", "责任追究")),
            cites=(REGISTER,),
        ),
        *_verdicts("cause_analysis", "report_cause_analysis", "原因分析"),
        *_verdicts("halt", "report_halt_done", "停产整改"),
        *_verdicts("accountability", "report_accountability", "责任追究"),
        Move(
            "close",
            "办结",
            ("open",),
            "closed",
            OFFICERS,
            fields=(Field("summary", "办理结果", "longtext"),),
            guards=(_all_accepted,),
        ),
        Move("revoke", "因改判终止", ("open", "closed"), "revoked", (By("system", "system"),)),
    ),
    clocks=tuple(
        Clock(
            track,
            label,
            "deadline",
            _span(track),
            starts=("open",),
            stops=(f"accept_{track}", "revoke"),
            cites=(REGISTER,),
            escalates=("supervisor", "city"),
        )
        for track, label in TRACKS
    ),
)
