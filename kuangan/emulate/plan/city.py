"""The fictional demonstration city: which mines it has, who runs them, what they measure."""

from datetime import date, timedelta
from typing import Final

import numpy as np

from kuangan.city.areas import Area, counties, prefecture
from kuangan.emulate.plan.fixed import CLASSES
from kuangan.emulate.plan.plan import CityPlan, FacePlan, KeyPersonPlan, MinePlan
from kuangan.emulate.plan.points import points_of
from kuangan.emulate.plan.words import COMPANIES, MAKERS, mine_names, person_name, phone

DEFAULT_CITY: Final = "140400"
DEFAULT_MINES: Final = 110
FIRST_SERIAL: Final = 900_001
"""Serials of real mines are far below: invented mines cannot be taken for real ones."""
GRADES: Final = (("low_gas", 0.45), ("high_gas", 0.40), ("outburst", 0.15))
CAPACITIES: Final = (45, 60, 90, 120, 150, 180, 240, 300, 400, 500)
"""万吨 a year."""
STANDARD_GRADES: Final = ("一级", "二级", "三级")
CITY_SHARE: Final = 0.06
"""Share of the mines that the city supervises itself."""
STORY_MINES: Final = 7
"""The first mines, in which the demonstration's history takes place: in one county, under that county's bureau, high in gas."""
HALTED: Final = (900_041, 900_077, 900_102)
"""Serials of mines that have long been stopped."""
KEY_POSTS: Final = ("mine_director", "chief_engineer", "safety_deputy", "production_deputy", "electromechanical_deputy")


def city_plan(city: str = DEFAULT_CITY, mines: int = DEFAULT_MINES, seed: int = 1, *, on: date) -> CityPlan:
    """The city as it is on a day. Raises ``UnknownCity`` and ``ValueError`` for numbers of mines that cannot be made."""
    area = prefecture(city)
    if mines < 1:
        raise ValueError(f"演示煤矿至少1座，要求了 {mines} 座；请检查 --mines")
    parts = counties(city)
    rng = np.random.default_rng([seed, int(city)])
    names = mine_names(mines, rng)
    placed = _placed(parts, mines, rng)
    made = tuple(
        _mine(FIRST_SERIAL + number, names[number], placed[number], seed, on, story=number < STORY_MINES)
        for number in range(mines)
    )
    return CityPlan(area, parts, seed, on, COMPANIES, made)


def _placed(parts: tuple[Area, ...], mines: int, rng: np.random.Generator) -> list[Area]:
    """The county of each mine: those of the story in the first county proper, the others by invented weights."""
    proper = [area for area in parts if int(area.code[4:]) > 20] or list(parts)
    weights = rng.uniform(0.3, 1.0, len(parts))
    drawn = rng.choice(len(parts), size=mines, p=weights / weights.sum())
    return [*[proper[0]] * STORY_MINES, *(parts[index] for index in drawn)][:mines]


def _mine(serial: int, name: str, county: Area, seed: int, on: date, *, story: bool) -> MinePlan:
    rng = np.random.default_rng([seed, serial])
    code = f"{county.code}{serial:06d}"
    grade = "high_gas" if story else str(rng.choice([name for name, _ in GRADES], p=[share for _, share in GRADES]))
    capacity = int(rng.choice(CAPACITIES))
    levels, districts = _layout(rng)
    status = "halted" if serial in HALTED else "producing"
    standard = STANDARD_GRADES[int(rng.integers(len(STANDARD_GRADES)))]
    mine_class = "D" if status == "halted" else CLASSES[standard]
    faces = _faces(districts, 2 if capacity >= 240 and grade != "outburst" and len(districts) > 1 else 1, on, rng)
    return MinePlan(
        code=code,
        name=name,
        county=county,
        supervised_by_city=bool(not story and rng.random() < CITY_SHARE),
        company=int(rng.integers(len(COMPANIES))),
        gas_grade=grade,
        capacity=capacity,
        headcount_limit=200 if capacity <= 120 else 400,
        rock_burst=bool(grade != "low_gas" and rng.random() < 0.1),
        grade=standard,
        status=status,
        mine_class=mine_class,
        hydrology=str(rng.choice(("simple", "medium", "complex"), p=(0.5, 0.4, 0.1))),
        spontaneous_combustion=str(rng.choice(("not_easy", "self_igniting", "easy"), p=(0.5, 0.4, 0.1))),
        maker=MAKERS[int(rng.integers(len(MAKERS)))],
        levels=levels,
        districts=districts,
        faces=faces,
        key_people=tuple(KeyPersonPlan(post, person_name(rng), phone(rng)) for post in KEY_POSTS),
        points=points_of(code, grade, faces, tuple(district for district, _ in districts), on, rng),
    )


def _layout(rng: np.random.Generator) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """Levels with elevation; districts with the index of their level."""
    top = int(rng.integers(70, 95)) * 10
    levels = tuple((f"+{top - 80 * index}水平", top - 80 * index) for index in range(1 + int(rng.random() < 0.3)))
    ordinals = "一二三四"
    count = max(len(levels), 1 + int(rng.random() < 0.5))
    return levels, tuple((f"{ordinals[index]}采区", min(index, len(levels) - 1)) for index in range(count))


def _faces(
    districts: tuple[tuple[str, int], ...], coal: int, on: date, rng: np.random.Generator
) -> tuple[FacePlan, ...]:
    """``coal`` coal faces and two or three headings, numbered by district as mines do (1303, 1304 …)."""
    faces = [_face("coal_face", "综采工作面", index % len(districts), 3 + index * 2, on, rng) for index in range(coal)]
    headings = 2 + int(coal == 1 and rng.random() < 0.5)
    faces += [
        _face("heading", "掘进工作面", index % len(districts), 4 + index * 2, on, rng) for index in range(headings)
    ]
    return tuple(faces)


def _face(kind: str, word: str, district: int, number: int, on: date, rng: np.random.Generator) -> FacePlan:
    started = on - timedelta(days=int(rng.integers(40, 400)))
    return FacePlan(kind, f"{district + 1}3{number:02d}{word}", district, started)
