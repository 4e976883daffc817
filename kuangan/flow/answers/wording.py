"""The difference that a city's answers make as lines for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from kuangan.flow.answers.effect import LISTED


def texts_of(effect: Mapping[str, Any]) -> Sequence[str]:
    """The difference as lines for a terminal."""
    lines: list[str] = []
    for name, title in (
        ("values", "取值"),
        ("examples", "算例结果改变"),
        ("findings", "认定的变化"),
        ("clocks", "在办案件期限的变化"),
        ("duties", "未办结履职事项的变化"),
    ):
        count = effect["counts"].get(name, 0)
        lines.append(f"{title}：{count} 项")
        lines += [f"  {_text(line)}" for line in effect.get(name, ())]
        if count > LISTED:
            lines.append(f"  （仅列出前 {LISTED} 项）")
    if effect.get("back_to"):
        lines.append(f"注意：取值自 {effect['back_to']} 起适用，早于今日，此前已判定的事项将重新判定。")
    return lines


def _text(line: Mapping[str, str]) -> str:
    what = " ".join(words for name, words in line.items() if name not in ("before", "after", "reason") and words)
    change = f"{line.get('before') or '—'} → {line.get('after') or '按原期限（新期限已过）'}"
    return f"{what}：{change}" + (f"（{line['reason']}）" if line.get("reason") else "")
