"""A founded city owes nothing until the city's bureau says from which day it works on the platform."""

from datetime import date

import pytest

from kuangan.base import clock
from kuangan.city.start.checklist import checklist, listed_items
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, UnitKind
from kuangan.core.queries.go_live import go_live_days
from kuangan.duty.actions import open_due
from kuangan.duty.models import Duty
from kuangan.flow.changes.kinds import change_kinds
from kuangan.flow.changes.making import Stated, accept_change, ask_change
from kuangan.flow.changes.queries import offered_kinds
from kuangan.flow.changes.subjects import change_subject
from kuangan.law.role import Role
from tests.city import attachment
from tests.db.mine.conftest import make_user


@pytest.fixture
def city_head(operator):
    return make_user(Unit.objects.get(kind=UnitKind.city_bureau), "city_head", Role.bureau_head)


def ask(actor, unit: Unit, on: date, document: str = "示应急〔2026〕1号"):
    subject = change_subject("unit", unit.code)
    assert subject is not None
    stated = Stated(on, "首批启用", document, attachment(actor))
    return ask_change(actor=actor, kind=change_kinds()["unit_go_live"], subject=subject, values={}, stated=stated)


def live(user) -> tuple[int, int]:
    item = next(listed.item for listed in listed_items() if listed.id == "go_live")
    return next((line.progress.done, line.progress.total) for line in checklist(user) if line.item is item)


def test_a_county_asks_and_the_city_decides_and_only_then_is_anything_owed(operator, section_head, city_head):
    today = clock.civil_date(clock.now())
    county = Unit.objects.get(code="140423")
    assert open_due(clock.now()) == 0
    done, total = live(city_head)
    assert (done, total > 20) == (0, True)
    change = ask(section_head, section_head.person.unit, today)
    assert (change.state, open_due(clock.now())) == ("proposed", 0)
    accept_change(actor=city_head, change=change)
    assert go_live_days().day_of(section_head.person.unit.path) == today
    open_due(clock.now())
    assert set(Duty.objects.values_list("unit", flat=True)) <= {section_head.person.unit.pk}
    with pytest.raises(Refused):
        ask(section_head, county, today)
    ask(city_head, Unit.objects.get(kind=UnitKind.city), today)
    assert live(city_head) == (total, total)
    subject = change_subject("unit", county.code)
    assert "unit_go_live" not in {kind.id for kind in offered_kinds(city_head, subject)}


def test_without_a_document_nothing_is_set(city_head):
    with pytest.raises(Refused, match="文号"):
        ask(city_head, Unit.objects.get(kind=UnitKind.city), clock.civil_date(clock.now()), document="")
    assert live(city_head)[0] == 0
