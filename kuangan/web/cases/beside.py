"""The lists of one case's page: what can be done, terms, papers, checks, evidence, related cases, notices, over-limits."""

from collections.abc import Iterable, Sequence
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.casework.models import Case, CaseClock
from kuangan.web.cases.lists import DIGEST, case_link, clock_due, state_badge
from kuangan.web.cases.words import CHECK_WORDS, check_result, due_derivation
from kuangan.web.duties.words import period_words
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.tables import Table, bare
from kuangan.web.templatetags.kuangan_law import cites

if TYPE_CHECKING:
    from kuangan.web.cases.cases import Way

CAUSE = 20
"""Characters of a declared cause that the list of over-limits shows."""


def ways_table(case: Case, ways: Sequence["Way"]) -> Table:
    """What the reader can do now; the button of the first that waits for him stands out."""
    first = next((way for way in ways if way.wanted and not way.refused), None)

    def step(way: "Way") -> SafeString:
        if way.refused:
            return format_html('<span class="btn btn-sm disabled" aria-disabled="true">{}</span>', way.label)
        party = f"?party={way.party.id}" if way.party else ""
        address = f"{reverse('move', args=[case.pk, way.move.id])}{party}"
        link: SafeString = shown.link(address, way.label, f"btn btn-sm{' btn-primary' if way is first else ''}")
        return link

    def about(way: "Way") -> SafeString:
        words = format_html('<span class="strong">✕ {}</span>', way.refused) if way.refused else way.move.help
        return shown.joined(words, cites(way.move.cites), by=" ")

    return bare((Column("步骤", step, style="w-1 nowrap"), Column("说明", about)), ways)


def _clock(clock: CaseClock) -> SafeString:
    how = "" if clock.stopped_at else due_derivation(clock)
    if how and clock.provisional:
        how += "；节假日表为暂定，正式公布后重算"
    assumed = shown.joined(shown.tag("暂按", "assumed"), clock.assumed, by=" ") if clock.assumed else None
    return shown.joined(clock.label, shown.under(how), assumed and format_html('<div class="small">{}</div>', assumed))


def _clock_end(clock: CaseClock) -> SafeString:
    below: Any = None
    if clock.stopped_at:
        words = "逾期后已完成" if clock.lapsed_at else "已完成"
        end = shown.quiet(shown.joined(words, _below(shown.minute(clock.stopped_at))))
    elif clock.paused_at:
        end = shown.joined("已中止", _below(shown.minute(clock.paused_at)))
    else:
        end, below = clock_due(clock), shown.under(shown.deadline(clock.due_at))
    lapsed = clock.lapsed_at and shown.under(
        f"{shown.deadline(clock.lapsed_at)}届满，{shown.minute(clock.noticed_at)}发现"
    )
    return shown.joined(end, below, lapsed)


def _below(text: str) -> SafeString:
    return format_html('<div class="small">{}</div>', text)


CLOCKS = (Column("期限", _clock), Column("届满", _clock_end, style="num"))


def _paper(link: Any) -> SafeString:
    paper = link.paper
    signer = f" · {paper.signer_name}签发" if paper.signer_name else ""
    title = shown.link(reverse("paper", args=[paper.pk]), paper.title)
    return shown.joined(title, shown.under(f"{paper.number or '未编号'}{signer}"))


def _paper_state(link: Any) -> SafeString:
    paper = link.paper
    pdf = paper.frozen_at and format_html(
        '<div><a class="small" href="{}" target="_blank" rel="noopener">PDF</a></div>',
        reverse("paper_pdf", args=[paper.pk]),
    )
    return shown.joined(shown.state(paper.get_state_display()), pdf)


PAPERS = (Column("文书", _paper), Column("状态", _paper_state, style="num"))


def _paper_aside(link: Any) -> SafeString:
    address = reverse("paper", args=[link.paper_id])
    return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', address, link.paper.title)


PAPERS_ASIDE = (
    Column("文书", _paper_aside),
    Column("文号", lambda link: link.paper.number or "未编号", style="quiet"),
    Column("状态", lambda link: link.paper.get_state_display(), style="num quiet"),
)
"""Papers beside a form: they open in a page of their own."""


DUTIES = (
    Column("事项", lambda duty: shown.link(reverse("duty", args=[duty.pk]), duty.title)),
    Column("期间", period_words),
    Column("期限", lambda duty: "已完成" if duty.done_at else shown.due(duty.due_at, "义务的期限"), style="num"),
)


def _check(check: Any) -> SafeString:
    place = check.episode.point.place_text
    words = f"{place}：{check.remark}" if check.remark else place
    return shown.joined(CHECK_WORDS[check.kind], shown.under(words))


def _check_result(check: Any) -> SafeString:
    if not check.done_at:
        return shown.quiet(f"{shown.minute(check.wakes_at)} 核对")
    return check_result(check.result)


CHECKS = (Column("核对", _check), Column("结果", _check_result, style="num"))


def evidence_columns(case: Case) -> tuple[Column, ...]:
    """Files that were added; a row is the step with the file."""

    def file(line: Any) -> SafeString:
        step, attachment = line
        link = shown.link(reverse("case_attachment", args=[case.pk, attachment.pk]), attachment.name)
        digest = shown.hinted(attachment.sha256[:DIGEST], f"SHA-256 {attachment.sha256}")
        return shown.joined(link, shown.under(shown.joined(step.label, shown.minute(attachment.at), digest, by=" · ")))

    return (Column("文件", file), Column("大小", lambda line: filesizeformat(line[1].size), style="num small"))


def _related(line: tuple[str, Case]) -> SafeString:
    return format_html('<span class="quiet small">{}</span><br>{}', line[0], case_link(line[1]))


RELATED = (Column("办件", _related), Column("状态", lambda line: state_badge(line[1]), style="num"))


def told_table(calls: Iterable[Any], notices: Iterable[Any]) -> Table:
    """Calls and notices of a case: who was told what, and whether he answered."""
    lines = [*(_called(link.call) for link in calls), *(_notified(link.notice) for link in notices)]
    return bare((Column("事项", itemgetter(0)), Column("签收", itemgetter(1), style="num")), lines)


def _called(call: Any) -> tuple[SafeString, SafeString]:
    what = shown.joined(shown.icon("phone-call"), f"叫应 {call.unit.name}", by=" ")
    answered = call.answered_by and format_html('<div class="small">{}</div>', call.answered_by.name)
    return shown.joined(what, shown.under(call.reason)), shown.joined(call.get_state_display(), answered)


def _notified(notice: Any) -> tuple[SafeString, SafeString]:
    what = shown.joined(notice.title, shown.under(f"{notice.unit.name} · {shown.minute(notice.created_at)}"))
    if not notice.received_at:
        return what, shown.due(notice.due_at, "通知载明的签收期限")
    who = f"{notice.received_by.display_name} {shown.minute(notice.received_at)}"
    return what, shown.joined("已签收", shown.under(who))


def _presumed(line: Any) -> Any:
    return shown.unknown("逾期未核实，推定真实") if line.get("presumed") else "两人核实确认"


OVERLIMITS = (
    Column("所依据的超限", lambda line: shown.link(reverse("case", args=[line["key"]]), line["number"]), label="办件"),
    Column("地点", itemgetter("place")),
    Column("开始时间", itemgetter("started_at_text"), label="开始"),
    Column("最大值 %CH₄", itemgetter("peak"), style="num strong", label="最大值"),
    Column("认定", _presumed),
)


def _episode_place(link: Any) -> SafeString:
    episode = link.episode
    address = f"{reverse('point', args=[episode.point_id])}?at={shown.epoch(episode.started_at)}"
    place = shown.link(address, episode.point.place_text or episode.point.native_code)
    calibrating = shown.tag("疑似标校") if episode.proposed else None
    doubtful = shown.tag("状态码存疑") if episode.uncertain else None
    return shown.joined(place, calibrating, doubtful, by=" ")


def _episode_end(link: Any) -> SafeString:
    episode = link.episode
    if not episode.ended_at:
        return shown.strong("正在超限")
    return shown.joined(shown.minute(episode.ended_at), None if episode.final_at else shown.tag("未终结"), by=" ")


def _set_points(link: Any) -> str:
    episode = link.episode
    return " / ".join(map(shown.plain, (episode.limit_alarm, episode.limit_power_off, episode.limit_re_power)))


def _power(link: Any) -> Any:
    episode = link.episode
    return shown.unknown("断电情况不明") if episode.power_state == "unknown" else episode.get_power_state_display()


def _declared(link: Any) -> Any:
    declared = link.episode.declared
    if declared is None:
        return shown.strong("未申报")
    return f"{shown.minute(declared.started_at)} {shown.cut(declared.cause, CAUSE)}"


EPISODES = (
    Column("测点", _episode_place),
    Column("开始", attrgetter("episode.started_at"), style="nowrap"),
    Column("结束", _episode_end, style="nowrap"),
    Column("最大值", lambda link: shown.gas(link.episode.peak), style="num strong"),
    Column("报警/断电/复电", _set_points, style="num"),
    Column("断电情况", _power),
    Column("矿方申报", _declared),
)


def _receipt(service: Any) -> Any:
    if not service.receipt_paper_id:
        return shown.EMPTY
    return shown.link(reverse("paper", args=[service.receipt_paper_id]), "送达收执")


SERVICES = (
    Column("方式", lambda service: f"{service.get_method_display()}{'（拒绝签收）' if service.refused else ''}"),
    Column("受送达人", attrgetter("receiver")),
    Column("时间", attrgetter("at"), style="nowrap"),
    Column("收执", _receipt),
)


def _publication(publication: Any) -> Any:
    if publication.withdrawn_at:
        return f"已撤回：{publication.withdrawn_reason}"
    if publication.published_at:
        return f"已公示 {shown.minute(publication.published_at)}"
    return shown.joined("待公示", shown.due(publication.due_at, "公示期限"), by=" ")


PUBLICATIONS = (Column("公示", _publication),)
