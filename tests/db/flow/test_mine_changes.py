"""Register changes of mines, faces and points: made, proposed and corrected through the grammar; days before stay as they were."""

from datetime import date, timedelta

import pytest

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Oversight
from kuangan.flow.changes.kinds import change_kinds
from kuangan.flow.changes.making import Stated, accept_change, ask_change, drafted
from kuangan.flow.changes.queries import offered_kinds
from kuangan.flow.changes.subjects import change_subject
from kuangan.flow.changes.trying import tried
from kuangan.flow.credit.entries import record_entry
from kuangan.flow.mines import closing
from kuangan.flow.sweep import sweep_once
from kuangan.law.ledger import ledgers
from kuangan.mine.actions import end_face, set_attribute
from kuangan.mine.models import Face, Mine
from kuangan.mine.queries import attribute, face_at, supervisor_on
from tests.city import attachment
from tests.db.flow.conftest import MORNING

TODAY = date(2026, 3, 10)
YESTERDAY = TODAY - timedelta(days=1)
DOCUMENT = "示应急〔2026〕8号"


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    """It is ten in the morning."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)


def about(kind: str, thing) -> object:
    named = change_subject(kind, thing.code if kind == "mine" else str(thing.pk))
    assert named is not None
    return named


def change(
    city,
    actor: str,
    kind: str,
    thing,
    /,
    *,
    on: date = TODAY,
    document: str = DOCUMENT,
    filed: bool = True,
    corrects=None,
    **values,
):
    known = change_kinds()[kind]
    return ask_change(
        actor=city[actor],
        kind=known,
        subject=about(known.subject, thing),
        values=values,
        stated=Stated(on, "按文件办理", document, attachment(city[actor]) if filed else None),
        corrects=corrects,
        takes_back=corrects is not None and not values,
    )


def effects(city, actor: str, kind: str, thing, /, **values) -> dict[str, tuple[str, str]]:
    known = change_kinds()[kind]
    act = drafted(
        city[actor], known, about(known.subject, thing), values, Stated(TODAY, "按文件办理", DOCUMENT), at=MORNING
    )
    assert tried(known, act) == ""
    return {effect.what: (effect.before, effect.after) for effect in known.previews(act)}


def test_capacity_changes_from_its_day_by_the_supervisor_or_on_the_mines_proposal_and_is_corrected(city):
    mine = city.mine
    set_attribute(actor=None, mine=mine, name="approved_capacity", value="120", valid_from=date(2025, 1, 1))
    with pytest.raises(Refused, match="至少填写一个"):
        change(city, "county_section", "mine_attributes", mine)
    shown = effects(city, "county_section", "mine_attributes", mine, approved_capacity="180")
    assert shown["核定（设计）生产能力（万吨/年）"] == ("120", "180")
    asked = change(city, "mine_director", "mine_attributes", mine, approved_capacity="180")
    assert (asked.state, attribute(mine, "approved_capacity", TODAY)) == ("proposed", "120")
    accept_change(actor=city["county_section"], change=asked)
    assert [attribute(mine, "approved_capacity", day) for day in (YESTERDAY, TODAY)] == ["120", "180"]
    asked.refresh_from_db()
    change(city, "county_section", "mine_attributes", mine, corrects=asked, approved_capacity="150")
    assert [attribute(mine, "approved_capacity", day) for day in (YESTERDAY, TODAY)] == ["120", "150"]


def test_what_decisions_set_is_on_no_form_and_a_stop_says_the_status(city):
    mine = city.mine
    fields = {field.name for field in change_kinds()["mine_attributes"].fields(about("mine", mine))}
    assert {"approved_capacity", "coal_seams", "dust_explosive"} <= fields
    assert not {"mine_class", "gas_grade", "hydrology", "status"} & fields
    record_entry(
        actor=city["city_officer"],
        ledger_id="disaster_grade",
        unit=city.units["city"],
        values={**ledgers()["disaster_grade"].sample[0], "mine": mine.code},
        at=MORNING,
    )
    with pytest.raises(Refused, match="已是所填内容"):
        change(city, "county_section", "mine_status", mine, status="producing")
    change(city, "county_section", "mine_status", mine, status="halted")
    assert attribute(mine, "status", TODAY) == "halted"


def test_the_city_hands_a_mine_to_its_own_bureau_by_a_document_and_a_county_only_proposes_it(city):
    mine, own = city.mine, city.units["city"].code
    with pytest.raises(Refused, match="须填写文号"):
        change(city, "city_section", "mine_transfer", mine, document="", supervisor=own)
    with pytest.raises(Refused, match="须附依据文件"):
        change(city, "city_section", "mine_transfer", mine, filed=False, supervisor=own)
    with pytest.raises(Refused, match="不能办理或者提出"):
        change(city, "mine_director", "mine_transfer", mine, supervisor=own)
    shown = effects(city, "city_section", "mine_transfer", mine, supervisor=own)
    assert shown["日常监管主体"] == ("示例县应急管理局", "示例市应急管理局")
    asked = change(city, "county_section", "mine_transfer", mine, supervisor=own)
    assert asked.state == "proposed"
    accept_change(actor=city["city_section"], change=asked)
    known = Mine.objects.get(pk=mine.pk)
    county, to = city.units["county"], city.units["city"]
    assert (known.supervisor, supervisor_on(known, YESTERDAY), supervisor_on(known, TODAY)) == (to, county, to)


def test_a_company_that_answers_no_more_sees_the_mine_no_more_until_it_is_taken_back(city):
    mine, company = city.mine, city.units["company"]
    sees = Oversight.objects.filter(unit=company, path=mine.unit.path)
    made = change(city, "county_section", "mine_company", mine, company="none")
    assert (Mine.objects.get(pk=mine.pk).company, sees.exists()) == (None, False)
    change(city, "county_section", "mine_company", mine, corrects=made)
    assert (Mine.objects.get(pk=mine.pk).company, sees.exists()) == (company, True)


def test_a_mine_lies_at_coordinates_of_the_country(city):
    with pytest.raises(Refused, match="不在我国境内"):
        change(city, "county_section", "mine_location", city.mine, longitude="36.5", latitude="113.0")
    with pytest.raises(Refused, match="同时填写"):
        change(city, "county_section", "mine_location", city.mine, longitude="113.0")
    made = change(
        city,
        "county_section",
        "mine_location",
        city.mine,
        address="示例县云岭镇",
        longitude="113.012345",
        latitude="36.5",
    )
    assert str(Mine.objects.get(pk=city.mine.pk).longitude) == "113.012345"
    change(city, "county_section", "mine_location", city.mine, corrects=made)
    assert Mine.objects.get(pk=city.mine.pk).longitude is None


def test_a_face_is_planned_started_ended_and_sealed_and_each_step_taken_back(city):
    made = change(
        city, "county_section", "face_added", city.mine, name="1303工作面", kind="coal_face", when="planned",
        planned_on="2026-05-01",
    )  # fmt: skip
    face = Face.objects.get(name="1303工作面")
    assert [kind.id for kind in offered_kinds(city["county_section"], about("face", face))] == [
        "face_correcting",
        "face_starting",
    ]
    started = change(city, "county_section", "face_starting", face, on=YESTERDAY)
    ended = change(city, "county_section", "face_ending", face)
    sealed = change(city, "county_section", "face_sealing", face)
    with pytest.raises(Refused, match="先更正封闭"):
        change(city, "county_section", "face_ending", face, corrects=ended)
    for step in (sealed, ended, started, made):
        thing, kind = (city.mine, "face_added") if step is made else (face, step.kind)
        change(city, "county_section", kind, thing, corrects=step)
    assert not Face.objects.filter(pk=face.pk).exists()


def test_a_mine_is_closed_with_its_faces_and_opened_again_by_a_correction(city):
    worked = Face.objects.filter(mine=city.mine, ended_on=None)
    assert worked.count() == 2
    made = change(city, "city_section", "mine_closing", city.mine)
    point = city.points["first-1301-T0"]
    point.refresh_from_db()
    assert (worked.count(), attribute(city.mine, "status", TODAY), point.face) == (0, "closed", None)
    change(city, "city_section", "mine_closing", city.mine, corrects=made)
    point.refresh_from_db()
    assert (worked.count(), attribute(city.mine, "status", TODAY)) == (2, "producing")
    assert point.face == city.faces["first-1301"]


def test_a_face_said_to_end_on_a_day_to_come_keeps_its_points_until_then(city):
    face, point = city.faces["first-1301"], city.points["first-1301-T0"]
    tomorrow = TODAY + timedelta(days=1)
    end_face(actor=None, face=face, ended_on=tomorrow, at=MORNING)
    midnight = clock.beijing_midnight(tomorrow)
    sweep_once(midnight - timedelta(seconds=1))
    point.refresh_from_db()
    assert point.face == face
    sweep_once(midnight + timedelta(hours=7))
    point.refresh_from_db()
    assert (point.face, face_at(point, midnight - timedelta(seconds=1)), face_at(point, midnight)) == (
        None,
        face.pk,
        None,
    )
    assert not list(closing.ended_with_points(midnight + timedelta(hours=8))), "once"


def test_a_point_is_at_another_face_from_a_day_and_back_again_by_a_correction(city):
    point, other = city.points["first-1301-T0"], city.faces["first-1302"]
    first = city.faces["first-1301"].pk
    made = change(city, "county_section", "point_placing", point, on=YESTERDAY, face=str(other.pk))
    midnight = clock.beijing_midnight(YESTERDAY)
    assert [face_at(point, at) for at in (midnight - timedelta(seconds=1), midnight)] == [first, other.pk]
    change(city, "county_section", "point_placing", point, corrects=made)
    assert [face_at(point, at) for at in (midnight - timedelta(seconds=1), MORNING)] == [first, first]
    with pytest.raises(Refused, match="无须变更"):
        change(city, "county_section", "point_placing", point, face=str(first))
