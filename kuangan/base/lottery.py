"""A random draw that anyone can recompute: commit to the pool and a secret seed first, reveal the seed with the draw.

The published record is plain JSON::

    {"format": "kuangan-draw-2", "title": …, "unit": …, "purpose": …, "published_at": …,
     "pools": {"mines": [{"key", "name"}…], "officers": […]}, "excluded": [{"key", "name"}…],
     "wanted": {"mines": 3, "officers": 2}, "repeats": {"of": [{"title", "published_at", "commitment"}…], "reason": …},
     "seed_digest": …, "commitment": …,
     "draw": {"seed": …, "witness": …, "witness_text": …, "drawn_at": …, "drawn": {"mines": [key…], "officers": [key…]}}}

``seed_digest`` is SHA-256 of the seed's 32 bytes. ``commitment`` is SHA-256 of the canonical JSON (sorted keys, no blanks, UTF-8)
of everything before it, so that neither pool nor seed can be changed afterwards. The draw ranks the members of a pool
by HMAC-SHA256(seed, pool name, number in the pool, witness text), lowest first, and takes as many as wanted: every order is as
likely as every other, with no remainder that favours anybody. The witness's text, given only at the draw by somebody who
knows no seed, makes it useless to choose a seed to suit.
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from kuangan.base.digest import canonical, digest, digest_bytes

FORMAT: Final = "kuangan-draw-2"
FIRST_FORMAT: Final = "kuangan-draw-1"
"""Records of this format have no ``repeats`` and gave a reason for each who was left out. Where that is no longer shown
(``withheld``), the commitment can be checked by the unit alone.
"""
_FIRST: Final = ("format", "title", "unit", "purpose", "published_at", "pools", "excluded", "wanted", "seed_digest")
COMMITTED: Final = {FIRST_FORMAT: _FIRST, FORMAT: (*_FIRST, "repeats")}
SEED_BYTES: Final = 32
POOLS: Final = {"mines": "煤矿", "officers": "人员"}


def seed_digest(seed: str) -> str:
    """SHA-256 of a seed given in hexadecimal. Raises ``ValueError`` for anything else."""
    return digest_bytes(bytes.fromhex(seed))


def commitment(record: Mapping[str, Any]) -> str:
    """The digest that freezes pool and seed. Raises ``KeyError`` for a record without one of its parts."""
    return digest({key: record[key] for key in COMMITTED[record["format"]]})


def ranked(seed: str, pool: str, keys: Sequence[str], text: str) -> list[str]:
    """The members of a pool in the order they are drawn in."""
    secret = bytes.fromhex(seed)

    def rank(number: int) -> bytes:
        return hmac.digest(secret, canonical([pool, number, text]), sha256)

    order = sorted(range(len(keys)), key=rank)
    return [keys[number] for number in order]


def drawn(record: Mapping[str, Any], seed: str, text: str) -> dict[str, list[str]]:
    """Who is drawn from each pool of a record."""
    return {
        name: ranked(seed, name, [str(member["key"]) for member in members], text)[: int(record["wanted"][name])]
        for name, members in record["pools"].items()
    }


def problems(record: Any) -> list[str]:
    """Why a published record does not prove its draw, in Chinese; empty: it does."""
    if not isinstance(record, Mapping) or record.get("format") not in COMMITTED:
        return [f"不是抽查公开记录：应为格式“{FORMAT}”的 JSON 对象"]
    try:
        return _problems(record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"公开记录缺少内容或格式有误：{error}"]


def _problems(record: Mapping[str, Any]) -> list[str]:
    problems = []
    if commitment(record) != record["commitment"]:
        problems.append(
            "回避理由不向社会公开，名单与承诺是否一致须由组织单位凭完整记录复核"
            if record.get("withheld")
            else "名单、人数或种子摘要与事前公布的承诺不一致，事后被改动"
        )
    problems += _unfair(record)
    shown = record.get("draw")
    if shown is None:
        return [*problems, "尚未抽取，种子未公开，无法验证结果"]
    if seed_digest(shown["seed"]) != record["seed_digest"]:
        problems.append("公开的种子与事前公布的种子摘要不一致")
    again = drawn(record, shown["seed"], shown["witness_text"])
    problems += [
        f"{POOLS.get(name, name)}的抽取结果与重新计算的不一致"
        for name in again
        if again[name] != shown["drawn"].get(name)
    ]
    problems += [f"抽取结果中的“{name}”没有公布过名单" for name in shown["drawn"] if name not in again]
    if datetime.fromisoformat(shown["drawn_at"]) < datetime.fromisoformat(record["published_at"]):
        problems.append("抽取时间早于名单和承诺的公布时间")
    return problems


def _unfair(record: Mapping[str, Any]) -> list[str]:
    """What makes a published pool unfair though nobody changed it afterwards."""
    problems = []
    left_out = {str(excluded_member["key"]) for excluded_member in record["excluded"]}
    for name, members in record["pools"].items():
        word, keys = POOLS.get(name, name), [str(member["key"]) for member in members]
        if len(set(keys)) < len(keys):
            problems.append(f"{word}名单中有人（矿）重复列入，被抽中的机会不均等")
        if name == "officers" and left_out & set(keys):
            problems.append("人员名单中列有已公布回避的人员")
        if not 1 <= int(record["wanted"][name]) <= len(keys):
            problems.append(f"{word}的抽取数不在 1 至名单数 {len(keys)} 之间")
    return problems
