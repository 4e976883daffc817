"""A letter as a Word file, worded as its paper is."""

from urllib.parse import quote

from django.http import HttpResponse

from kuangan.base import clock
from kuangan.office.actions import letters as actions
from kuangan.office.models import Letter, LetterKind
from kuangan.paper.word import DOCX, Block, word_file

ENDINGS = {
    LetterKind.supervision_letter: "特此督办。",
    LetterKind.reminder_letter: "特此提醒。",
    LetterKind.urging_letter: "特此催办。",
}


def letter_in_word(letter: Letter) -> HttpResponse:
    """The letter as a Word file: a draft while it has no number."""
    number = (letter.paper.number or "") if letter.paper else ""
    at = letter.issued_at or clock.now()
    contact = f"联系人：{letter.contact}　{letter.phone}" if letter.contact else ""
    fields = actions.letter_fields(letter)
    day = clock.civil_date(at)
    blocks = [
        Block("title", [letter.get_kind_display()]),
        Block("number", [number] if number else []),
        Block("addressee", [f"{letter.to.name}："]),
        Block("text", [letter.opening]),
        Block("items", letter.matters),
        Block("text", ["请你单位做好以下工作："]),
        Block("items", letter.demands),
        Block("text", [f"请于{fields['reply_due']}前书面回复办理情况。", ENDINGS[LetterKind(letter.kind)]]),
        Block("text", [contact] if contact else []),
        Block("signature", [letter.unit.name, f"{day.year}年{day.month}月{day.day}日"]),
    ]
    name = quote(f"{letter.get_kind_display()}（{letter.to.name}）{number or '草稿'}.docx")
    return HttpResponse(
        word_file(blocks),
        content_type=DOCX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )
