"""In mid-year the numbers given outside are stated by two persons; the next paper gets the one after."""

from datetime import date

import pytest
from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import appoint, create_post
from kuangan.core.errors import Refused
from kuangan.flow.changes.kinds import change_kinds
from kuangan.flow.changes.making import Stated, accept_change, ask_change
from kuangan.flow.changes.subjects import change_subject
from kuangan.law.role import Role
from kuangan.paper.models import NumberSeries
from kuangan.paper.number import marks_of, next_serial, take_number
from kuangan.paper.queries import number_series
from tests.db.mine.conftest import make_user


@pytest.fixture
def head(bureau):
    return make_user(bureau, "county_head", Role.bureau_head)


def ask(actor, last: object, character: str = "处", document: str = "发文登记簿2026", **more):
    unit = actor.person.unit
    return ask_change(
        actor=actor,
        kind=change_kinds()["unit_paper_numbers"],
        subject=change_subject("unit", unit.code),
        values={"character": character, "last": last} if not more else {},
        stated=Stated(today(), "年中启用", document),
        **more,
    )


def today() -> date:
    return clock.civil_date(clock.now())


def take(unit, character: str = "处") -> str:
    region, organ = marks_of(unit, today())
    with transaction.atomic():
        return take_number(region=region, organ=organ, character=character, year=today().year)


def test_a_second_person_decides_and_the_next_paper_goes_on_from_there(bureau, section_head, head):
    change = ask(section_head, "12")
    assert (change.state, next_serial(bureau, "处", today())) == ("proposed", 1)
    with pytest.raises(Refused, match="不由您的岗位审核"):
        accept_change(actor=section_head, change=change)
    accept_change(actor=head, change=change)
    assert take(bureau).endswith("〕13号")
    assert take(bureau, "").endswith("〕1号")
    listed = {used.series.character: used for used in number_series(section_head, today())}
    assert [(numbers.first, numbers.last) for numbers in listed["处"].outside] == [(1, 12)]
    assert listed["处"].series.last == 13
    assert listed[""].outside == ()


def test_once_the_platform_has_given_a_number_none_is_stated_any_more(bureau, section_head, head):
    take(bureau)
    change = ask(section_head, "5")
    with pytest.raises(Refused, match="平台已编出"):
        accept_change(actor=head, change=change)
    assert NumberSeries.objects.get().last == 1


def test_a_wrong_statement_is_corrected_as_long_as_nothing_rests_on_it(bureau, section_head, head):
    change = accept_change(actor=head, change=ask(section_head, "12"))
    accept_change(actor=head, change=ask(section_head, "", corrects=change, takes_back=True))
    assert next_serial(bureau, "处", today()) == 1
    again = accept_change(actor=head, change=ask(section_head, "9"))
    take(bureau)
    with pytest.raises(Refused, match="不能更正"):
        accept_change(actor=head, change=ask(section_head, "", corrects=again, takes_back=True))


@pytest.mark.parametrize(("last", "document"), [("0", "簿"), ("100001", "簿"), ("-3", "簿"), ("十二", "簿"), ("3", "")])
def test_what_is_no_serial_or_has_no_paper_is_refused(bureau, section_head, head, last, document):
    with pytest.raises(Refused):
        accept_change(actor=head, change=ask(section_head, last, document=document))
    assert next_serial(bureau, "处", today()) == 1


def test_nobody_decides_what_he_proposed_himself_whatever_he_holds(bureau, section_head, head):
    both = create_post(actor=None, unit=bureau, title="兼任负责人", role=Role.bureau_deputy)
    appoint(actor=None, post=both, person=section_head.person)
    change = ask(section_head, "3")
    with pytest.raises(Refused, match="由另一人审核"):
        accept_change(actor=section_head, change=change)
