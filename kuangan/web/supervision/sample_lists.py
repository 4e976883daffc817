"""Verifications, credits under verification and credibility in lists: the columns of pages and sheets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.core.models import Attachment, Unit
from kuangan.duty.models import Fulfilment
from kuangan.sample.credibility import Credibility
from kuangan.sample.models import Sample, Verdict, Verification
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column


def state_word(verification: Verification) -> str:
    """What a verification waits for, or what came of it."""
    if verification.confirmed_at is None:
        return "待确认" if verification.judged_at else "待核实"
    if verification.objected_at and not verification.answered_at:
        return f"{verification.get_outcome_display()}（异议待复核）"
    if verification.answered_at and verification.outcome != verification.verdict:
        return f"{verification.get_outcome_display()}（复核改正）"
    return verification.get_outcome_display()


def state_badge(verification: Verification) -> SafeString:
    """The same as a badge; what waits stands out."""
    waits = verification.confirmed_at is None or (
        verification.objected_at is not None and verification.answered_at is None
    )
    return shown.state(
        state_word(verification), terminal=not waits and verification.outcome == Verdict.true, waits=waits
    )


def _matter(verification: Verification) -> SafeString:
    link = shown.link(reverse("sample", args=[verification.pk]), verification.duty.title, "strong")
    return format_html(
        "<div>{}{}</div>", link, shown.under(f"{verification.duty.measure} · {verification.sample.record['title']}")
    )


def _term(verification: Verification) -> SafeString:
    if verification.confirmed_at is None:
        return shown.due(verification.due_at, "抽取之日起的核实期限，含第二人确认")
    return shown.quiet(f"{shown.minute(verification.confirmed_at)} 确认")


COLUMNS = (
    Column("状态", state_word, 14, state_badge, style="nowrap"),
    Column("事项", attrgetter("duty.title"), 40, _matter),
    Column("措施", attrgetter("duty.measure"), page=False),
    Column("责任单位", attrgetter("unit.name"), 26),
    Column("抽查月份", attrgetter("sample.month"), page=False),
    Column("证明程度", lambda verification: verification.get_grade_display(), style="nowrap"),
    Column(
        "抽查比例（%）",
        attrgetter("share"),
        short="比例",
        style="num",
        shown=lambda verification: f"{verification.share}%",
    ),
    Column("核实单位", attrgetter("by_unit.name"), 26, style="small"),
    Column("期限", attrgetter("due_at"), 20, _term, style="nowrap", sort="due_at"),
    Column("核实情况", attrgetter("account"), 50, page=False),
    Column(
        "核实人", lambda verification: verification.judged_by.display_name if verification.judged_by else "", page=False
    ),
    Column(
        "确认人",
        lambda verification: verification.confirmed_by.display_name if verification.confirmed_by else "",
        page=False,
    ),
    Column("确认时间", attrgetter("confirmed_at"), 20, page=False),
)


def file_links(verification: Verification, files: Iterable[Attachment]) -> SafeString:
    """Files that the page of a verification offers, each on its line."""
    links = ((reverse("verification_file", args=[verification.pk, file.pk]), file.name) for file in files)
    return format_html_join("", '<div><a href="{}">{}</a></div>', links)


def credit_columns(verification: Verification, files: Mapping[int, Sequence[Attachment]]) -> tuple[Column, ...]:
    """What was given for the duty; ``files``: of each, by its key."""

    def evidence(given: Fulfilment) -> SafeString:
        ended = "核实不属实，已撤销" if given.barred_at else given.revoked_at and "已撤销"
        return shown.joined(given.get_source_display(), ended and shown.tag(ended), by=" ")

    def note(given: Fulfilment) -> SafeString:
        return shown.joined(given.note, file_links(verification, files[given.pk]))

    return (
        Column("依据", evidence),
        Column("证明程度", lambda given: given.get_grade_display(), style="nowrap"),
        Column("办理时间", attrgetter("done_at"), style="nowrap"),
        Column("登记时间", attrgetter("recorded_at"), style="nowrap"),
        Column("登记人", lambda given: given.by.display_name if given.by else "平台"),
        Column("说明", note),
    )


def credibility_columns(figures: Mapping[int, Credibility], share: Callable[[int], int]) -> tuple[Column, ...]:
    """Units with their figure; ``share``: the share in percent of the next draw, by the unit's key."""

    def figure(unit: Unit) -> Credibility:
        return figures[unit.pk]

    return (
        Column("单位", attrgetter("name"), 28, style="strong"),
        Column(
            "自报可信度（%）",
            lambda unit: figure(unit).percent,
            shown=lambda unit: percent_of(figure(unit)),
            short="自报可信度",
            style="num",
        ),
        Column("已核实", lambda unit: figure(unit).checked, style="num"),
        Column("属实", lambda unit: figure(unit).true, style="num"),
        Column("不属实", lambda unit: figure(unit).untrue, style="num"),
        Column("无法证实", lambda unit: figure(unit).unshown, style="num"),
        Column(
            "下次抽查比例（%）",
            lambda unit: share(unit.pk),
            shown=lambda unit: f"{share(unit.pk)}%",
            short="下次抽查比例",
            style="num",
        ),
    )


def percent_of(figure: Credibility) -> SafeString:
    """The figure, or that the sample is too small for one."""
    if figure.percent is None:
        return shown.unknown("样本不足")
    return shown.strong(f"{figure.percent}%")


def _public_state(sample: Sample) -> str:
    if sample.drawn_at is None:
        return "已承诺，待抽取" if sample.frozen_at is None else "范围已冻结，待抽取"
    return "核实中，结果待公开" if sample.waits else "结果已公开"  # type: ignore[attr-defined]  # annotated by the query


PUBLIC = (
    Column("月份", attrgetter("month"), style="nowrap"),
    Column("名称", lambda sample: sample.record["title"], 30, style="strong"),
    Column("单位", attrgetter("unit.name"), 28),
    Column("承诺时间", attrgetter("committed_at"), 20, style="nowrap"),
    Column(
        "承诺摘要", attrgetter("commitment"), 66, lambda sample: format_html("<code>{}</code>", sample.commitment[:16])
    ),
    Column("状态", _public_state, 20),
    Column(
        "记录",
        attrgetter("slug"),
        shown=lambda sample: shown.link(reverse("public_sample_record", args=[sample.slug]), "下载"),
    ),
)
"""Samples as anybody sees them."""
