"""Characters that documents can't hold or fonts can't draw: taken out or refused at the door, and no export fails on them."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from kuangan.base import clock, workshop
from kuangan.base.kept import Kept
from kuangan.base.turns import Turns
from kuangan.casework.models import Case
from kuangan.core.models import Person
from kuangan.flow.sweep import sweep_once
from kuangan.law.paper import PaperError
from kuangan.law.setting.typeset import pictures, typeset
from kuangan.ledger.models import Entry
from kuangan.office.models import PresenceCheck
from kuangan.web.frame.lists import Column, export
from tests.web.ledger_world import LEDGER, patrol
from tests.web.test_moves import post, state
from tests.web.test_office_letters import draft, the_letter

SAMPLES = Path(__file__).parents[1] / "samples" / "papers"
ODD = "甲" + "".join(chr(code) for code in (*range(32), 0x7F, 0x85, 0x2028, 0xFFFE, 0xFFFF)) + "乙"
KEPT = ODD.replace("\x00", "")
"""What the database itself would keep of it."""


def answers(client, letter: Case) -> None:
    """Page, Word file and list of the letter."""
    assert client.get(reverse("case", args=[letter.pk])).status_code == 200
    word = client.get(reverse("letter_word", args=[letter.pk]))
    assert word.status_code == 200
    assert "现予提醒" in "".join(paragraph.text for paragraph in Document(io.BytesIO(word.content)).paragraphs)
    listed = client.get(reverse("letters"), {"export": "xlsx"})
    assert listed.status_code == 200
    load_workbook(io.BytesIO(listed.content))


def test_a_line_break_pasted_from_word_is_a_line_break(world, as_user):
    opening = (SAMPLES / "opening_with_vertical_tab.txt").read_text(encoding="utf-8")
    assert "\x0b" in opening
    client = as_user("county_officer")
    draft(client, world, opening=opening, matters="逾期事项")
    letter = the_letter()
    assert letter.facts["opening"] == opening.replace("\x0b", "\n")
    answers(client, letter)


def test_a_control_character_that_was_kept_before_breaks_no_export(world, as_user):
    client = as_user("county_officer")
    draft(client, world, matters="逾期事项")
    letter = the_letter()
    Case.objects.filter(pk=letter.pk).update(facts={**letter.facts, "opening": f"{KEPT}现予提醒"})
    answers(client, the_letter())


def test_a_mines_note_breaks_no_export_of_its_county(world, as_user):
    county, mine = as_user("county_duty"), as_user("mine_dispatcher")
    start = clock.now() + timedelta(hours=1)
    times = {"first": start, "last": start + timedelta(hours=2)}
    moments = {name: clock.civil(at).strftime("%Y-%m-%dT%H:%M:%S") for name, at in times.items()}
    county.post(reverse("presence"), {"checker": world.city.units["county"].pk, "receivers": ["mines"], **moments})
    clock.move(start + timedelta(hours=2), rate=0.0)
    sweep_once()
    check = PresenceCheck.objects.order_by("unit__path").first()
    assert mine.post(reverse("watch"), {"do": "answer", "check": check.pk, "note": ODD}).status_code == 302
    check.refresh_from_db()
    assert check.note == "甲\t\n\n\n\n\n\n乙"
    PresenceCheck.objects.update(note=KEPT)
    assert county.get(reverse("presence"), {"export": "xlsx"}).status_code == 200


@pytest.mark.parametrize("code", [*range(9), 0x0B, 0x1F, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_no_list_fails_to_be_exported_on_a_character(code):
    answer = export(
        f"名[册]{chr(code)}", [Column(f"栏{chr(code)}", lambda row: row)], [f"甲{chr(code)}乙", f"={chr(code)}1"]
    )
    cells = [cell for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells] == ["s"] * 3


def test_the_names_of_recorder_and_unit_are_no_formulas_in_a_ledgers_sheet(world, as_user):
    made = patrol(world)
    Person.objects.filter(user=made.recorded_by).update(name='=HYPERLINK("http://x","点")')
    type(made.unit).objects.filter(pk=made.unit.pk).update(name="=1+1")
    Entry.objects.filter(pk=made.pk).update(values=made.values | {"places": f"={KEPT}"})
    client = as_user("county_commissioner")
    content = client.get(reverse("ledger", args=[LEDGER]), {"since": "", "export": "xlsx"}).content
    cells = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
    assert '=HYPERLINK("http://x","点")' in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}
    plain = client.get(reverse("ledger_template", args=[LEDGER]))
    assert plain.status_code == 200


def test_a_character_that_no_font_draws_is_named_and_never_printed_as_a_box():
    paper = json.loads((SAMPLES / "letter_without_glyphs.json").read_text(encoding="utf-8"))
    for draw in (typeset, pictures):
        with pytest.raises(PaperError, match="“𫰠”“\U0003158e”没有可用的字形"):
            draw("supervision_letter", paper)
    paper["fields"]["opening"] = "𬱖、㙍、䶮、𠅤、𬍛、𣲗\ufe00①㎡±"
    assert typeset("supervision_letter", paper).startswith(b"%PDF")


def test_a_letter_with_such_a_character_says_so_at_the_look_and_is_not_signed(world, as_user):
    officer, section, head = (as_user(name) for name in ("county_officer", "county_section", "county_head"))
    draft(officer, world, opening="请责任人赵𫰠办结：", matters="逾期事项")
    letter = the_letter()
    look = officer.get(reverse("move", args=[letter.pk, "submit"])).content.decode()
    assert "“𫰠”没有可用的字形" in look
    post(officer, letter, "submit")
    post(section, letter, "agree")
    post(head, letter, "issue")
    assert state(letter) != "issued"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"opening": "à" + "\u0301" * 7900}, "过多的叠加符号"),
        ({"opening": "一\n" * 3900}, "最多 500 行"),
    ],
    ids=["marks", "lines"],
)
def test_a_paper_that_costs_more_to_set_than_any_real_one_is_refused_at_the_look(world, as_user, more, said):
    client = as_user("county_officer")
    draft(client, world, **{"matters": "逾期事项"} | more)
    answer = client.get(reverse("move", args=[the_letter().pk, "submit"]))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert len(answer.content) < 200_000


def test_more_papers_and_sheets_at_once_than_may_wait_are_answered_503_in_words(world, as_user, monkeypatch):
    client = as_user("county_officer")
    draft(client, world, matters="逾期事项")
    monkeypatch.setattr(
        "kuangan.law.setting.typeset._SET_BEFORE", Kept(0)
    )  # the draft was shown, and is kept, when it was made
    monkeypatch.setattr(workshop, "_turns", Turns(at_once=0, waiting=0, patience_s=0))
    answer = client.get(reverse("move", args=[the_letter().pk, "submit"]))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "正在处理的文件较多" in answer.content.decode()
    assert client.get(reverse("letters")).status_code == 200
