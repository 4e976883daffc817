"""Who takes part in a stop, the states that steps lead from, and what several forms ask for."""

from kuangan.corpus.procedures.suspension import hazards
from kuangan.law.cite import Cite
from kuangan.law.procedure import By, CaseView, Field, Move

REGISTER = Cite("register", "10.4")
RESUMPTION = Cite("coal_mine_safety_ordinance", "48.2")
PUBLICATION = Cite("coal_mine_safety_ordinance", "49")
ON_SITE = Cite("work_safety_penalty_measures_2025", "22")
TWO_OFFICERS = Cite("administrative_penalty_law", "42.1")
REVIEW = Cite("administrative_penalty_law", "58.1")

OFFICERS = (By("supervisor", "enforcement_officer"),)
SECTION_HEAD = (By("supervisor", "section_head"),)
LEGAL = (By("supervisor", "legal_reviewer"),)
HEAD = (By("supervisor", "bureau_head"),)
HEADS = (*HEAD, By("supervisor", "bureau_deputy"))
MINE = (By("mine"),)
DIRECTOR = (By("mine", "mine_director"),)
COMPANY = (By("company", "company_officer"),)
INSPECTORATE = (By("inspectorate", "inspectorate_officer"),)
GOVERNMENT = (By("government", "government_head"),)

BEFORE_ORDER = ("drafted", "proposed", "countersigned", "reviewed", "legally_reviewed")
STOPPED = ("served", "self_accepted", "company_accepted", "applied", "accepted", "signed", "consented", "approved")

STANDS_STILL = {"producing": "halted", "building": "building_halted", "": "halted"}
"""What a served stop of the whole mine makes of its status."""

HAZARD = (
    Field(
        "hazard_item",
        "现场认定的重大事故隐患情形",
        "choice",
        required=False,
        choices=hazards.choices(),
        help="由执法人员根据现场查实的情况选定，平台不代为认定；未认定的留空，决定书即不引用条例第四十四条、安全生产法第六十五条",
    ),
    Field("hazard_found", "现场查实的情况和证据（认定重大事故隐患的必填）", "longtext", required=False),
    Field("hazard_files", "认定重大事故隐患的证据材料", "files", required=False),
)
SCOPE = (
    Field("scope", "停产范围", "choice", choices=(("mine", "全矿井"), ("faces", "部分采掘工作面"))),
    Field(
        "faces",
        "停产的采掘工作面（停部分工作面的必填，须为一矿一册登记的工作面）",
        "rows",
        required=False,
        columns=(Field("face", "采掘工作面", "face"),),
        most=20,
    ),
)
SERVICE = (
    Field(
        "method",
        "送达方式",
        "choice",
        choices=(("direct", "直接送达"), ("left", "留置送达"), ("electronic", "电子送达（煤矿书面同意）")),
    ),
    Field("receiver", "收件人姓名"),
    Field("receiver_post", "收件人职务"),
    Field("place", "送达地点"),
    Field("witnesses", "见证人（留置送达必填）", required=False),
    Field("served_at", "送达时间", "moment"),
    Field("received_on", "送达回证载明的签收日期", "date"),
    Field("files", "送达回证、现场照片", "files"),
)


def whole_mine(case: CaseView) -> bool:
    """Whether the order stops the mine, and not only some of its faces."""
    proposed = case.last("propose", "take_in")
    return proposed is None or proposed.inputs.get("scope") != "faces"


def returned(
    move_id: str,
    label: str,
    source: str,
    target: str,
    by: tuple[By, ...],
    *,
    legal: bool = False,
    internal: bool = False,
) -> Move:
    """A step that sends the case back with a reason; ``legal`` where it is the verdict of an acceptance or a consent."""
    reason = (Field("reason", "理由", "longtext"),)
    return Move(move_id, label, (source,), target, by, fields=reason, legal=legal, internal=internal)
