"""When a step of telling and hearing the respondents is refused."""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text, deadline_text, moment_text
from kuangan.corpus.procedures.administrative_penalty import course
from kuangan.corpus.procedures.administrative_penalty.guards import INVESTIGATION, investigators
from kuangan.law.procedure import Attempt, CaseView, Guard


def own_matter(case: CaseView, attempt: Attempt) -> str | None:
    """A unit speaks through who leads it; a person speaks for himself."""
    party = case.party(attempt.party)
    if party.kind == "unit" or party.name == attempt.person:
        return None
    return f"{party.name}的意见须由其本人提出；书面或者口头提出的，由执法人员登记"


def not_told_yet(case: CaseView, attempt: Attempt) -> str | None:
    """A pre-notice is served on each respondent once."""
    return "告知书已送达该当事人" if course.last_of(case, attempt.party, "serve_pre_notice") else None


def told(case: CaseView, attempt: Attempt) -> str | None:
    """Only who was told can answer."""
    return None if course.last_of(case, attempt.party, "serve_pre_notice") else "告知书尚未送达该当事人"


def within_the_days(field: str = "") -> Guard:
    """Within five working days after service; ``field`` holds the moment where an officer records what came on paper."""

    def guard(case: CaseView, attempt: Attempt) -> str | None:
        until = course.answer_until(case, attempt.party)
        moment = attempt.inputs[field] if field else attempt.at
        if until is None or moment < until:
            return None
        return f"陈述、申辩和要求听证的期限已于{deadline_text(until)}届满，视为放弃"

    return guard


def right_to_hearing(case: CaseView, attempt: Attempt) -> str | None:
    """Only for penalties that the law names."""
    if course.may_ask_for_hearing(case, attempt.party, civil_date(attempt.at)):
        return None
    return "拟给予的行政处罚不属于听证范围，可以进行陈述、申辩"


def not_concluded(case: CaseView, attempt: Attempt) -> str | None:
    """After the conclusion nothing more is heard in this round."""
    return "对该当事人的意见已复核完毕" if course.concluded(case, attempt.party) else None


def no_request_yet(case: CaseView, attempt: Attempt) -> str | None:
    """A hearing is asked for once."""
    return "该当事人已要求听证" if course.asked_for_hearing(case, attempt.party) else None


def a_request_stands(case: CaseView, attempt: Attempt) -> str | None:
    """A hearing is held because somebody asked for it."""
    return None if course.asked_for_hearing(case, attempt.party) else "该当事人没有要求听证"


def not_heard_yet(case: CaseView, attempt: Attempt) -> str | None:
    """One hearing for each respondent."""
    return "该当事人的听证会已经举行" if course.heard(case, attempt.party) else None


def impartial_hosts(case: CaseView, attempt: Attempt) -> str | None:
    """Host and clerk have not investigated the case (行政处罚法第六十四条第四项)."""
    people = investigators(case)
    named = [str(attempt.inputs[name]) for name in ("host", "clerk")]
    wrong = [name for name in named if name in people]
    if wrong:
        return f"{'、'.join(wrong)}是本案调查人员，听证主持人、书记员须由非本案调查人员担任"
    return "主持人和书记员不能是同一人" if named[0] == named[1] else None


def day_of_hearing(case: CaseView, attempt: Attempt) -> str | None:
    """Seven working days after today at the earliest, fifteen days after the request at the latest.

    Where holidays leave no day that keeps both, the notice goes before: it is the respondent's right by statute.
    """
    held_at = attempt.inputs["held_at"]
    earliest = course.earliest_hearing(attempt.at)
    if held_at < earliest:
        return f"须在举行听证的7个工作日前通知当事人：最早可于{date_text(civil_date(earliest))}举行"
    latest = course.latest_hearing(course.asked_on(case, attempt.party))
    if held_at >= latest > earliest:
        return f"须自收到听证要求之日起15日内举行听证：最迟于{deadline_text(latest)}前举行"
    return None


def notice_not_served(case: CaseView, attempt: Attempt) -> str | None:
    """A hearing of which notice was served is only postponed, for a reason of the respondent."""
    invited = course.invitation(case, attempt.party)
    served = course.last_of(case, attempt.party, "serve_hearing_notice")
    if invited is None or served is None or served.at < invited.at:
        return None
    return "听证会通知书已经送达；当事人有正当理由的，请办理“延期听证”"


def postponed_once(case: CaseView, attempt: Attempt) -> str | None:
    """A respondent may have the hearing postponed once."""
    if course.last_of(case, attempt.party, "serve_hearing_notice") is None:
        return "听证会通知书尚未送达，请重新确定时间"
    return "听证只能延期1次" if course.last_of(case, attempt.party, "postpone_hearing") else None


def seven_days_before(case: CaseView, attempt: Attempt) -> str | None:
    """The notice reaches the respondent seven working days before the hearing."""
    invited = course.invitation(case, attempt.party)
    if invited is None:
        return "尚未确定听证时间"
    earliest = course.earliest_hearing(attempt.inputs["served_at"])
    if invited.inputs["held_at"] >= earliest:
        return None
    held_at = moment_text(invited.inputs["held_at"])
    return f"送达之日距听证（{held_at}）不足7个工作日，请由负责人重新确定时间"


def after_the_notice(case: CaseView, attempt: Attempt) -> str | None:
    """Nothing is heard before its time, nor without notice."""
    invited = course.invitation(case, attempt.party)
    served = course.last_of(case, attempt.party, "serve_hearing_notice")
    if invited is None or served is None or served.at < invited.at:
        return "听证会通知书尚未送达"
    held_at: datetime = invited.inputs["held_at"]
    return None if attempt.at >= held_at else f"听证会定于{moment_text(held_at)}举行，尚未开始"


def by_the_host(case: CaseView, attempt: Attempt) -> str | None:
    """The host reports himself, on his own login."""
    first = course.last_of(case, attempt.party, "convene_hearing")
    host = str(first.inputs["host"]) if first is not None else ""
    if attempt.actor in {done.actor for done in case.done if done.move in INVESTIGATION}:
        return "您是本案调查人员，不得主持听证"
    return None if attempt.person == host else f"听证会报告书由听证主持人{host}本人办理"


def everything_heard(case: CaseView, attempt: Attempt) -> str | None:
    """Not before the days are over or given up, and not before a hearing that was asked for."""
    party = attempt.party
    until = course.answer_until(case, party)
    if until is None:
        return "告知书尚未送达该当事人"
    if attempt.at < until and not course.waived(case, party) and not course.heard(case, party):
        return f"当事人陈述、申辩和要求听证的期限至{deadline_text(until)}，期满前不得提出处理意见"
    if course.asked_for_hearing(case, party) and not course.heard(case, party):
        return "当事人要求听证，听证结束前不得提出处理意见"
    return None


def not_heavier(case: CaseView, attempt: Attempt) -> str | None:
    """Nobody suffers more because he defended himself (行政处罚法第四十五条第二款)."""
    before, after = course.penalty_proposed(case, attempt.party), course.penalty_of(attempt.inputs)
    heavier = (
        after.fine > before.fine or (after.warning and not before.warning) or after.other not in ("", before.other)
    )
    if not heavier:
        return None
    return f"不得重于告知的内容（{before.text}）；发现新的违法事实的，应当重新调查并重新告知"


def seven_days_ahead(case: CaseView, attempt: Attempt) -> str | None:
    """A postponed hearing, too, lies seven working days after its notice."""
    earliest = course.earliest_hearing(attempt.at)
    if attempt.inputs["held_at"] >= earliest:
        return None
    return f"须在举行听证的7个工作日前通知当事人：最早可于{date_text(civil_date(earliest))}举行"


def adopted_fits(case: CaseView, attempt: Attempt) -> str | None:
    """What is said of the respondent's answer fits whether there is one."""
    said = any(done.inputs["kind"] == "defend" for done in course.answers(case, attempt.party))
    answered = said or course.heard(case, attempt.party) is not None
    if answered == (attempt.inputs["adopted"] != "none"):
        return None
    return "当事人提出了意见，须写明复核结果" if answered else "当事人未提出意见，复核结果须选“当事人未提出意见”"
