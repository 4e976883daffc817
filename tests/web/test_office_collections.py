"""Forms sent down: designed, returned, urged level by level, summed and exported."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from kuangan.base import clock
from kuangan.core.models import Notice
from kuangan.office.actions.urging import urge_due
from kuangan.office.models import Collection
from kuangan.web.frame.lists import XLSX
from tests.web import office_world


def sheet() -> SimpleUploadedFile:
    """A superior's sheet: a title, then headings in its own order."""
    book = Workbook()
    book.active.append(["全市煤矿排水能力统计表"])
    book.active.append(["序号", "煤矿名称", "备用泵", "主排水泵", "审核意见"])
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("表样.xlsx", content.getvalue(), content_type=XLSX)


def columns(*rows):
    data = {"column-TOTAL_FORMS": len(rows), "column-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        data |= {f"column-{number}-{key}": value for key, value in row.items()}
    return data


PUMPS = {"label": "主排水泵", "kind": "number", "suffix": "台", "total": "sum", "required": "on"}
HEAD = {"label": "扬程", "kind": "decimal", "suffix": "米", "total": "mean"}
SPARE = {"label": "备用泵", "kind": "choice", "choices": "有、无", "required": "on"}


def send(client, world, *rows, **more):
    data = {
        "unit": world.city.units["city"].pk,
        "title": "排水能力统计",
        "due_at": clock.civil(clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%S"),
        "receivers": ["mines"],
        "do": "send",
        **columns(*(rows or (PUMPS, HEAD, SPARE))),
        **more,
    }
    return client.post(reverse("new_collection"), data)


def fill(client, made, unit, **values):
    data = {"do": "submit", "return": made.returns.get(unit=unit).pk, **values}
    return client.post(reverse("collection", args=[made.pk]), data, follow=True).content.decode()


@pytest.fixture
def made(world, as_user) -> Collection:
    assert send(as_user("city_section"), world, template=sheet()).status_code == 302
    return Collection.objects.get()


def test_a_title_that_begins_like_a_formula_stays_text_in_the_sheet(world, as_user):
    send(as_user("city_section"), world, {**PUMPS, "label": "=1+1"}, title='=HYPERLINK("x")')
    address = reverse("collection", args=[Collection.objects.get().pk])
    content = as_user("city_section").get(address, {"export": "xlsx"}).content
    cells = [cell for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows() for cell in row]
    assert '=HYPERLINK("x")' in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}


def test_returns_are_signed_summed_by_county_and_exported_in_the_superiors_layout(world, as_user, made):
    units = world.city.units
    page = fill(as_user("mine_director"), made, units["mine"], c1="多台", c2="", c3="有")
    assert "多台" in page
    assert made.returns.get(unit=units["mine"]).submitted_at is None
    assert "已报送" in fill(as_user("mine_director"), made, units["mine"], c1="3", c2="120.5", c3="有")
    fill(as_user("other_mine_director"), made, units["other_mine"], c1="2", c2="100", c3="无")
    own = made.returns.get(unit=units["mine"])
    assert own.signed_by == world.users["mine_director"]
    assert len(own.digest) == 64
    city = as_user("city_section").get(reverse("collection", args=[made.pk])).content.decode()
    rows = [
        row.split("</tr>")[0]
        for row in "".join(city.split()).split("<h2>汇总</h2>")[1].split("</table>")[0].split("<tr")
    ]
    [ours] = [row for row in rows if "示例县" in row]
    [every] = [row for row in rows if "合计</td>" in row]
    assert "1／2" in ours
    assert ">3</td>" in ours
    assert "2／3" in every
    assert ">5</td>" in every
    assert ">110.25</td>" in every
    book = load_workbook(
        io.BytesIO(as_user("city_section").get(reverse("collection", args=[made.pk]), {"export": "xlsx"}).content)
    )
    lines = list(book.active.values)
    assert lines[1] == ("序号", "煤矿名称", "备用泵", "主排水泵", "审核意见")
    assert lines[2] == (1, "云岭一号煤矿", "有", 3, None)
    assert lines[3] == (2, "云岭二号煤矿", None, None, None)
    assert "审核意见" in city


def test_a_return_is_sent_back_by_who_asked_or_stands_above_and_by_no_other_office(world, as_user, made):
    unit = world.city.units["mine"]
    fill(as_user("mine_director"), made, unit, c1="3", c3="有")
    assert "已报送；如需更正" in fill(as_user("mine_director"), made, unit, c1="4", c3="有")
    back = {"do": "back", "return": made.returns.get(unit=unit).pk, "reason": "台数与台账不符"}
    above = "请由发起单位或其上级退回"
    for name, refused in (
        ("other_county_head", "没有这条报送"),
        ("county_section", above),
        ("government_clerk", above),
    ):
        answer = as_user(name).post(reverse("collection", args=[made.pk]), back, follow=True).content.decode()
        assert refused in answer, name
        assert made.returns.get(unit=unit).signed_by == world.users["mine_director"]
    as_user("city_section").post(reverse("collection", args=[made.pk]), back)
    assert made.returns.get(unit=unit).submitted_at is None
    assert "已报送" in fill(as_user("mine_director"), made, unit, c1="4", c3="有")


def test_a_government_clerk_clears_no_signature_in_its_bureaus_own_collection(world, as_user):
    asked = office_world.collection(world)
    unit = world.city.units["mine"]
    fill(as_user("mine_director"), asked, unit, c1="3")
    back = {"do": "back", "return": asked.returns.get().pk, "reason": "重报"}
    as_user("government_clerk").post(reverse("collection", args=[asked.pk]), back)
    assert asked.returns.get().signed_by == world.users["mine_director"]
    as_user("city_section").post(reverse("collection", args=[asked.pk]), back)
    assert asked.returns.get().signed_by is None


def test_the_ladder_goes_from_unit_to_county_to_issuer(world, as_user, made):
    def told() -> list[str]:
        rows = Notice.objects.filter(kind="office_collection_urge").order_by("pk")
        return [one.unit.name for one in rows]

    fill(as_user("other_mine_director"), made, world.city.units["other_mine"], c1="2", c3="无")
    assert urge_due(made.due_at - timedelta(hours=25)) == 0
    assert urge_due(made.due_at - timedelta(hours=24)) == 2
    assert told() == ["云岭一号煤矿", "云岭二号煤矿"]
    assert urge_due(made.due_at) == 2
    assert told()[2:] == ["示例县应急管理局"]
    fill(as_user("mine_director"), made, world.city.units["mine"], c1="2", c3="无")
    assert urge_due(made.due_at + timedelta(hours=24)) == 1
    assert told()[3:] == ["示例市应急管理局"]
    assert urge_due(made.due_at + timedelta(days=9)) == 0


def test_headings_of_a_file_that_is_no_workbook_are_refused(world, as_user):
    junk = SimpleUploadedFile("表样.xlsx", b"not a workbook")
    page = send(as_user("city_section"), world, do="headings", template=junk)
    assert "表样不是有效的 Excel 工作簿" in page.content.decode()


def test_columns_come_from_the_superiors_headings(world, as_user):
    page = send(as_user("city_section"), world, do="headings", template=sheet()).content.decode()
    assert 'value="备用泵"' in page
    assert 'value="煤矿名称"' not in page
    assert not Collection.objects.exists()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({**PUMPS, "label": ""}, "请至少设计一个栏目"),
        ({**SPARE, "choices": ""}, "须写明可选项"),
        ({**SPARE, "total": "sum"}, "不是数字"),
    ],
)
def test_a_form_that_cannot_be_filled_is_refused(world, as_user, row, words):
    assert words in send(as_user("city_section"), world, row).content.decode()


def test_an_ended_collection_takes_nothing(world, as_user, made):
    as_user("city_section").post(reverse("collection", args=[made.pk]), {"do": "close"})
    assert "不再接收" in fill(as_user("mine_director"), made, world.city.units["mine"], c1="3", c3="有")
