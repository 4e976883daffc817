"""What 督办函, 提醒函 and 催办函 have in common: an office writes to a unit of its area, which answers by a day.

Drafted, reviewed and signed within the office; the receiver knows of it from its service on.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kuangan.base.clock import civil_date, last_day
from kuangan.base.numerals import date_text
from kuangan.law.cite import Cite
from kuangan.law.guards import another_unless_alone
from kuangan.law.local import local_span
from kuangan.law.procedure import (
    Attempt,
    By,
    CaseSubject,
    CaseView,
    Clock,
    Fact,
    Field,
    FromPerson,
    Guard,
    Matter,
    Move,
    PaperUse,
    Procedure,
    State,
    Tell,
    Words,
)
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import deadline

REGISTER = Cite("register", "2.2")
RECEIVERS = (
    "city_government",
    "city_bureau",
    "city_coal_section",
    "county_government",
    "county_bureau",
    "company",
    "mine",
)
OFFICE, RECEIVER = (By("office"),), (By("unit"),)
REVIEWERS = (By("office", "section_head"), By("office", "clerk"))
"""The section's head; in a government its clerk."""
SIGNERS = (By("office", "bureau_head"), By("office", "bureau_deputy"), By("office", "government_head"))
DEMANDS = "立即逐项办理，明确责任人和完成时间\n报送办理结果及佐证材料"

CONTENT = (
    Field("opening", "事由", "longtext"),
    Field("matters", "具体事项", "lines"),
    Field("demands", "办理要求", "lines"),
    Field("reply_due_on", "回复期限", "date"),
    Field("contact", "联系人", required=False),
    Field("phone", "联系电话", "phone", required=False),
)
DUTIES = Field(
    "duties",
    "所督办的履职事项",
    "rows",
    required=False,
    help="逾期未完成的履职事项；函件的具体事项另行填写",
    columns=(Field("duty", "履职事项", "duty"),),
    most=50,
)
OPINION = Field("opinion", "意见", "longtext", required=False, inside=True)
REASON = Field("opinion", "意见", "longtext", help="退回须写明意见")


def _not_past(case: CaseView, attempt: Attempt) -> str | None:
    return None if attempt.inputs["reply_due_on"] >= civil_date(attempt.at) else "回复期限早于今日，请重新填写"


def _still_ahead(case: CaseView, attempt: Attempt) -> str | None:
    """A letter that waited for its signature asks for nothing that is over."""
    if date.fromisoformat(case.facts["reply_due_on"]) >= civil_date(attempt.at):
        return None
    return "回复期限早于今日，请退回起草人修改"


def _not_received(case: CaseView, attempt: Attempt) -> str | None:
    return "已签收，无需重复签收" if case.last("receive") else None


NOT_OWN_REVIEW: tuple[Guard, ...] = (
    another_unless_alone("open", refusal="起草人不审核自己起草的函件，请由本单位其他审核人员审核"),
)
NOT_OWN_SIGNATURE: tuple[Guard, ...] = (
    another_unless_alone("open", refusal="起草人不签发自己起草的函件，请由本单位其他负责人签发"),
)


def content(case: CaseView, attempt: Attempt) -> dict[str, Any]:
    """The fields of the letter's paper."""
    facts = case.facts
    return {
        "to": case.names["unit"],
        "opening": facts["opening"],
        "matters": facts["matters"].splitlines(),
        "demands": facts["demands"].splitlines(),
        "reply_due": date_text(date.fromisoformat(facts["reply_due_on"])),
        "contact": facts.get("contact", ""),
        "phone": facts.get("phone", ""),
    }


def letter(letter_id: str, title: str, prefix: str, opening: str) -> Procedure:
    """The procedure of one kind of letter; its paper has its id. ``opening``: the words with which it begins."""
    draft = PaperUse(letter_id, content, frozen=False)
    return Procedure(
        id=letter_id,
        title=title,
        prefix=prefix,
        measure="2.2",
        subject=CaseSubject.unit,
        about=RECEIVERS,
        matter=Matter.letter,
        office_only=True,
        cites=(REGISTER,),
        opens=(_opening(title, opening),),
        facts=(
            *(Fact(field.name, field.label, field.kind) for field in CONTENT),
            Fact(DUTIES.name, DUTIES.label, "rows", columns=DUTIES.columns, inside=True),
        ),
        states=(
            State("draft", "草稿", OFFICE, maker_of=("open",), internal=True),
            State("submitted", "待科（股）长审核", REVIEWERS, internal=True),
            State("reviewed", "待负责人签发", SIGNERS, internal=True),
            State("issued", "已发出，待回复", RECEIVER, outcome="stands"),
            State("answered", "已回复", outcome="done", terminal=True),
            State("dropped", "已作废", outcome="undone", internal=True, terminal=True),
        ),
        moves=(*_drafting(draft), *_reviewing(draft), *_signing(letter_id, title), *_answering()),
        clocks=(
            Clock(
                "reply",
                "书面回复",
                "deadline",
                during=("issued",),
                until="reply_due_on",
                cites=(REGISTER,),
                escalates=("office",),
                words=Words(lapse=f"{{unit}}对{title}（{{number}}）的书面回复应于{{due}}前报送"),
            ),
        ),
    )


def _opening(title: str, opening: str) -> FromPerson:
    def prefill(attempt: Attempt) -> Mapping[str, Any]:
        span = local_span("office.letter.reply", civil_date(attempt.at))
        return {
            "opening": opening,
            "demands": DEMANDS,
            "reply_due_on": last_day(deadline(span, attempt.at, calendar())),
            "contact": attempt.person,
        }

    return FromPerson(
        f"起草{title}",
        OFFICE,
        fields=(*CONTENT, DUTIES),
        title="{procedure}：{unit}",
        guards=(_not_past,),
        help="发给辖区内单位，经审核、签发后送达；收函单位在送达前看不到",
        internal=True,
        prefill=prefill,
    )


def _drafting(draft: PaperUse) -> tuple[Move, ...]:
    return (
        Move(
            "submit",
            "提交审核",
            ("draft",),
            "submitted",
            OFFICE,
            papers=(draft,),
            help="请核对版式",
            internal=True,
        ),
        Move(
            "edit",
            "修改",
            ("draft",),
            None,
            OFFICE,
            fields=CONTENT,
            guards=(_not_past,),
            edits=True,
            optional=True,
            internal=True,
        ),
        Move("drop", "作废", ("draft",), "dropped", OFFICE, optional=True, internal=True),
    )


def _reviewing(draft: PaperUse) -> tuple[Move, ...]:
    return (
        Move(
            "agree",
            "同意",
            ("submitted",),
            "reviewed",
            REVIEWERS,
            fields=(OPINION,),
            guards=NOT_OWN_REVIEW,
            papers=(draft,),
            internal=True,
        ),
        Move(
            "return",
            "退回起草人",
            ("submitted",),
            "draft",
            REVIEWERS,
            fields=(REASON,),
            guards=NOT_OWN_REVIEW,
            internal=True,
        ),
    )


def _signing(letter_id: str, title: str) -> tuple[Move, ...]:
    return (
        Move(
            "issue",
            "签发",
            ("reviewed",),
            "issued",
            SIGNERS,
            fields=(OPINION,),
            guards=(*NOT_OWN_SIGNATURE, _still_ahead),
            apart=("agree",),
            papers=(PaperUse(letter_id, content),),
            help="签发后编号、定稿，并送达收函单位",
            legal=True,
            serves=letter_id,
            tells=(Tell(RECEIVER[0], f"{title}：{{paper}}", "{opening}", sms=True, clock="reply"),),
        ),
        Move(
            "decline",
            "退回起草人",
            ("reviewed",),
            "draft",
            SIGNERS,
            fields=(REASON,),
            guards=NOT_OWN_SIGNATURE,
            internal=True,
        ),
    )


def _answering() -> tuple[Move, ...]:
    return (
        Move(
            "reply",
            "回复",
            ("issued",),
            "answered",
            RECEIVER,
            fields=(
                Field("text", "回复", "longtext"),
                Field("files", "佐证材料", "files", required=False),
            ),
            help="回复即为签收",
            then=("case.receive_notices",),
        ),
        Move(
            "receive",
            "签收",
            ("issued",),
            None,
            RECEIVER,
            guards=(_not_received,),
            then=("case.receive_notices",),
        ),
    )
