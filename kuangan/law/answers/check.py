"""``kuangan local check``: a city's answers against the package they stand over, each file by itself."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final

from kuangan.law import instrument
from kuangan.law.answers.file import AnswerFile
from kuangan.law.lawcheck import locals_used
from kuangan.law.lawcheck.citations import Use, problems_of
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.local import Answers, LocalValue, adopted, all_values, packaged, trying
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
    if not known.values[-1].assumed:
        fixed = instrument.cite_text(known.values[-1].cite)
        yield _problem(file, entry.key, f"该取值由{fixed}规定，不是待明确事项，本市文件不能另定；请从文件中删去")
        return
    first = known.values[0].valid_from
    for value in entry.values:
        if value.valid_from < first:
            yield _problem(file, entry.key, f"valid_from {value.valid_from} 早于所依据规定施行之日 {first}")
        wrong = _unlike(value.value, known)
        if wrong:
            yield _problem(file, entry.key, wrong)
        for told in problems_of(Use(f"local/{file.name}/{entry.key}", value.cite, value.valid_from, value.valid_to)):
            yield _problem(file, entry.key, told.message)


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
    """What the program could not read of these values: spans in units that their readers cannot use."""
    with trying(Answers({**adopted().values, **file.values}, file.digest)):
        for problem in locals_used.check():
            if problem not in before:
                yield _problem(file, problem.where.rpartition("/")[2], problem.message)


def _problem(file: AnswerFile, key: str, message: str) -> Problem:
    return Problem(KIND, f"local/{file.name}.yaml {key}", message)
