"""A letter as a Word file, worded as its paper is."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from kuangan.base import clock
from kuangan.casework.models import Case, CasePaper
from kuangan.casework.view import attempt_of, view_of
from kuangan.core.models import Unit
from kuangan.law.content import procedure_by_id
from kuangan.paper.models import Paper
from kuangan.paper.word import DOCX, Block, word_file

ENDINGS = {"督办函": "特此督办。", "提醒函": "特此提醒。", "催办函": "特此催办。"}


def letter_in_word(letter: Case, office: Unit) -> HttpResponse:
    """The letter as a Word file: a draft while it has no number."""
    title, paper = procedure_by_id(letter.procedure).title, paper_of(letter)
    fields = paper.data if paper else fields_of(letter)
    number = (paper.number or "") if paper else ""
    day = clock.civil_date((paper.frozen_at if paper else None) or clock.now())
    contact = f"联系人：{fields['contact']}　{fields['phone']}" if fields["contact"] else ""
    blocks = [
        Block("title", [title]),
        Block("number", [number] if number else []),
        Block("addressee", [f"{fields['to']}："]),
        Block("text", [fields["opening"]]),
        Block("items", fields["matters"]),
        Block("text", ["请你单位做好以下工作："]),
        Block("items", fields["demands"]),
        Block("text", [f"请于{fields['reply_due']}前书面回复办理情况。", ENDINGS.get(title, "")]),
        Block("text", [contact] if contact else []),
        Block("signature", [office.name, f"{day.year}年{day.month}月{day.day}日"]),
    ]
    name = quote(f"{title}（{fields['to']}）{number or '草稿'}.docx")
    return HttpResponse(
        word_file(blocks),
        content_type=DOCX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def paper_of(letter: Case) -> Paper | None:
    """The numbered paper of a letter as its list reads it."""
    frozen: list[CasePaper] = getattr(letter, "frozen")  # noqa: B009  # a prefetch's to_attr, unknown to the stubs
    return frozen[0].paper if frozen else None


def fields_of(letter: Case) -> dict[str, Any]:
    """The fields of the letter's paper as the case says them now."""
    now = clock.now()
    uses = [use for move in procedure_by_id(letter.procedure).moves for use in move.papers]
    return uses[0].content(view_of(letter, now), attempt_of(None, None, {}, now))
