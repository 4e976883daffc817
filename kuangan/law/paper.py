"""Paper templates: the front matter of ``corpus/papers/<id>.typ`` or ``corpus/procedures/<procedure>/<id>.typ`` and the check of a paper's fields against it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Final

from kuangan.base.numerals import yuan_in_capitals
from kuangan.law.cite import Cite
from kuangan.law.field import MOST_YUAN, Field, read_fields
from kuangan.law.source import CorpusError, YamlTable, files, parse_cite, parse_table, relative

_FRONT_MATTER = re.compile(r"\A/\*---\n(.*?)^---\*/\n", re.DOTALL | re.MULTILINE)

KINDS: Final = {"text": str, "longtext": str, "flag": bool, "lines": list, "rows": list, "money": str}
"""What a field of a paper may be, and what holds it: text; long text; true or false; a list of texts; a list of mappings from
column to text; an amount of yuan as text, printed in words of value and in figures."""


class PaperError(ValueError):
    """A paper's fields do not fit its template; the message is Chinese, for the user."""


@dataclass(frozen=True)
class PaperTemplate:
    """A paper's contract. ``character`` is C in ``A+(B)煤安+C〔year〕D号`` (may be empty even if ``numbered``).

    ``publish``: the paper may be published. ``sample``: complete fictional fields, rendered by lawcheck.
    """

    id: str
    title: str
    numbered: bool
    character: str
    publish: bool
    measure: str
    cites: tuple[Cite, ...]
    fields: tuple[Field, ...]
    sample: dict[str, Any]
    path: Path


@cache
def load_template(template_id: str) -> PaperTemplate:
    """The template by id. Raises ``KeyError`` and :class:`~kuangan.law.source.CorpusError`."""
    path = _paths().get(template_id)
    if path is None:
        raise KeyError(f"no paper template {template_id!r}; known: {', '.join(_paths())}")
    return read_template(path)


def templates() -> tuple[PaperTemplate, ...]:
    """All templates, by id."""
    return tuple(load_template(template_id) for template_id in _paths())


@cache
def _paths() -> Mapping[str, Path]:
    """The templates' files by id: shared ones in ``papers``, those of a procedure in its folder."""
    paths: dict[str, Path] = {}
    for path in sorted((*files("papers", ".typ"), *files("procedures", ".typ")), key=lambda path: path.stem):
        if path.stem in paths:
            raise CorpusError(f"{relative(path)}:1: the paper {path.stem!r} is already in {relative(paths[path.stem])}")
        paths[path.stem] = path
    return paths


def read_template(path: Path) -> PaperTemplate:
    """The template in a file. Raises :class:`~kuangan.law.source.CorpusError`."""
    match = _FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    if not match:
        raise CorpusError(f"{relative(path)}:1: the file must begin with front matter between /*--- and ---*/")
    table = parse_table(match[1], str(relative(path)), first_line=2)
    table.only("id", "title", "numbered", "character", "publish", "measure", "cites", "fields", "sample")
    numbered = table.flag("numbered")
    if "character" in table and not numbered:
        raise table.error("character: a paper without number has none", "character")
    return PaperTemplate(
        id=table.text("id"),
        title=table.text("title"),
        numbered=numbered,
        character=table.text("character", ""),
        publish=table.flag("publish"),
        measure=table.text("measure"),
        cites=tuple(parse_cite(written) for written in table.texts("cites")),
        fields=_fields(table),
        sample=_plain(table.table("sample")),
        path=path,
    )


def check_fields(template: PaperTemplate, fields: Mapping[str, Any]) -> None:
    """Raise :class:`PaperError` for an unknown field, a missing required one, or one of another kind."""
    known = {field.name: field for field in template.fields}
    for name in fields:
        if name not in known:
            raise PaperError(f"《{template.title}》没有“{name}”这一项")
    for field in template.fields:
        if field.name in fields:
            _check_kind(template, field, fields[field.name])
        if field.required and fields.get(field.name) in (None, "", []):
            raise PaperError(f"《{template.title}》缺少“{field.label}”")


def amount_of(value: str) -> Decimal | None:
    """An amount of yuan as a paper holds it; None for what is none."""
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < MOST_YUAN and amount == round(amount, 2) else None


def printed(template: PaperTemplate, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A paper's fields as they are printed: amounts in words of value with the figures behind them."""
    money = {field.name for field in template.fields if field.kind == "money"}
    return {name: money_text(value) if name in money and value else value for name, value in fields.items()}


def money_text(value: str) -> str:
    """100000 → 人民币壹拾万元整（￥100,000.00）."""
    amount = Decimal(value)
    return f"人民币{yuan_in_capitals(amount)}（￥{amount:,.2f}）"


def _check_kind(template: PaperTemplate, field: Field, value: Any) -> None:
    fits = isinstance(value, KINDS[field.kind])
    if field.kind == "lines":
        fits = fits and all(isinstance(line, str) for line in value)
    if field.kind == "rows":
        columns = {column.name for column in field.columns}
        fits = fits and all(isinstance(cells, Mapping) and set(cells) == columns for cells in value)
    if field.kind == "money":
        fits = fits and amount_of(value) is not None
    if not fits:
        raise PaperError(f"《{template.title}》“{field.label}”的内容不合要求（{field.kind}）：{value!r}")


def _fields(table: YamlTable) -> tuple[Field, ...]:
    fields = read_fields(table.tables("fields"))
    for declared, field in zip(table.tables("fields"), fields, strict=True):
        if field.kind not in KINDS:
            raise declared.error(f"kind {field.kind!r}; a paper's field is one of {', '.join(KINDS)}", "kind")
    return fields


def _plain(value: Any) -> Any:
    if isinstance(value, YamlTable):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
