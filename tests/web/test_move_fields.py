"""Inputs of moves through real pages: what is sealed, and amounts of money as papers print them in words of value."""

import html
import json
from dataclasses import replace

import pytest
from django.db import connection
from django.urls import reverse

from kuangan.casework.models import Case
from kuangan.casework.view import view_of
from kuangan.core.models import Event
from kuangan.flow.proof.rows import compare_rows
from kuangan.law import paper as law
from kuangan.law.procedure import Field, Move, PaperUse
from kuangan.paper.render import render_pdf
from tests.procedures import INQUIRY, OFFICE, known
from tests.signing import shown
from tests.web.world import NOW

SECRET = "赵某某的邻居听说"
TEMPLATE = "alarm_notice"
(WAY,) = INQUIRY.opens


def _not_anonymous(case, attempt):
    return "须写明来源" if attempt.inputs["informer"] == "匿名" else None


def _fine(case, attempt):
    return {**law.load_template(TEMPLATE).sample, "limit": str(attempt.inputs["fine"])}


SECRETIVE = replace(
    INQUIRY,
    opens=(replace(WAY, fields=(*WAY.fields, Field("source", "线索来源", "longtext", sealed=True, required=False))),),
    moves=(
        *INQUIRY.moves,
        Move("note", "补充线索", ("drafted",), None, OFFICE, guards=(_not_anonymous,), fields=(
            Field("informer", "线索提供人", sealed=True), Field("phone", "联系电话", "phone", sealed=True, required=False),
        )),
        Move("fine", "缴款通知", ("drafted",), None, OFFICE, fields=(Field("fine", "数额", "money"),), legal=True,
             papers=(PaperUse(TEMPLATE, _fine),)),
    ),
)  # fmt: skip


@pytest.fixture(autouse=True)
def secretive():
    with known(SECRETIVE):
        yield


@pytest.fixture
def case(world, as_user) -> Case:
    given = {"matter": "越界", "gravity": "grave", "found_on": "2026-03-02", "source": SECRET}
    about = {"subject": world.city.units["county"].pk}
    answer = as_user("city_officer").post(reverse("new_case", args=["inquiry", "open"]), {**given, **about})
    assert answer.status_code == 302
    return Case.objects.get(procedure="inquiry")


def in_clear() -> list[str]:
    """The tables in which the sealed words stand in clear."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            query = f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s'  # noqa: S608  # names of our own tables
            cursor.execute(query, [f"%{SECRET}%"])
            found += [table] if cursor.fetchone()[0] else []
    return found


def test_what_is_sealed_of_an_opening_and_a_step_lies_nowhere_in_clear_and_the_rows_prove(world, as_user, case):
    client, address = as_user("city_officer"), reverse("move", args=[case.pk, "note"])
    assert "data-sealed" in client.get(address).content.decode(), "the browser does not keep it either"
    assert client.post(address, {"informer": f"{SECRET}二", "phone": ""}).status_code == 302
    opened, noted = case.moves.order_by("pk")
    assert opened.inputs["source"].startswith("v1.")
    assert (noted.inputs["informer"].startswith("v1."), noted.inputs["phone"]) == (True, None)
    assert "source" not in case.facts
    told = Event.objects.filter(subject_kind="casework.case").latest("pk").data
    assert (told["inputs"]["informer"].keys(), told["sealed"]) == ({"digest"}, ["informer"])
    assert in_clear() == []
    for name in ("city_officer", "city_section"):
        page = as_user(name).get(reverse("case", args=[case.pk])).content.decode()
        assert SECRET not in page
        assert "（已密封）" in page
        assert "v1." not in page
    done = view_of(case, NOW).done
    assert [done[0].inputs["source"], done[1].inputs["informer"]] == [SECRET, f"{SECRET}二"], (
        "guards and papers read it"
    )
    assert compare_rows().broken is None
    case.moves.filter(pk=noted.pk).update(inputs={**noted.inputs, "informer": opened.inputs["source"]})
    assert compare_rows().broken is not None


def test_a_refused_step_keeps_what_was_typed_on_the_form_and_nowhere_else(as_user, case):
    client, address = as_user("city_officer"), reverse("move", args=[case.pk, "note"])
    page = client.post(address, {"informer": "匿名", "phone": "000-1234567"}).content.decode()
    assert "须写明来源" in page
    assert 'value="000-1234567"' in page
    assert case.moves.count() == 1


@pytest.fixture
def of_money(monkeypatch):
    """The paper's place of the limit holds an amount of money."""
    read = law.read_template

    def with_money(path):
        template = read(path)
        fields = tuple(replace(field, kind="money") if field.name == "limit" else field for field in template.fields)
        return replace(template, fields=fields) if template.id == TEMPLATE else template

    monkeypatch.setattr(law, "read_template", with_money)
    law.load_template.cache_clear()
    yield
    monkeypatch.undo()
    law.load_template.cache_clear()


@pytest.mark.parametrize(("typed", "printed"), [
    ("120,000", "人民币壹拾贰万元整（￥120,000.00）"),
    ("0.07", "人民币柒分（￥0.07）"),
    ("999999999999.99", "人民币玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分（￥999,999,999,999.99）"),
])  # fmt: skip
def test_an_amount_is_printed_in_words_of_value_and_in_figures(world, as_user, case, of_money, typed, printed):
    client, address = as_user("city_officer"), reverse("move", args=[case.pk, "fine"])
    seen = shown(client, reverse("preview", args=[case.pk, "fine"]), {"fine": typed})
    answer = client.post(address, {"fine": typed, **seen})
    assert answer.status_code == 302, answer.context["form"].errors
    paper = case.papers.get().paper
    pdf = client.get(reverse("paper_pdf", args=[paper.pk])).content
    law.load_template.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(law, "read_template", _as_text(law.read_template))
        told = {"number": paper.number or "", "unit": paper.unit.name, "title": paper.title}
        same = render_pdf(TEMPLATE, {**paper.data, "limit": printed}, paper.frozen_at, **told)
    assert pdf == same


def _as_text(read):
    def plain(path):
        template = read(path)
        return replace(
            template,
            fields=tuple(replace(field, kind="text") if field.kind == "money" else field for field in template.fields),
        )

    return plain


@pytest.mark.parametrize(
    ("typed", "why"), [("1000000000000", "金额过大"), ("1.001", "最多 2 位小数"), ("-1", "不得小于 0")]
)
def test_an_amount_that_no_paper_can_print_is_refused_beside_its_field(as_user, case, typed, why):
    client, address = as_user("city_officer"), reverse("move", args=[case.pk, "fine"])
    answer = client.post(address, {"fine": typed})
    assert why in html.unescape(json.dumps(answer.context["form"].errors, ensure_ascii=False))
    assert not case.papers.exists()
