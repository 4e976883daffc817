"""A mine is opened on pages by the body that supervises it, owes from its day, and is taken back while nothing rests on it."""

from datetime import date, timedelta

import pytest

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Notice, Oversight, Post, Unit
from kuangan.duty.actions import open_due, recompute_open
from kuangan.duty.models import Duty
from kuangan.flow.changes.kinds import change_kinds
from kuangan.flow.changes.making import Stated, accept_change, ask_change, drafted
from kuangan.flow.changes.queries import changes_of_unit
from kuangan.flow.changes.subjects import change_subject
from kuangan.flow.changes.trying import tried
from kuangan.flow.sweep import sweep_once
from kuangan.mine.actions import add_face
from kuangan.mine.models import Mine
from kuangan.mine.queries import attribute, attributes_on
from tests.city import attachment
from tests.db.flow.conftest import MORNING

TODAY = date(2026, 3, 10)
TOMORROW = TODAY + timedelta(days=1)
CODE = "140423900077"
FILE = {
    "code": CODE,
    "name": "示例新建煤矿",
    "company": "company-1",
    "inspectorate": "none",
    "status": "producing",
    "mine_type": "underground",
    "approved_capacity": "120",
    "gas_grade": "high_gas",
    "address": "示例县南庄镇",
}


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    """It is ten in the morning."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)


def opening(city, actor: str = "county_section", bureau: str = "county", *, on: date = TODAY, document="示发改〔2026〕1号", corrects=None, **other):  # fmt: skip
    subject = change_subject("unit", city.units[bureau].code)
    assert subject is not None
    return ask_change(
        actor=city[actor],
        kind=change_kinds()["mine_opening"],
        subject=subject,
        values={**FILE, **other},
        stated=Stated(on, "建设项目竣工", document, attachment(city[actor])),
        corrects=corrects,
        takes_back=corrects is not None and not other,
    )


def test_the_bureau_opens_a_mine_with_posts_properties_and_duties(city):
    subject = change_subject("unit", city.units["county"].code)
    kind = change_kinds()["mine_opening"]
    act = drafted(city["county_section"], kind, subject, FILE, Stated(TODAY, "竣工", "示发改〔2026〕1号"), at=MORNING)
    effects = {effect.what: effect.after for effect in kind.previews(act)}
    assert (tried(kind, act), effects["日常监管主体"]) == ("", "示例县应急管理局")
    made = opening(city)
    mine = Mine.objects.select_related("unit", "supervisor", "company").get(code=CODE)
    assert (made.state, mine.supervisor, mine.company) == ("in_effect", city.units["county"], city.units["company"])
    assert attributes_on([mine], TODAY)[mine.pk] == {
        "status": "producing",
        "mine_type": "underground",
        "approved_capacity": "120",
        "gas_grade": "high_gas",
    }
    assert attributes_on([mine], TODAY - timedelta(days=1)) == {}
    posts = set(Post.objects.filter(unit=mine.unit).values_list("title", flat=True))
    assert {"矿长", "总工程师", "调度员"} <= posts
    assert Oversight.objects.filter(unit=city.units["company"], path=mine.unit.path).exists()
    assert Notice.objects.filter(unit=city.units["company"], kind="register_changed").exists()
    open_due(MORNING)
    assert Duty.objects.filter(unit=mine.unit).count() == Duty.objects.filter(unit=city.mine.unit).count() > 0
    assert list(changes_of_unit(city["county_section"], mine.unit)) == [made]


def test_a_mine_and_others_open_none_and_the_clerk_only_proposes(city):
    for actor in ("mine_director", "company_officer", "operator", "county_duty"):
        with pytest.raises(Refused, match="不能办理或者提出"):
            opening(city, actor)
    assert opening(city, "city_section").state == "in_effect"
    asked = opening(city, "county_officer", code="140423900078", name="另一新矿")
    assert (asked.state, Unit.objects.filter(code="140423900078").exists()) == ("proposed", False)
    accept_change(actor=city["county_head"], change=asked)
    assert Unit.objects.filter(code="140423900078").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": "14042390007"}, "有 11 位"),
        ({"code": "140499900077"}, "不是本市县（区）的代码"),
        ({"code": "140423900001"}, "已用于云岭一号煤矿"),
        ({"name": "云岭一号煤矿"}, "已有名称为“云岭一号煤矿”的煤矿"),
        ({"document": ""}, "须填写文号"),
        ({"status": ""}, "生产建设状态"),
        ({"longitude": "113.1"}, "同时填写"),
    ],
)
def test_what_is_wrong_is_said_and_leaves_nothing(city, wrong, words):
    with pytest.raises(Refused, match=words):
        opening(city, **wrong)
    assert not Unit.objects.filter(code=CODE).exists()


def test_a_code_as_people_write_it_is_taken(city):
    opening(city, code="１４０４２３ 900-077")
    assert Mine.objects.filter(code=CODE).exists()


def test_a_later_day_waits_for_the_sweep(city, monkeypatch):
    change = opening(city, on=TOMORROW)
    assert (change.state, Mine.objects.filter(code=CODE).exists()) == ("waiting", False)
    monkeypatch.setattr(clock, "now", lambda: clock.beijing_midnight(TOMORROW))
    sweep_once(clock.beijing_midnight(TOMORROW))
    assert attribute(Mine.objects.get(code=CODE), "status", TOMORROW) == "producing"


def test_it_is_taken_back_owes_nothing_more_and_the_same_code_is_opened_again(city):
    first = opening(city)
    open_due(MORNING)
    mine = Mine.objects.select_related("unit").get(code=CODE)
    owed = Duty.objects.filter(unit=mine.unit, cancelled_at=None, due_at__gt=MORNING)
    assert owed.exists()
    opening(city, corrects=first)
    recompute_open(MORNING)
    mine = Mine.objects.select_related("unit").get(code=CODE)
    assert (mine.unit.closed_on, attributes_on([mine], TODAY)[mine.pk]) == (TODAY, {"status": "closed"})
    assert not owed.exists()
    assert not Oversight.objects.filter(unit=city.units["company"], path=mine.unit.path).exists()
    opening(city, name="示例新建二号煤矿", company="none")
    recompute_open(MORNING)
    mine = Mine.objects.select_related("unit", "company").get(code=CODE)
    assert (mine.unit.closed_on, mine.name, mine.company) == (None, "示例新建二号煤矿", None)
    assert attribute(mine, "status", TODAY) == "producing"
    assert owed.exists()


def test_a_correction_puts_a_wrong_code_right(city):
    first = opening(city, code="140423900078")
    second = opening(city, corrects=first, code=CODE)
    first.refresh_from_db()
    assert (first.state, second.state) == ("corrected", "in_effect")
    assert Unit.objects.get(code="140423900078").closed_on == TODAY
    assert Mine.objects.get(code=CODE).name == FILE["name"]


def test_nothing_is_taken_back_where_something_rests_on_it(city):
    first = opening(city)
    mine = Mine.objects.get(code=CODE)
    add_face(actor=None, mine=mine, kind="coal_face", name="1101工作面", started_on=TODAY, at=MORNING)
    with pytest.raises(Refused, match="已有工作面，不能撤销建档"):
        opening(city, corrects=first)
    assert Unit.objects.get(code=CODE).closed_on is None
