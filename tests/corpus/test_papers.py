"""Every paper renders its sample; a missing or unknown field is refused."""

import pytest

from kuangan.law.lawcheck.papers import sample_paper
from kuangan.law.paper import PaperError, PaperTemplate, check_fields, load_template, read_template, templates
from kuangan.law.setting.typeset import TypesetError, typeset
from kuangan.law.source import CorpusError

ALL = templates()


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
def test_sample_is_set_in_type_the_same_twice(template: PaperTemplate):
    paper = sample_paper(template)
    pdf = typeset(template.id, paper)
    assert pdf.startswith(b"%PDF-")
    assert pdf == typeset(template.id, paper)


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
def test_each_required_field_is_missed(template: PaperTemplate):
    for field in template.fields:
        rest = {name: value for name, value in template.sample.items() if name != field.name}
        if field.required:
            with pytest.raises(PaperError, match=field.label):
                typeset(template.id, {**sample_paper(template), "fields": rest})
        else:
            assert typeset(template.id, {**sample_paper(template), "fields": rest})


def test_unknown_fields_and_wrong_kinds_are_refused():
    template = load_template("onsite_decision")
    with pytest.raises(PaperError, match="没有“colour”"):
        check_fields(template, {**template.sample, "colour": "red"})
    with pytest.raises(PaperError, match="整改事项"):
        check_fields(template, {**template.sample, "items": [{"item": "停止作业"}]})
    with pytest.raises(PaperError, match="证据"):
        check_fields(template, {**template.sample, "evidence": "一份"})


def test_an_undefined_value_of_the_paper_itself_is_an_error():
    paper = sample_paper(load_template("suspension_notice"))
    del paper["unit"]
    with pytest.raises(TypesetError, match="suspension_notice"):
        typeset("suspension_notice", paper)


def test_the_carrier_of_the_order_takes_the_national_character():
    assert (load_template("onsite_decision").character, load_template("onsite_decision").numbered) == ("处", True)
    assert (load_template("service_receipt").character, load_template("legal_review_opinion").character) == ("送", "")
    assert load_template("legal_review_opinion").numbered
    assert not load_template("alarm_notice").numbered


def test_a_template_without_front_matter_is_refused(tmp_path):
    file = tmp_path / "bare.typ"
    file.write_text("没有前言")
    with pytest.raises(CorpusError, match=r"bare\.typ:1"):
        read_template(file)
    with pytest.raises(KeyError, match="onsite_decision"):
        load_template("no_such_paper")


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.id)
def test_no_paper_spells_the_term_of_a_remedy_itself(template: PaperTemplate):
    """How long one may ask for review or sue is a local value (``remedy.*_span_text``), so that its answer reaches every paper."""
    _, _, body = template.path.read_text(encoding="utf-8").rpartition("\n---\n")
    assert "六十日内向" not in body
    assert "六个月内依法" not in body
