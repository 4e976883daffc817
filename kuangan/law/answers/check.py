"""``kuangan local check``: a city's answers against the package they stand over, each file by itself."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, Final

from kuangan.law import instrument
from kuangan.law.answers.file import AnswerFile
from kuangan.law.answers.resting import LADDER, SETTLED, STANDING_WITHIN
from kuangan.law.duty.obligation_file import LADDER_TO, obligations
from kuangan.law.lawcheck import locals_used
from kuangan.law.lawcheck.citations import Use, intervals, problems_of
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.local import Answers, LocalValue, adopted, all_values, packaged, settled, trying
from kuangan.law.source import CorpusError
from kuangan.law.time.span import UNIT_TEXT, parse_span

KIND: Final = "answer"
_KINDS: Final = {
    "flag": "true 或者 false",
    "count": "不带引号的整数",
    "number": '带引号的数，如 "3.0"',
    "span": f"期限，写作“数 单位”，如 3 days；单位为 {'、'.join(f'{unit}（{word}）' for unit, word in UNIT_TEXT.items())}",
    "words": "文字",
    "list": "列表，如 [a, b]",
    "table": "若干“代码: 文字”",
}

_WRITTEN: Final = {
    LADDER: f"每级写作“天数 days 对象”，如 -3 days owner，对象为 {'、'.join(LADDER_TO)}；",
    STANDING_WITHIN: "期限须以分钟、小时、日计；",
}


def check_answers(files: Sequence[AnswerFile]) -> dict[str, list[Problem]]:
    """By file: what keeps it from being applied. A key that two files answer is a problem of the later one."""
    problems: dict[str, list[Problem]] = {}
    answered_in: dict[str, str] = {}
    packaged_problems = frozenset(locals_used.check()) if files else frozenset()
    for file in files:
        told = [problem for entry in file.values.values() for problem in _of_entry(file, entry)]
        told += [
            _problem(file, key, f"已由 {answered_in[key]}.yaml 答复，请只保留一处")
            for key in file.values
            if answered_in.setdefault(key, file.name) != file.name
        ]
        problems[file.name] = told or list(_as_read(file, packaged_problems))
    return problems


def _of_entry(file: AnswerFile, entry: LocalValue) -> Iterator[Problem]:
    known = packaged(entry.key)
    if known is None:
        near = get_close_matches(entry.key, [value.key for value in all_values()], n=1, cutoff=0.0)
        yield _problem(file, entry.key, f"没有这个本地值，最接近的是 {near[0]}，请核对 key")
        return
    told = [*_over_the_fixed(entry, known), *_out_of_order(entry), *_of_all_days(file, entry)]
    first = known.values[0].valid_from
    for value, use in zip(entry.values, intervals(f"local/{file.name}/{entry.key}", entry.values), strict=True):
        if value.valid_from < first:
            told.append(f"valid_from {value.valid_from} 早于所依据规定施行之日 {first}")
        told += [_unlike(value.value, known), *(problem.message for problem in problems_of(use))]
    yield from (_problem(file, entry.key, message) for message in told if message)


def _over_the_fixed(entry: LocalValue, known: LocalValue) -> Iterator[str]:
    """Where the answer would hold on days of which an article fixes the value."""
    editions = list(zip(known.values, intervals("", known.values), strict=True))
    answered = list(intervals("", entry.values))
    fixed = [use for value, use in editions if not value.assumed and any(_meet(use, said) for said in answered)]
    if fixed:
        asked = "、".join(_days(use) for value, use in editions if value.assumed)
        remedy = f"本市只能答复{asked}的取值，请相应写明 valid_from、valid_to" if asked else "请从文件中删去"
        articles = "、".join(instrument.cite_text(use.cite) for use in fixed)
        yield f"该取值由{articles}规定，不是待明确事项，本市文件不能另定；{remedy}"


def _meet(first: Use, second: Use) -> bool:
    """Whether both hold on some day."""
    return all(
        late.until is None or (early.first is not None and early.first < late.until)
        for early, late in ((first, second), (second, first))
    )


def _days(use: Use) -> str:
    return f"{use.first} 起" + (f"、{use.until} 以前" if use.until else "")


def _out_of_order(entry: LocalValue) -> Iterator[str]:
    """Ends before their beginning, and days between two values for which the file says nothing or two things."""
    for value in entry.values:
        if value.valid_to and value.valid_to <= value.valid_from:
            yield f"valid_to {value.valid_to} 应晚于 valid_from {value.valid_from}"
    for value, following in pairwise(entry.values):
        if value.valid_to and value.valid_to != following.valid_from:
            yield (
                f"valid_to {value.valid_to} 与下一取值的 valid_from {following.valid_from} 不相衔接；"
                "请改为同一日，或者删去 valid_to"
            )


def _of_all_days(file: AnswerFile, entry: LocalValue) -> Iterator[str]:
    """What duties take whatever their day cannot begin later, nor change or end."""
    if entry.key not in SETTLED:
        return
    if len(entry.values) > 1 or entry.values[0].valid_to or entry.values[0].valid_from > file.decided_on:
        yield (
            "本取值对全部日期一并适用，不能定将来的日期，也不能分段或者定终止日期；"
            f"请只写一个取值，valid_from 不晚于决定日期 {file.decided_on}"
        )


def _unlike(value: Any, known: LocalValue) -> str:
    """Why a value is not of the kind that the package has there; "" where it is."""
    wanted, kind = _kind(known.values[-1].value), _kind(value)
    if kind != wanted:
        return f"取值 {value!r} 应为{_KINDS[wanted]}（现行取值 {known.values[-1].value!r}）"
    given = value if isinstance(value, list) else [value]
    strange = [item for item in given if known.choices and item not in known.choices]
    if strange:
        return f"取值 {'、'.join(map(str, strange))} 不在可选范围：{'、'.join(known.choices)}"
    return ""


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return _kind_of_text(value)
    if isinstance(value, list | dict):
        items = value.values() if isinstance(value, dict) else value
        kind = "table" if isinstance(value, dict) else "list"
        return kind if all(isinstance(item, str | int) for item in items) else "other"
    return {bool: "flag", int: "count"}.get(type(value), "other")


def _kind_of_text(text: str) -> str:
    try:
        parse_span(text)
    except ValueError:
        return "number" if re.fullmatch(r"-?\d+(\.\d+)?", text) else "words"
    return "span"


def _as_read(file: AnswerFile, before: frozenset[Problem]) -> Iterator[Problem]:
    """What the program could not read of these values: spans in units that their readers cannot use, rungs of a ladder."""
    with trying(Answers({**adopted().values, **file.values}, file.digest)):
        for problem in locals_used.check():
            if problem not in before:
                yield _problem(file, problem.where.rpartition("/")[2], problem.message)
        for key in SETTLED:
            if key in file.values and not _duties_are_read():
                value = file.values[key].values[-1].value
                yield _problem(file, key, f"取值 {value!r} 不能用于履职事项；{_WRITTEN.get(key, '')}请核对写法")


def _duties_are_read() -> bool:
    try:
        return bool(obligations() and parse_span(settled(STANDING_WITHIN)).length)
    except (CorpusError, ValueError):
        return False


def _problem(file: AnswerFile, key: str, message: str) -> Problem:
    return Problem(KIND, f"local/{file.name}.yaml {key}", message)
