"""Papers as Word files: drafts that people edit. What is in force is the frozen PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from kuangan.base import workshop
from kuangan.core.errors import Refused
from kuangan.law.paper import PaperTemplate, printed

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Block:
    """One part of a paper. ``kind``: title, number, addressee, heading, text, items, table or signature.

    ``lines``: its paragraphs; ``head`` and ``rows``: those of a table.
    """

    kind: str
    lines: Sequence[str] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default_factory=tuple)


def word_file(blocks: Sequence[Block]) -> bytes:
    """A .docx file of these blocks in the layout of official papers. Refused when it is too long to be made."""
    try:
        made: bytes = workshop.run("kuangan.paper.word_making", "made", [astuple(block) for block in blocks])
    except workshop.Died as died:
        raise Refused("文稿过长，未能在限定的时间和内存内生成 Word 文件，请精简内容后重试。") from died
    return made


def blocks_of(template: PaperTemplate, fields: Mapping[str, Any], *, title: str, number: str = "") -> list[Block]:
    """A paper of any template, field by field, where it has no layout of its own in Word."""
    blocks = [Block("title", [title])]
    if number:
        blocks.append(Block("number", [number]))
    values = printed(template, fields)
    for own_field in template.fields:
        value = values.get(own_field.name)
        if value in (None, "", []):
            continue
        if own_field.kind == "rows":
            blocks.append(Block("heading", [own_field.label]))
            names = [column.name for column in own_field.columns]
            labels = [column.label for column in own_field.columns]
            blocks.append(Block("table", head=labels, rows=[[row[name] for name in names] for row in value]))
        elif own_field.kind == "lines":
            blocks += [Block("heading", [own_field.label]), Block("items", value)]
        else:
            text = ("是" if value else "否") if own_field.kind == "flag" else str(value)
            blocks.append(Block("text", [f"{own_field.label}：{text}"]))
    return blocks
