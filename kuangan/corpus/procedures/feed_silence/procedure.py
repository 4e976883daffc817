"""数据中断处置：签收、查明原因、恢复、核销；分级提级，超过本市规定时长的认定系统是否正常运行（任务分工16.1）。"""

from kuangan.corpus.procedures._desk import DESK, MINE, OFFICERS, record_call, sign_for
from kuangan.corpus.procedures._spans import by_local
from kuangan.corpus.procedures.feed_silence import guards
from kuangan.law.cite import Cite
from kuangan.law.guards import evidence_in
from kuangan.law.procedure import (
    SYSTEM,
    By,
    Clock,
    Fact,
    Field,
    FromReadings,
    Matter,
    Move,
    Procedure,
    Quiet,
    State,
)

REGISTER = Cite("register", "16.1")
OPEN = ("notified", "received", "explained")
CAUSES = (
    ("power", "停电"),
    ("network", "网络、链路故障"),
    ("host", "上传主机、软件故障"),
    ("station", "分站故障"),
    ("sensor", "传感器故障、断线"),
    ("planned", "计划检修"),
    ("removed", "测点拆除、更换"),
    ("other", "其他"),
)


def _clock(step: str, label: str, during: tuple[str, ...]) -> Clock:
    return Clock(
        step,
        label,
        "deadline",
        by_local(f"feed_silence.{step}.{{level}}"),
        during=during,
        cites=(REGISTER,),
        escalates=("supervisor", "city"),
    )


PROCEDURE = Procedure(
    id="feed_silence",
    title="数据中断处置",
    prefix="断联",
    measure="16.1",
    cites=(REGISTER,),
    matter=Matter.silence,
    single=True,
    quiet_when=Quiet.feed,
    opens=(FromReadings(),),
    facts=(
        Fact("since_text", "最早中断时间"),
        Fact("silent", "尚未恢复", "lines"),
        Fact("restored", "已恢复", "lines"),
        Fact("feed_silent", "安全监控系统整体中断", "flag", filter=True),
        Fact("lasting", "整体中断已达本市规定的时长，须认定系统是否正常运行", "flag", filter=True),
    ),
    states=(
        State("notified", "待签收", (By("mine"),)),
        State("received", "待报原因", (By("mine"),)),
        State("explained", "原因已报，待核销", (By("supervisor"),)),
        State("closed", "已办结", outcome="done", terminal=True),
        State("restored", "短时中断，已自行恢复", outcome="done", terminal=True),
    ),
    moves=(
        sign_for("签收后请立即查明原因；中断期间须人工检测瓦斯并记录"),
        record_call(),
        Move(
            "report_cause",
            "报送中断原因",
            ("notified", "received"),
            "explained",
            MINE,
            fields=(
                Field("kind", "原因类别", "choice", choices=CAUSES),
                Field("cause", "中断原因", "longtext"),
                Field("measures", "中断期间的瓦斯检测和安全措施", "longtext"),
                Field("underground", "中断期间井下人数", "number"),
                Field("files", "佐证（检修计划、瓦斯检查记录等）", "files", required=False),
            ),
            cites=(REGISTER,),
            then=("case.receive_notices",),
        ),
        Move(
            "return_cause",
            "退回重报原因",
            ("explained",),
            "received",
            DESK,
            fields=(Field("reason", "退回理由", "longtext"),),
        ),
        Move(
            "assess",
            "认定系统是否不能正常运行",
            OPEN,
            None,
            OFFICERS,
            fields=(
                Field(
                    "verdict",
                    "认定结论",
                    "choice",
                    choices=(("working", "系统在井下正常运行，仅上传中断"), ("not_working", "系统不能正常运行")),
                ),
                Field("grounds", "认定依据（现场核查、系统日志、井下监控显示等）", "longtext"),
                Field("files", "佐证", "files"),
            ),
            guards=(guards.lasting, evidence_in("files")),
            cites=(REGISTER,),
            then=("silence.assessed",),
            help="平台的时长是本市管理数值，系统是否不能正常运行由执法人员认定；认定不能正常运行的，转入重大隐患认定",
        ),
        Move(
            "close",
            "核销办结",
            ("explained",),
            "closed",
            DESK,
            fields=(
                Field("summary", "核销意见", "longtext"),
                Field("remaining", "尚未恢复的测点及理由", "longtext", required=False),
                Field(
                    "dismantled",
                    "尚未恢复的测点均已拆除",
                    "flag",
                    required=False,
                    help="核定后不再要求上传，再次上传即恢复监视；未拆除的不得勾选",
                ),
                Field("files", "佐证（拆除记录、系统截图等）", "files", required=False),
            ),
            guards=(guards.cause_reported, guards.feed_is_back, guards.shown_to_be_gone, guards.assessed),
            then=("silence.dismantled",),
        ),
        Move("graver", "中断提级", OPEN, None, (SYSTEM,), help="中断时间延长，等级升高，期限随之缩短"),
        Move("recur", "又有数据中断", ("explained",), "received", (SYSTEM,), help="原因报送后又有中断，须补报原因"),
        Move("settle", "短时中断自行恢复", ("notified", "received"), "restored", (SYSTEM,)),
    ),
    clocks=(
        _clock("sign_for", "签收", ("notified",)),
        _clock("report_cause", "报送原因", ("notified", "received")),
        _clock("close", "核销", OPEN),
    ),
)
