"""Papers: the sample fits the fields and is set in type, and every declared field is printed."""

import re
from collections.abc import Iterator

from kuangan.law.lawcheck.problem import Problem
from kuangan.law.paper import PaperError, PaperTemplate, templates
from kuangan.law.setting.typeset import TypesetError, typeset

NUMBER = "示(例)煤安{character}〔2026〕1号"


def check() -> Iterator[Problem]:
    """Problems of all paper templates."""
    for template in templates():
        where = f"papers/{template.id}"
        if not template.cites:
            yield Problem("paper", where, "文书没有引用依据")
        printed = set(re.findall(r'(?:\bfields\.|given\(")(\w+)', template.path.read_text(encoding="utf-8")))
        for name in sorted(printed ^ {field.name for field in template.fields}):
            yield Problem("paper", where, f"字段 {name!r} 声明与使用不一致")
        try:
            typeset(template.id, sample_paper(template))
        except (PaperError, TypesetError) as error:
            yield Problem("paper", where, f"样例不能成文：{error}")


def sample_paper(template: PaperTemplate) -> dict[str, object]:
    """The sample as a whole paper, marked as demonstration."""
    return {
        "number": NUMBER.format(character=template.character) if template.numbered else "",
        "title": template.title,
        "unit": "示例县应急管理局",
        "date": "2026年3月11日",
        "demonstration": True,
        "fields": template.sample,
    }
