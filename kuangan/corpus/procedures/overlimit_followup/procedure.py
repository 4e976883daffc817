"""真实超限的后续三项措施：分析原因、停产整改、追究责任，各有时限，一项不得缺（任务分工10.3）。"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.corpus.procedures._spans import by_local
from kuangan.law.cite import Cite
from kuangan.law.guards import done_before, evidence_in, not_in_future
from kuangan.law.local import local_decimal, local_span
from kuangan.law.procedure import (
    SYSTEM,
    Attempt,
    By,
    CaseView,
    Fact,
    Field,
    FromMove,
    Matter,
    Move,
    Procedure,
    Quiet,
    State,
    Track,
    all_accepted,
)

REGISTER = Cite("register", "10.3")
MINE_HEADS = (By("mine", "mine_director"), By("mine", "mine_engineer"))
OFFICERS = (By("supervisor", "enforcement_officer"), By("supervisor", "section_head"))
LEADERS = (
    ("deputy", "分管负责人"),
    ("principal", "主要负责人"),
    ("experts", "主要负责人并组织专家现场分析"),
)


def _led_high_enough(case: CaseView, attempt: Attempt) -> str | None:
    """Who must lead the analysis follows from the peak (Shanxi, secondary source; see local values)."""
    rank = [leader for leader, _ in LEADERS]
    needed = str(case.facts["analysis_led_by"])
    if rank.index(str(attempt.inputs["led_by"])) >= rank.index(needed):
        return None
    return f"本次超限最高{case.facts['peak']}%，原因分析应由{dict(LEADERS)[needed]}负责"


def _halted_long_enough(case: CaseView, attempt: Attempt) -> str | None:
    """A halt ends after it began, and not before its least length has passed."""
    begun = case.last("start_halt")
    if begun is None:
        return None
    started_at, ended_at = begun.inputs["started_at"], attempt.inputs["ended_at"]
    if ended_at <= started_at:
        return f"整改完成时间应晚于停产开始时间（{moment_text(started_at)}），请核对"
    least = local_span("overlimit_followup.halt", civil_date(started_at))
    if ended_at < started_at + least.length:
        return f"停产整改不得少于{least}：{moment_text(started_at)}开始停产，最早{moment_text(started_at + least.length)}完成"
    return None


def _not_before_the_overlimit(case: CaseView, attempt: Attempt) -> str | None:
    """The mine halts because of the over-limit, not before it."""
    began = datetime.fromisoformat(case.facts["started_at"]) if case.facts.get("started_at") else None
    if began is None or attempt.inputs["started_at"] >= began.replace(second=0, microsecond=0):
        return None
    return f"停产开始时间早于本次超限（{moment_text(began)}），请核对"


def _verdicts(track: str, label: str) -> dict[str, Move]:
    """Acceptance and return of one track."""
    accept = Move(
        f"accept_{track}",
        f"验收：{label}",
        ("open",),
        None,
        OFFICERS,
        fields=(Field("opinion", "验收意见", "longtext"),),
        cites=(REGISTER,),
        legal=True,
    )
    undo = Move(
        f"return_{track}",
        f"退回：{label}",
        ("open",),
        None,
        OFFICERS,
        fields=(Field("reason", "退回理由", "longtext"),),
    )
    return {"accept": accept, "undo": undo}


def analysis_leader(peak: Decimal, on: date) -> str:
    """Who must lead the cause analysis of an over-limit with this peak in %CH4, by the values in force on ``on``."""
    if peak >= local_decimal("overlimit_followup.led_by_experts", on):
        return "experts"
    if peak >= local_decimal("overlimit_followup.led_by_principal", on):
        return "principal"
    return "deputy"


def _from_alarm(alarm: CaseView) -> dict[str, Any]:
    """What the alarm says, and who must lead the analysis of it."""
    started_on = civil_date(datetime.fromisoformat(alarm.facts["started_at"]))
    return {
        "place": alarm.facts["place"],
        "peak": alarm.facts["peak"],
        "started_at": alarm.facts["started_at"],
        "started_at_text": alarm.facts["started_at_text"],
        "analysis_led_by": analysis_leader(Decimal(alarm.facts["peak"]), started_on),
        "alarm": alarm.number,
    }


def _track(track: str, label: str, what: str, report: Move, before: tuple[Move, ...] = (), within: str = "") -> Track:
    """A strand with its term, the local value ``within`` (its own name); mines work on holidays, so it does not roll over them."""
    return Track(
        track,
        label,
        what,
        report=report,
        **_verdicts(track, what),
        span=by_local(f"overlimit_followup.{within or track}"),
        before=before,
        cites=(REGISTER,),
        escalates=("supervisor", "city"),
        rolls=False,
    )


CAUSE_ANALYSIS = _track(
    "cause_analysis",
    "分析原因",
    "原因分析",
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
        guards=(_led_high_enough,),
        cites=(REGISTER,),
    ),
)
HALT = _track(
    "halt",
    "停产整改",
    "停产整改",
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
            _halted_long_enough,
        ),
    ),
    before=(
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
            guards=(not_in_future("started_at", "停产开始时间"), _not_before_the_overlimit),
            cites=(REGISTER,),
            help="煤矿自行停产整改，须落实责任、措施、资金、时限、预案",
        ),
    ),
    within="halt_done",
)
ACCOUNTABILITY = _track(
    "accountability",
    "追究责任",
    "责任追究",
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
        guards=(evidence_in("files"),),
        cites=(REGISTER,),
    ),
)
TRACKS = (CAUSE_ANALYSIS, HALT, ACCOUNTABILITY)


PROCEDURE = Procedure(
    id="overlimit_followup",
    title="瓦斯超限后续处置",
    prefix="超限",
    measure="10.3",
    cites=(REGISTER,),
    opens=(FromMove("{unit}{place}瓦斯超限后续处置", _from_alarm),),
    tracks=TRACKS,
    matter=Matter.measures,
    quiet_when=Quiet.feed,
    facts=(
        Fact("place", "地点", filter=True),
        Fact("started_at_text", "开始时间"),
        Fact("peak", "最大值", suffix="%CH₄"),
        Fact("analysis_led_by", "原因分析负责层级", "choice", choices=LEADERS, filter=True),
        Fact("alarm", "来源报警"),
    ),
    states=(
        State("open", "整改中", (By("mine"), By("supervisor"))),
        State("closed", "已办结", outcome="done", terminal=True),
        State("revoked", "因改判终止", outcome="undone", terminal=True),
    ),
    moves=(
        *(move for track in TRACKS for move in track.moves),
        Move(
            "close",
            "办结",
            ("open",),
            "closed",
            OFFICERS,
            fields=(Field("summary", "办理结果", "longtext"),),
            guards=(all_accepted(TRACKS, "四项措施缺一不可"),),
        ),
        Move("revoke", "因改判终止", ("open", "closed"), "revoked", (SYSTEM,)),
    ),
    clocks=tuple(track.clock for track in TRACKS),
)
