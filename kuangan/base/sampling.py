"""A monthly sample that anyone can recompute: first a secret seed is committed to, then the pool is frozen, then the seed comes out.

The record is plain JSON::

    {"format": "kuangan-sample-1", "title": …, "unit": …, "month": "2026-03", "committed_at": …, "seed_digest": …, "commitment": …,
     "pool": {"frozen_at": …, "strata": [{"grade": "self", "share": 5, "keys": [duty…]}…], "verifiers": [unit code…]},
     "pool_digest": …,
     "draw": {"seed": …, "drawn_at": …, "drawn": [[duty…]…], "verifiers": [unit code, unit code]}}

``commitment`` is the digest of what stands before it, ``pool_digest`` that of commitment and pool. Of a stratum of n duties with a
share of p percent n·p/100 are drawn, rounded up and at least one; ``drawn`` has them stratum by stratum. They are ranked as in
:mod:`kuangan.base.lottery`, with ``pool_digest`` in the place of the witness's text: a pool changed by one duty gives another order.
``verifiers`` of the pool is empty where the unit itself verifies; otherwise two of them are drawn.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from kuangan.base.digest import digest
from kuangan.base.lottery import ranked, seed_digest

FORMAT: Final = "kuangan-sample-1"
COMMITTED: Final = ("format", "title", "unit", "month", "committed_at", "seed_digest")
VERIFIERS: Final = 2
"""Units of those named that verify together: one finds, the other confirms."""


def commitment(record: Mapping[str, Any]) -> str:
    """The digest that binds the seed before there is a pool. Raises ``KeyError`` for a record without one of its parts."""
    return digest({key: record[key] for key in COMMITTED})


def pool_digest(record: Mapping[str, Any]) -> str:
    """The digest that freezes the pool under its commitment."""
    return digest({"commitment": record["commitment"], "pool": record["pool"]})


def wanted(count: int, share: int) -> int:
    """How many of ``count`` are drawn at ``share`` percent: rounded up, at least one, none of none."""
    return min(count, max(1, -(-count * share // 100)))


def drawn(record: Mapping[str, Any], seed: str) -> list[list[str]]:
    """The duties drawn from each stratum, in the order they are drawn in."""
    text = record["pool_digest"]
    return [
        ranked(seed, _name(stratum), stratum["keys"], text)[: wanted(len(stratum["keys"]), int(stratum["share"]))]
        for stratum in record["pool"]["strata"]
    ]


def verifiers(record: Mapping[str, Any], seed: str) -> list[str]:
    """The units that verify, where others than the sample's own unit do."""
    return ranked(seed, "verifiers", record["pool"]["verifiers"], record["pool_digest"])[:VERIFIERS]


def _name(stratum: Mapping[str, Any]) -> str:
    return f"{stratum['grade']}-{stratum['share']}"


def problems(record: Any) -> list[str]:
    """Why a record does not prove its sample, in Chinese; empty: it does."""
    if not isinstance(record, Mapping) or record.get("format") != FORMAT:
        return [f"不是抽查核实记录：应为格式“{FORMAT}”的 JSON 对象"]
    try:
        return _problems(record)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return [f"抽查核实记录缺少内容或格式有误：{error}"]


def _problems(record: Mapping[str, Any]) -> list[str]:
    problems = []
    if commitment(record) != record["commitment"]:
        problems.append("月份、单位或种子摘要与事前承诺不一致，事后被改动")
    if record.get("pool") is None:
        return [*problems, "范围尚未冻结，无法验证结果"]
    if pool_digest(record) != record["pool_digest"]:
        problems.append("抽取范围与冻结时的摘要不一致，事后被改动")
    if _moment(record["pool"]["frozen_at"]) <= _moment(record["committed_at"]):
        problems.append("范围冻结时间不晚于种子承诺时间")
    problems += _unfair(record["pool"]["strata"])
    shown = record.get("draw")
    if shown is None:
        return [*problems, "尚未抽取或者结果尚未公开，无法验证结果"]
    if seed_digest(shown["seed"]) != record["seed_digest"]:
        problems.append("公开的种子与事前公布的种子摘要不一致")
    if drawn(record, shown["seed"]) != shown["drawn"]:
        problems.append("抽取结果与重新计算的不一致")
    if verifiers(record, shown["seed"]) != shown["verifiers"]:
        problems.append("核实单位与重新计算的不一致")
    if _moment(shown["drawn_at"]) < _moment(record["pool"]["frozen_at"]):
        problems.append("抽取时间早于范围冻结时间")
    return problems


def _unfair(strata: Sequence[Mapping[str, Any]]) -> list[str]:
    """What makes a pool unfair though nobody changed it afterwards."""
    keys = [key for stratum in strata for key in stratum["keys"]]
    problems = ["同一事项重复列入范围，被抽中的机会不均等"] if len(set(keys)) < len(keys) else []
    if any(not 0 < int(stratum["share"]) <= 100 for stratum in strata):
        problems.append("抽查比例不在1%至100%之间")
    return problems


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
