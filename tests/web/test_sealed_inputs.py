"""A sealed input is opened on the case's page by those it names, once, on the record; everybody else reads that it is sealed."""

import io
from dataclasses import replace

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.actions import appoint, create_post
from kuangan.core.models import Event
from kuangan.flow.proof.rows import compare_rows
from kuangan.law.lawcheck.procedures import openings as texts
from kuangan.law.lawcheck.procedures.parts import inputs
from kuangan.law.procedure import By, Field, Move, Tell
from kuangan.law.role import Role
from tests.procedures import INQUIRY, OFFICE, known

SECRET = "赵某某的邻居听说"
READERS = (By("office", "section_head"),)
SECRETIVE = replace(
    INQUIRY,
    moves=(
        *INQUIRY.moves,
        Move(
            "note",
            "补充线索",
            ("drafted",),
            None,
            OFFICE,
            fields=(
                Field("informer", "线索提供人", sealed=True, readers=READERS),
                Field("about", "线索内容", required=False),
            ),
        ),
    ),
)


@pytest.fixture(autouse=True)
def secretive():
    with known(SECRETIVE):
        yield


@pytest.fixture
def case(world, as_user) -> Case:
    given = {"matter": "越界", "gravity": "grave", "found_on": "2026-03-02", "subject": world.city.mine.unit.pk}
    client = as_user("city_officer")
    assert client.post(reverse("new_case", args=["inquiry", "open"]), given).status_code == 302
    opened = Case.objects.get(procedure="inquiry")
    noted = {"informer": SECRET, "about": "井口东侧"}
    assert client.post(reverse("move", args=[opened.pk, "note"]), noted).status_code == 302
    return opened


def opening_of(case, name="informer"):
    return reverse("open_input", args=[case.pk, case.moves.get(move="note").pk, name])


def page_of(client, case):
    return client.get(reverse("case", args=[case.pk])).content.decode()


def openings(case):
    return Event.objects.filter(subject_kind="casework.case", subject_id=str(case.pk), action="input_opened")


def test_a_named_reader_opens_it_once_and_the_trail_says_who_when_and_from_where(world, as_user, case):
    client, address = as_user("city_section"), opening_of(case)
    sealed = page_of(client, case)
    assert (SECRET in sealed, "（已密封）" in sealed, address in sealed) == (False, True, True)

    opened = client.post(address, REMOTE_ADDR="10.3.7.9")
    assert SECRET in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    event = openings(case).get()
    assert (event.actor, event.source) == (world.users["city_section"], "10.3.7.9")
    assert event.data == {"move": "note", "step": case.moves.get(move="note").pk, "field": "informer"}
    assert abs((event.at - clock.now()).total_seconds()) < 60

    again = page_of(client, case)
    assert (SECRET in again, "打开密封内容" in again) == (False, True), "shown for that answer only"
    client.post(address)
    assert openings(case).count() == 2, "each look is one of its own"
    assert compare_rows().broken is None


@pytest.mark.parametrize("reader", ["city_officer", "county_section"])
def test_who_is_not_among_its_readers_sees_that_it_is_sealed_and_is_refused(as_user, case, reader):
    client = as_user(reader)
    page = page_of(client, case)
    assert ("（已密封）" in page, SECRET in page, opening_of(case) in page) == (True, False, False)
    assert SECRET not in client.post(opening_of(case), follow=True).content.decode()
    assert not openings(case).exists()


def test_the_refusal_names_the_readers(as_user, case):
    answer = as_user("city_officer").post(opening_of(case), follow=True)
    assert "“线索提供人”为密封内容，只有承办单位科（股）长可以打开" in answer.content.decode()


def test_who_holds_a_post_at_the_mine_does_not_open_what_was_said_about_it(world, as_user, case):
    post = create_post(actor=None, unit=world.city.mine.unit, role=Role.clerk, title="兼职")
    appoint(actor=None, post=post, person=world.users["city_section"].person)
    client = as_user("city_section")
    assert opening_of(case) not in page_of(client, case)
    answer = client.post(opening_of(case), follow=True).content.decode()
    assert (SECRET in answer, "回避" in answer, openings(case).exists()) == (False, True, False)


@pytest.mark.parametrize("reader", ["mine_director", "other_county_section"])
def test_who_was_not_told_of_the_step_finds_nothing_to_open(as_user, case, reader):
    assert as_user(reader).post(opening_of(case)).status_code == 404


def test_what_is_not_sealed_is_not_opened(as_user, case):
    answer = as_user("city_section").post(opening_of(case, "about"), follow=True)
    assert "没有此项密封内容" in answer.content.decode()


def test_lists_and_sheets_hold_nothing_of_it(as_user, case):
    client = as_user("city_section")
    client.post(opening_of(case))
    for query in ("", "?procedure=inquiry", f"?q={case.number}"):
        assert SECRET not in client.get(f"{reverse('cases')}{query}").content.decode()
    sheet = client.get(f"{reverse('cases')}?procedure=inquiry&export=xlsx")
    written = [cell.value for line in load_workbook(io.BytesIO(sheet.content)).active.iter_rows() for cell in line]
    assert (case.number in written, [cell for cell in written if SECRET in str(cell)]) == (True, [])


def test_a_sealed_input_without_readers_is_no_procedure():
    assert "须写明谁可以打开" in "".join(inputs("步骤 'note'", (Field("informer", "线索提供人", sealed=True),)))
    assert list(inputs("步骤 'note'", SECRETIVE.moves[-1].fields)) == []
    assert "readers belong to what is sealed" in "".join(inputs("步骤", (Field("a", "甲", readers=READERS),)))


def test_a_notice_that_names_a_sealed_input_is_no_text():
    telling = replace(SECRETIVE.moves[-1], tells=(Tell(By("above"), "线索", "{informer}反映"),))
    with known(replace(SECRETIVE, moves=(*INQUIRY.moves, telling))):
        assert "未声明的事实 'informer'" in "".join(problem.message for problem in texts.check())
