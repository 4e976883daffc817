"""What the browser gets for a declared field."""

import pytest
from django import forms

from kuangan.law.field import Field
from kuangan.web.frame.fields.controls import control

CHOICES = tuple((str(number), str(number)) for number in range(9))


def drawn(field: Field) -> str:
    form = forms.Form()
    form.fields[field.name] = control(field)
    return str(form[field.name])


@pytest.mark.parametrize(
    ("field", "style"),
    [
        (Field("what", "事由"), "form-control"),
        (Field("what", "事由", "longtext"), "form-control"),
        (Field("on", "日期", "date"), "form-control"),
        (Field("fine", "罚款", "money"), "form-control"),
        (Field("kind", "种类", "choice", choices=CHOICES), "form-select"),
    ],
)
def test_controls_carry_the_style_of_the_pages(field, style):
    assert f'class="{style}"' in drawn(field)


def test_the_browser_does_not_remember_what_is_sealed():
    assert 'autocomplete="off"' in drawn(Field("card", "证件号码", sealed=True))
