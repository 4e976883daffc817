"""A city's answers to open questions: a file of local values with the paper that decided them, ``<data folder>/local/<name>.yaml``.

::

    answer:
      document: 长应急煤〔2026〕12号
      decided_on: 2026-12-01
      decided_by: 市应急管理局局长办公会
      file: 长应急煤〔2026〕12号.pdf      # lies beside this file
    values:
      - key: week_rule.mode
        values:
          - {valid_from: 2026-12-01, value: calendar, cite: register 10.4}

What a value means and which measure it serves is said by the package. Errors are for the clerk who wrote the file, so in Chinese.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from kuangan.base.digest import digest_bytes
from kuangan.law.local import LocalValue, key_now, packaged, serving_city
from kuangan.law.source import CorpusError, YamlTable, parse_table
from kuangan.law.time.dated import Value

LARGEST: Final = 200_000
"""Bytes of a file; a longer one is no list of answers."""
LONGEST_NAME: Final = 60
_FILE, _ANSWER = ("answer", "values"), ("document", "decided_on", "decided_by", "file")
_ENTRY, _VALUE = ("key", "meaning", "measure", "values"), ("valid_from", "valid_to", "value", "cite")
_KINDS: Final = {str: "文字", date: "日期，如 2026-12-01", list: "列表", dict: "若干栏目"}


@dataclass(frozen=True)
class AnswerFile:
    """One file as it was read. ``name`` is its own without the ending, ``scan`` the name of the paper's copy beside it."""

    name: str
    document: str
    decided_on: date
    decided_by: str
    scan: str
    values: Mapping[str, LocalValue]
    text: str

    @property
    def digest(self) -> str:
        """Of the file's bytes."""
        return digest_bytes(self.text.encode())


def answer_files(root: Path) -> tuple[Path, ...]:
    """The files of answers below a data folder, by name."""
    return tuple(sorted((root / "local").glob("*.yaml")))


def read_answer(path: Path) -> AnswerFile:
    """The answers in a file. Raises :class:`CorpusError`, which says what, in which line and what to do."""
    if len(path.stem) > LONGEST_NAME:
        raise CorpusError(f"{path.name}：文件名超过{LONGEST_NAME}个字符，请改短")
    try:
        if path.stat().st_size > LARGEST:
            raise CorpusError(f"{path.name}：文件超过{LARGEST // 1000}KB，不是本地取值文件，请核对")
        text = path.read_bytes().decode()
    except OSError as error:
        raise CorpusError(f"{path.name}：无法读取（{error.strerror}），请检查文件权限") from None
    except UnicodeDecodeError:
        raise CorpusError(f"{path.name}：不是 UTF-8 编码的文本，请另存为 UTF-8") from None
    return parse_answer(text, path.stem)


def parse_answer(text: str, name: str) -> AnswerFile:
    """The answers in the text of file ``name``. Raises :class:`CorpusError`."""
    try:
        table = parse_table(text, f"{name}.yaml")
    except CorpusError as error:
        raise CorpusError(f"{error}（不是可读的 YAML，请检查缩进、重复的栏目、冒号后的空格和引号）") from None
    _only(table, _FILE)
    said = _typed(table, "answer", dict)
    assert isinstance(said, YamlTable)
    _only(said, _ANSWER)
    scan = _words(said, "file")
    if Path(scan).name != scan:
        raise said.error("file 只写文件名，决定文件应与本文件放在同一目录", "file")
    return AnswerFile(
        name=name,
        document=_words(said, "document"),
        decided_on=_typed(said, "decided_on", date),
        decided_by=_words(said, "decided_by"),
        scan=scan,
        values=_values(table),
        text=text,
    )


def _values(table: YamlTable) -> dict[str, LocalValue]:
    by_key: dict[str, LocalValue] = {}
    for entry_table in _tables(table, "values"):
        entry = _entry(entry_table)
        if entry.key in by_key:
            raise entry_table.error(f"{entry.key} 已在本文件中答复过，请合并为一项", "key")
        by_key[entry.key] = entry
    return by_key


def _entry(table: YamlTable) -> LocalValue:
    _only(table, _ENTRY)
    key = key_now(_words(table, "key"))
    values = tuple(_value(value) for value in _tables(table, "values"))
    days = [value.valid_from for value in values]
    if days != sorted(set(days)):
        raise table.error(f"{key} 各取值的 valid_from 应由早到晚、互不相同", "values")
    known = packaged(key)
    meaning, measure, choices = (known.meaning, known.measure, known.choices) if known else ("", "", ())
    return LocalValue(key, meaning, measure, serving_city(), values, choices)


def _value(table: YamlTable) -> Value[Any]:
    if "assumed" in table:
        raise table.error("答复是定论，不得再写 assumed；尚未明确的请不要写入本文件", "assumed")
    _only(table, _VALUE)
    if "value" not in table:
        raise table.error("缺少栏目 value（取值）")
    _words(table, "cite")
    try:
        cite = table.cite()
    except CorpusError:
        raise table.error("cite 应写作“法规编号 条款”，如 register 10.4", "cite") from None
    valid_to = _typed(table, "valid_to", date) if "valid_to" in table else None
    return Value(_typed(table, "valid_from", date), table["value"], cite, "", valid_to)


def _tables(table: YamlTable, key: str) -> Iterator[YamlTable]:
    """The mappings of a list that is not empty."""
    items = _typed(table, key, list)
    if not items or not all(isinstance(item, YamlTable) for item in items):
        raise table.error(f"{key} 应为一项以上的列表，每项以“- ”开头并写明各栏目", key)
    yield from items


def _words(table: YamlTable, key: str) -> str:
    words: str = _typed(table, key, str)
    if not words.strip():
        raise table.error(f"{key} 不得为空", key)
    return words.strip()


def _typed(table: YamlTable, key: str, wanted: type) -> Any:
    if key not in table:
        raise table.error(f"缺少栏目 {key}（{_KINDS[wanted]}）")
    if not isinstance(table[key], wanted):
        raise table.error(f"{key} 应为{_KINDS[wanted]}，现为 {table[key]!r}", key)
    return table[key]


def _only(table: YamlTable, known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise table.error(f"没有栏目 {key!r}，此处可写：{'、'.join(known)}", key)
