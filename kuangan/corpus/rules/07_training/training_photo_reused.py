"""同一张照片用于多期培训。"""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

LAW = Cite("work_safety_law", "28.4")
REGISTER = Cite("register", "7.3")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether one photograph stands in several sessions; a session without any leaves it open."""
    sessions = entries_of(facts, "training_session")
    users: dict[Any, list[EntryFact]] = defaultdict(list)
    for session in sessions:
        for photo in dict.fromkeys(session.values.get("photos", ())):
            users[photo].append(session)
    faults = [Fault(entry.key, _text(group)) for group in users.values() if len(group) > 1 for entry in group]
    faults = list({(fault.key, fault.text): fault for fault in faults}.values())
    silent = any(not session.values.get("photos") for session in sessions)
    unknown = "有培训班次没有现场照片" if silent else ""
    return judged("同一张照片用于多期培训，疑似虚假培训", faults, (LAW, REGISTER), unknown)


def _text(group: list[EntryFact]) -> str:
    return "、".join(f"{date_text(entry.on)}“{entry.values['title']}”" for entry in group) + "使用同一张照片"


def _facts(*photos: tuple[int, ...]) -> LedgerFacts:
    sessions = tuple(
        entry(f"s{index}", f"2026-03-0{index + 1}", title=f"第{index + 1}期", **({"photos": list(ids)} if ids else {}))
        for index, ids in enumerate(photos)
    )
    return facts_of({"training_session": sessions})


_AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="training_photo_reused",
    title="一张照片用于多期培训",
    measure="7.3",
    clauses=("7.3c",),
    topic="ledger",
    about="mine",
    reads=("training_session",),
    window_days=400,
    check=check,
    cites=(LAW, REGISTER),
    examples=(
        Example("各期照片不同", _facts((1, 2), (3,)), _AT, Clear),
        Example("两期共用一张", _facts((1, 2), (2, 3)), _AT, Breach, ("s0", "s1")),
        Example("同一期重复上传不算", _facts((1, 1), (2,)), _AT, Clear),
        Example("一期没有照片", _facts((1,), ()), _AT, Unknown),
        Example("没有培训班次", facts_of({}), _AT, Clear),
    ),
)
