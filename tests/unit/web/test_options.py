"""Selects are written as Django writes them."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.safestring import mark_safe

from kuangan.web.frame.fields.options import FormRenderer

PLAIN = [("", "请选择"), ("a&b", "甲 <乙> \"丙\" '丁'"), (3, "三"), (None, "无"), ("safe", mark_safe("<b>戊</b>"))]
GROUPED = [("", "请选择"), ("组 & 一", [("x", "己"), ("y", "庚")]), ("组二", [("z", "辛")])]


@pytest.mark.parametrize("choices", [[], PLAIN, GROUPED])
@pytest.mark.parametrize("value", ["", "a&b", "3", "y", None])
@pytest.mark.parametrize(
    "attrs", [{}, {"class": "form-select", "required": True, "disabled": False, "data-x": '"<', "size": 4}]
)
def test_a_select_is_written_letter_by_letter_as_django_does(choices, value, attrs) -> None:
    select = forms.Select(attrs=attrs, choices=choices)
    assert isinstance(get_default_renderer(), FormRenderer)
    written = select.render("name&", value, {"id": "id_x"})
    assert written == select.render("name&", value, {"id": "id_x"}, renderer=DjangoTemplates())
