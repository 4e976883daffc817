"""When a step of a penalty case is refused."""

from collections.abc import Callable
from datetime import date

from kuangan.base.clock import civil_date
from kuangan.base.numerals import moment_text
from kuangan.corpus.procedures.administrative_penalty import course
from kuangan.law.procedure import Attempt, CaseView, Guard
from kuangan.law.time.span import add_months

YEARS, YEARS_WITH_HARM = 2, 5
"""After how many years a violation is no longer punished (行政处罚法第三十六条)."""
INVESTIGATION = (
    *(
        "propose_filing",
        "join_filing",
        "record_evidence",
        "commission_test",
        "receive_test",
        "propose_penalty",
        "report",
    ),
    *("confirm_report", "conclude", "confirm_conclusion"),
)
"""Who has made one of these steps has investigated the case."""


def within_limitation(case: CaseView, attempt: Attempt) -> str | None:
    """A violation found after two years, or five where it did harm to life, health or safety, is not punished."""
    return too_old(case.facts["ended_on"], case.facts["found_on"], harm=bool(case.facts.get("harm")))


def too_old(ended_on: date | str, found_on: date | str, *, harm: bool) -> str | None:
    """The refusal for a violation that ended and was found on these days (行政处罚法第三十六条), or None."""
    years = YEARS_WITH_HARM if harm else YEARS
    ended, found_day = _day(ended_on), _day(found_on)
    if found_day < ended:
        return "线索发现日期不能早于违法行为发生日期"
    if found_day <= add_months(ended, 12 * years):
        return None
    return f"违法行为自终了之日起超过{years}年未被发现，依法不再给予行政处罚"


def everybody_proposed(case: CaseView, attempt: Attempt) -> str | None:
    """The report says of each respondent what he is to suffer."""
    return lacking(case, lambda party: course.proposed(case, party) is None, "尚未提出处理建议")


def some_penalty(case: CaseView, attempt: Attempt) -> str | None:
    """A proposal names at least one penalty."""
    return "须至少提出一种行政处罚" if course.penalty_of(attempt.inputs).empty else None


def evidence_on_file(case: CaseView, attempt: Attempt) -> str | None:
    """Facts that are not proved are not punished (行政处罚法第四十条)."""
    return None if case.last("record_evidence") else "案件尚未登记任何证据，不得提出处理意见"


def no_test_out(case: CaseView, attempt: Attempt) -> str | None:
    """A test or an appraisal that was commissioned has come back."""
    newest = case.last("commission_test", "receive_test")
    if newest is None or newest.move == "receive_test":
        return None
    return "检测、检验、鉴定尚未返回结果"


def a_test_out(case: CaseView, attempt: Attempt) -> str | None:
    """What comes back was sent out."""
    newest = case.last("commission_test", "receive_test")
    return None if newest is not None and newest.move == "commission_test" else "没有委托中的检测、检验、鉴定"


def not_extended_to(limit: int) -> Guard:
    """The term is made longer step by step, each once."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        now = int(case.facts["limit_days"])
        if now >= limit:
            return f"办案期限已延长至{now}日"
        if limit == course.LONGEST and now != course.LONGER:
            return f"须先经本机关负责人批准延长至{course.LONGER}日"
        return None

    return guard


def level_above(case: CaseView, attempt: Attempt) -> str | None:
    """The level above allows the longest term: for a county the city; for the city the province, of which its own head enters the paper."""
    if not course.of_the_city(case):
        return None if attempt.unit == case.names["city"] else "须经上一级主管部门批准"
    if attempt.inputs.get("document") and attempt.inputs.get("files"):
        return None
    return "市级机关办理的案件须经省级主管部门批准：请填写批准文号并上传批准文件"


def everybody_told(case: CaseView, attempt: Attempt) -> str | None:
    """No decision about anybody before everybody was told (行政处罚法第六十二条)."""
    return lacking(case, lambda party: course.last_of(case, party, "serve_pre_notice") is None, "的告知书尚未送达")


def everybody_concluded(case: CaseView, attempt: Attempt) -> str | None:
    """The conclusion speaks of each respondent."""
    return lacking(case, lambda party: course.concluded(case, party) is None, "的意见尚未复核")


def no_review_asked(case: CaseView, attempt: Attempt) -> str | None:
    """The platform passes a case on only where no law asks for a legal review."""
    return "本案须经法制审核" if course.needs_legal_review(case, civil_date(attempt.at)) else None


def not_an_investigator(case: CaseView, attempt: Attempt) -> str | None:
    """Who reviews has not investigated."""
    wrong = attempt.actor in {done.actor for done in case.done if done.move in INVESTIGATION}
    return "您是本案调查人员，不得从事本案法制审核" if wrong else None


def several_heads(case: CaseView, attempt: Attempt) -> str | None:
    """A collective discussion is held by several."""
    return None if len(people_named(str(attempt.inputs["participants"]))) > 1 else "集体讨论须有两名以上负责人参加"


def discussed(case: CaseView, attempt: Attempt) -> str | None:
    """A grave case is decided by the heads together (行政处罚法第五十七条第二款)."""
    why = course.grave(case, civil_date(attempt.at))
    confirmed = case.last("confirm_conclusion")
    made = case.last("discuss")
    if not why or (made is not None and confirmed is not None and made.at >= confirmed.at):
        return None
    return f"本案{why}，须由负责人集体讨论决定：请先办理“集体讨论”"


def not_decided(case: CaseView, attempt: Attempt) -> str | None:
    """One decision about each respondent."""
    return "对该当事人已作出决定" if course.decided(case, attempt.party) else None


def a_penalty_concluded(case: CaseView, attempt: Attempt) -> str | None:
    """A decision that punishes rests on a conclusion that does."""
    if course.concluded(case, attempt.party) is None:
        return "对该当事人的意见尚未复核"
    if course.penalty_concluded(case, attempt.party).empty:
        return "复核意见为不予处罚，请办理“不予行政处罚”或者退回复核"
    return None


def everybody_decided(case: CaseView, attempt: Attempt) -> str | None:
    """The platform passes a case on when there is a decision about each respondent."""
    return lacking(case, lambda party: course.decided(case, party) is None, "尚未决定")


def served_after(*moves: str) -> Guard:
    """Service cannot precede what is served."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        made = course.last_of(case, attempt.party, *moves) or case.last(*moves)
        served_at = attempt.inputs.get("served_at")
        if made is None or served_at is None or served_at >= made.at.replace(second=0, microsecond=0):
            return None
        return f"送达时间不能早于文书作出时间（{moment_text(made.at)}）"

    return guard


def left_with_witnesses(case: CaseView, attempt: Attempt) -> str | None:
    """A paper that was refused is left behind before witnesses, or under a recording."""
    inputs = attempt.inputs
    if inputs["method"] != "left" or inputs.get("witnesses") or inputs.get("files"):
        return None
    return "留置送达须写明见证人，或者上传记录送达过程的照片、录像"


def confirmed_address(case: CaseView, attempt: Attempt) -> str | None:
    """Electronic service needs the respondent's signed consent (行政处罚法第六十一条第二款)."""
    if attempt.inputs["method"] != "electronic" or attempt.inputs.get("files"):
        return None
    return "电子送达须上传当事人签订的送达地址确认书"


def investigators(case: CaseView) -> list[str]:
    """The officers who handle the case, by name."""
    made = (case.last("propose_filing"), case.last("join_filing"))
    return [done.person for done in made if done is not None]


def people_named(text: str) -> list[str]:
    """Names that were typed with 、 or a comma between."""
    return [name for name in text.replace("，", "、").replace(",", "、").split("、") if name.strip()]


def lacking(case: CaseView, lacks: Callable[[int], bool], what: str) -> str | None:
    """The refusal that names the respondents for whom something is missing, or None."""
    names = [party.name for party in case.parties if lacks(party.id)]
    return f"{'、'.join(names)}{what}" if names else None


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def filing_extended_once(case: CaseView, attempt: Attempt) -> str | None:
    """Five more working days, once."""
    return "立案核查期限已延长" if case.facts.get("filing_extended") else None


def nobody_decided(case: CaseView, attempt: Attempt) -> str | None:
    """After the first decision the others rest on the same conclusions."""
    return "已对部分当事人作出决定，不得退回" if any(course.decided(case, party.id) for party in case.parties) else None


def reported_upward_once(case: CaseView, attempt: Attempt) -> str | None:
    """Reported once, and only what has to be."""
    if case.last("report_upward"):
        return "已报上级备案"
    return None if course.must_report_upward(case) else "本案的处罚决定无须报上级备案"


def today(attempt: Attempt) -> date:
    """The civil day of an attempt."""
    return civil_date(attempt.at)
