"""同时生产的水平、采掘工作面个数超过煤矿安全规程（第四十五条、第五十三条、第一百一十七条；令21第四条第二项）。"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import idle, moment
from kuangan.corpus.rules._ledger import facts_of, told
from kuangan.law.cite import Cite
from kuangan.law.instrument import in_force
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import FaceFact, LedgerFacts

REGULATIONS: Final = "coal_mine_safety_regulations_2025"
LEVELS, MINE, DISTRICT = (Cite(REGULATIONS, article) for article in ("45.3", "53.1", "117.1"))
HAZARD: Final = Cite("major_hazard_criteria_2026", "4.1.2")
POWER: Final = Cite("coal_mine_safety_ordinance", "36.1.1")
KINDS: Final = {"coal_face": ("coal_faces", "采煤工作面"), "heading": ("headings", "掘进工作面")}
Excess = tuple[str, Cite, bool]
"""What is too many, by which article, and whether the criteria make it a major hazard."""


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """The faces of the mine's file that are worked today against the limits of levels, of the mine and of each district."""
    resting, today = idle(facts), civil_date(at)
    if resting:
        return resting
    if not facts.faces:
        return Unknown("一矿一册未登记在采（掘）工作面")
    excesses = [*_levels(facts.faces, today), *_mine(facts.faces, today), *_districts(facts.faces, today)]
    if excesses:
        cites = tuple(dict.fromkeys(cite for _, cite, _ in excesses))
        major = in_force(HAZARD, today) and any(is_major for _, _, is_major in excesses)
        lead = "采掘布局超过规程规定" + ("，构成重大事故隐患" if major else "")
        return Breach(told(lead, (text for text, _, _ in excesses)), (), (*cites, HAZARD, POWER) if major else cites)
    return Unknown(unsure) if (unsure := _unsure(facts.faces, today)) else Clear()


def _most(name: str, on: date) -> int:
    return int(local(f"layout.{name}", on).value)


def _levels(faces: Iterable[FaceFact], on: date) -> Iterator[Excess]:
    levels = sorted({face.level for face in faces if face.level})
    if len(levels) > _most("levels", on):
        yield f"同时生产的水平{len(levels)}个（{'、'.join(levels)}），最多{_most('levels', on)}个", LEVELS, True


def _mine(faces: Iterable[FaceFact], on: date) -> Iterator[Excess]:
    """In principle only (原则上), so that by itself it is no major hazard."""
    counts = Counter(face.kind for face in faces)
    for kind, (name, words) in KINDS.items():
        if counts[kind] > _most(name, on):
            yield f"全矿{words}{counts[kind]}个，原则上不超过{_most(name, on)}个", MINE, False


def _districts(faces: Iterable[FaceFact], on: date) -> Iterator[Excess]:
    for (district, kind), count in _by_district(faces).items():
        name, words = KINDS[kind]
        if count > _most(f"district_{name}", on):
            yield f"{district}{words}{count}个，最多{_most(f'district_{name}', on)}个", DISTRICT, True


def _by_district(faces: Iterable[FaceFact]) -> Counter[tuple[str, str]]:
    return Counter((face.district, face.kind) for face in faces if face.district)


def _unsure(faces: Iterable[FaceFact], on: date) -> str:
    """A district within the limits of two wings or several seams, above those of one wing: the file does not say which it is."""
    for (district, kind), count in _by_district(faces).items():
        name, words = KINDS[kind]
        if count > _most(f"wing_{name}", on):
            return f"{district}{words}{count}个，一矿一册未登记各工作面所在的翼和煤层，不能判定"
    return ""


def _case(coal: int, headings: int, *, levels: int = 1, spread: bool = True, **attributes: str) -> LedgerFacts:
    """So many faces; ``spread``: each in a district of its own, otherwise all in one."""
    kinds = [*("coal_face",) * coal, *("heading",) * headings]
    faces = tuple(
        FaceFact(f"{index}工作面", kind, f"{index if spread else 1}采区", f"+{index % levels}水平")
        for index, kind in enumerate(kinds)
    )
    return replace(facts_of({}, **attributes), faces=faces)


_AT = moment("2026-07-01T08:00")

RULE = Rule(
    id="layout_over_limits",
    title="采掘布局超过规程规定",
    measure="8.1",
    clauses=("8.1",),
    topic="ledger",
    about="mine",
    underground=True,
    faces=True,
    reads=("faces_in_work",),
    window_days=31,
    check=check,
    cites=(LEVELS, MINE, DISTRICT, HAZARD, POWER),
    examples=(
        Example("全矿恰3个采煤工作面、9个掘进工作面", _case(3, 9), _AT, Clear),
        Example("全矿4个采煤工作面", _case(4, 0), _AT, Breach),
        Example("全矿10个掘进工作面", _case(0, 10), _AT, Breach),
        Example("一个采区恰1采2掘", _case(1, 2, spread=False), _AT, Clear),
        Example("一个采区1采3掘，翼和煤层未登记", _case(1, 3, spread=False), _AT, Unknown),
        Example("一个采区恰2采4掘，翼和煤层未登记", _case(2, 4, spread=False), _AT, Unknown),
        Example("一个采区3个采煤工作面", _case(3, 0, spread=False), _AT, Breach),
        Example("一个采区5个掘进工作面", _case(0, 5, spread=False), _AT, Breach),
        Example("同时生产的水平恰2个", _case(1, 2, levels=2), _AT, Clear),
        Example("同时生产的水平3个", _case(1, 2, levels=3), _AT, Breach),
        Example("停产", _case(4, 0, status="halted"), _AT, Clear),
        Example("露天煤矿", _case(4, 0, mine_type="open_pit"), _AT, Unknown),
        Example("没有登记工作面", facts_of({}), _AT, Unknown),
    ),
)
