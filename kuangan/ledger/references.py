"""What forms refer to — mines, units, faces, points, persons, entries, attachments — looked up once for a form or a whole sheet."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from kuangan.base.clock import civil_date, now
from kuangan.base.text import person_name
from kuangan.core.models import Attachment, Oversight, Person, Tenure, Unit, UnitKind, User
from kuangan.core.queries.roles import tenures_at
from kuangan.core.values import stored
from kuangan.core.values.plain import LONGEST_NAME, Wrong, plain_text, quoted
from kuangan.core.values.shown import named, person_code, words
from kuangan.law.field import Field
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry
from kuangan.ledger.written_keys import CODE_BEHIND, LARGEST_KEY, LONGEST_KEY, key_of_row, person_key, written_person
from kuangan.mine.codes import bare_code
from kuangan.mine.models import Face, Mine, Point
from kuangan.mine.queries.aliases import aliases_on

MINE = "mine"
"""The field that says which mine a form is about."""
SHOWN_NAMES = 8
MOST_FILES = 100
"""Attachments of one field."""
MOST_OFFERED = 300
"""Entries of another ledger that a form offers, the newest; older ones are named by their number."""
Row = TypeVar("Row", Mine, Unit)


class References:
    """Looks up what the forms of one unit may refer to. Each kind is read from the database at most once."""

    def __init__(self, unit: Unit) -> None:
        self.keeper = unit
        self._offered_entries: dict[str, list[Entry]] = {}

    @cached_property
    def _paths(self) -> set[str]:
        return {self.keeper.scope_path, *Oversight.objects.filter(unit=self.keeper).values_list("path", flat=True)}

    @cached_property
    def mines(self) -> dict[str, Mine]:
        """The mines in the keeping unit's sight, by code."""
        within = Q()
        for path in self._paths:
            within |= Q(unit__path__startswith=path)
        return {mine.code: mine for mine in Mine.objects.filter(within).select_related("unit").order_by("code")}

    @cached_property
    def _mines_by_other_code(self) -> dict[str, Mine]:
        """The same mines by the other codes that they are known under today."""
        aliases = aliases_on(civil_date(now())).values_list("code", "mine__code")
        return {code: self.mines[mine] for code, mine in aliases if mine in self.mines}

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Every unit of the tree but the platform's own, by code."""
        return {
            unit.code: unit
            for unit in Unit.objects.filter(closed_on=None).exclude(kind=UnitKind.platform).order_by("path")
        }

    @cached_property
    def _faces(self) -> dict[int, list[Face]]:
        faces: dict[int, list[Face]] = {}
        for face in Face.objects.filter(mine__in=self.mines.values()).order_by("name"):
            faces.setdefault(face.mine_id, []).append(face)
        return faces

    def faces_of(self, mine: Mine) -> list[Face]:
        """The mine's faces by name, ended ones too."""
        return self._faces.get(mine.pk, [])

    def mine(self, given: Any) -> Mine:
        """The mine by code, by name, or by both. Raises :class:`Wrong`."""
        text = plain_text(given, LONGEST_NAME)
        other = self._mines_by_other_code.get(bare_code(text))
        return other or _candidate_named(text, self.mines, f"{self.keeper.name}管辖范围内的煤矿", "12位煤矿编码")

    def unit(self, given: Any, kinds: Collection[str] = ()) -> Unit:
        """The unit by code, by name, or by both; only of these ``kinds``, if any are said. Raises :class:`Wrong`."""
        units = {code: unit for code, unit in self.units.items() if not kinds or unit.kind in kinds}
        which = f"平台登记的{'、'.join(UnitKind(kind).label for kind in kinds)}" if kinds else "平台登记的单位"
        return _candidate_named(plain_text(given, LONGEST_NAME), units, which, "单位编码")

    def offered_units(self, field: Field) -> list[Unit]:
        """The units that a field may name, as far as is known before it is filled in."""
        own = self.mines.get(self.keeper.code) if field.over else None
        units = (unit for unit in self.units.values() if not field.of or unit.kind in field.of)
        return [unit for unit in units if own is None or _is_over(unit, own)]

    def unit_over(self, field: Field, given: Any, mine: Mine | None) -> Unit:
        """The unit, where the mine lies in its area. Raises :class:`Wrong`."""
        unit = self.unit(given, field.of)
        if mine is None:
            raise Wrong("请先填写煤矿")
        if not _is_over(unit, mine):
            raise Wrong(f"{mine.name}不在{unit.name}辖区内，请选择煤矿所在地的政府或者监管部门")
        return unit

    def mine_around(self, around: Mapping[str, Any]) -> Mine | None:
        """The mine that a form is about: its own field ``mine``, or the unit itself."""
        code = around.get(MINE) or (self.keeper.code if self.keeper.kind == UnitKind.mine else "")
        return self.mines.get(str(code))

    def face_choices(self) -> list[tuple[str, str]]:
        """The faces to choose from, where the unit is a mine."""
        if self.keeper.kind != UnitKind.mine:
            return []
        return [(face.name, face.name) for mine in self.mines.values() for face in self.faces_of(mine)]

    def face(self, given: Any, mine: Mine | None) -> str:
        """The name of a face of the mine. Raises :class:`Wrong`."""
        if mine is None:
            raise Wrong("请先填写煤矿，再填写工作面")
        text = plain_text(given, LONGEST_NAME)
        names = [face.name for face in self.faces_of(mine)]
        if text not in names:
            known = "、".join(names[:SHOWN_NAMES]) or "无"
            raise Wrong(f"{mine.name}没有登记{quoted(text)}，请填写一矿一册内的工作面名称（{known}）")
        return text

    @cached_property
    def _points(self) -> dict[str, Point]:
        """The points of the mines in sight, by mine and code."""
        points = Point.objects.filter(mine__in=self.mines.values()).select_related("mine").order_by("native_code")
        return {point_key(point): point for point in points}

    def point(self, given: Any, mine: Mine | None) -> str:
        """The key of a measuring point, by its code in the mine or by both codes. Raises :class:`Wrong`."""
        text = plain_text(given, LONGEST_NAME)
        behind = CODE_BEHIND.fullmatch(text)
        for written in (text, behind.group(1) if behind else ""):
            for key in (written, f"{mine.code}/{written}" if mine else written):
                if key in self._points and (mine is None or self._points[key].mine_id == mine.pk):
                    return key
        where = mine.name if mine else f"{self.keeper.name}管辖范围内"
        raise Wrong(f"{where}没有测点{quoted(text)}，请填写测点编码")

    def points(self) -> list[tuple[str, str]]:
        """The points to choose from, where the unit is a mine."""
        if self.keeper.kind != UnitKind.mine:
            return []
        return [(key, named(str(point), point.native_code)) for key, point in self._points.items()]

    @cached_property
    def _people(self) -> dict[str, list[Tenure]]:
        """Who holds a post in the unit's sight, by role."""
        within = Q(post__unit=self.keeper)
        for path in self._paths:
            within |= Q(post__unit__path__startswith=path)
        tenures: dict[str, list[Tenure]] = defaultdict(list)
        for tenure in tenures_at(now()).filter(within).order_by("person__name", "pk"):
            tenures[tenure.post.role].append(tenure)
        return tenures

    def people(self, roles: Iterable[str]) -> dict[int, Tenure]:
        """Who holds one of these roles in the unit's sight, by the person's key."""
        return {tenure.person_id: tenure for role in roles for tenure in self._people.get(role, ())}

    def person(self, field: Field, given: Any, actor: User | None = None, mine: Mine | None = None) -> Any:
        """A person of the register, by code or by a name that only one has; a name that is not there, unless the field is strict.

        ``actor``: who fills in the form; among namesakes he means himself. ``mine``: the one that the form is about; a name without code
        means nobody at another mine. Whoever has left his post stays whom his code and name say.
        """
        text, name = written_person(given)
        people = self.people(field.of)
        key = person_key(text)
        if key in people:
            return _registered(people[key])
        if key and not field.strict and (left := Person.objects.filter(pk=key).first()):
            kept = person_name(left.name)
            if kept == name:
                return {"person": left.pk, "name": kept}
        tenures = [
            tenure for tenure in people.values() if person_name(tenure.person.name) == name and _is_at(tenure, mine)
        ]
        own = [tenure for tenure in tenures if actor is not None and tenure.person_id == actor.person_id]
        tenures = own or tenures
        if len(tenures) == 1:
            return _registered(tenures[0])
        if tenures:
            raise Wrong(f"有 {len(tenures)} 人叫{quoted(name)}，请从列表中选择，例如 {person_text(tenures[0])}")
        if field.strict:
            raise Wrong(f"{self.keeper.name}管辖范围内没有可选人员{quoted(name)}，请从列表中选择")
        if key:
            raise Wrong(f"没有姓名和编号为{quoted(text)}的人员，请从列表中选择，或者只填写姓名")
        return stored(field, name if isinstance(given, Mapping) else given)

    def entries(self, ledger_id: str) -> list[Entry]:
        """The newest current entries of a ledger in the unit's sight; of a confidential one the unit's own."""
        if ledger_id not in self._offered_entries:
            entries = self._entries(ledger_id).order_by("-on", "-pk")
            self._offered_entries[ledger_id] = list(entries[:MOST_OFFERED])
        return self._offered_entries[ledger_id]

    def _entries(self, ledger_id: str) -> QuerySet[Entry]:
        within = Q(unit=self.keeper)
        if not ledger_by_id(ledger_id).confidential:
            for path in self._paths:
                within |= Q(path__startswith=path)
        return Entry.objects.filter(within, ledger=ledger_id, superseded_at=None, voided=False)

    def entry(self, field: Field, given: Any) -> int:
        """The number of an entry in sight. Raises :class:`Wrong`."""
        text = plain_text(given, LONGEST_NAME)
        behind = CODE_BEHIND.fullmatch(text)
        digits = (behind.group(1) if behind else text).removeprefix("第").removesuffix("号")
        (ledger_id,) = field.of
        if digits.isdigit() and len(digits) < LONGEST_KEY:
            serial = int(digits)
            if any(entry.serial == serial for entry in self.entries(ledger_id)):
                return serial
            if serial <= LARGEST_KEY and self._entries(ledger_id).filter(serial=serial).exists():
                return serial
        raise Wrong(f"“{ledger_by_id(ledger_id).title}”中没有条目{quoted(text)}，请选择或填写条目号")


def _is_over(unit: Unit, mine: Mine) -> bool:
    return mine.unit.path.startswith(unit.scope_path)


def point_key(point: Point) -> str:
    """A point as it is stored: its mine's code and its own."""
    return f"{point.mine.code}/{point.native_code}"


def entry_text(entry: Entry) -> str:
    """An entry in a list to choose from: number, day and what makes it one of its kind."""
    ledger = ledger_by_id(entry.ledger)
    key = [ledger.field(name) for name in ledger.key if name != ledger.dated]
    open_words = [words(field, entry.values.get(field.name), {}) for field in key if not field.personal]
    return " ".join([f"第{entry.serial}号", entry.on.isoformat(), *open_words])


def files(given: Any, actor: User | None, kept: Collection[int]) -> list[int]:
    """Attachment ids that the actor uploaded himself, or that the entry's earlier version named. Raises :class:`Wrong`."""
    try:
        ids = list(
            dict.fromkeys(key_of_row(number) for number in (given if isinstance(given, list | tuple) else [given]))
        )
    except (TypeError, ValueError, OverflowError):
        raise Wrong("应为已上传附件的编号，请先上传文件") from None
    if len(ids) > MOST_FILES:
        raise Wrong(f"共 {len(ids)} 个附件，一条最多 {MOST_FILES} 个，请分条登记")
    allowed = Q(pk__in=set(kept) & set(ids))
    if actor is not None:
        allowed |= Q(uploaded_by=actor)
    else:
        allowed = Q()
    known = set(Attachment.objects.filter(allowed, pk__in=ids).values_list("pk", flat=True))
    if len(known) != len(ids):
        raise Wrong("附件不存在或不是您上传的，请重新上传")
    return ids


def _is_at(tenure: Tenure, mine: Mine | None) -> bool:
    """Whether a post may be meant in a form about a mine: it is at no other mine."""
    return mine is None or tenure.post.unit.kind != UnitKind.mine or tenure.post.unit_id == mine.unit_id


def _registered(tenure: Tenure) -> dict[str, Any]:
    return {"person": tenure.person_id, "name": person_name(tenure.person.name)}


def person_text(tenure: Tenure) -> str:
    """A person of the register as lists write him: name and code."""
    return named(person_name(tenure.person.name), person_code(tenure.person_id))


def _candidate_named(text: str, candidates: dict[str, Row], which: str, code: str) -> Row:
    behind = CODE_BEHIND.fullmatch(text)
    for written in (text, behind.group(1) if behind else ""):
        if written in candidates:
            return candidates[written]
    alike = [candidate for candidate in candidates.values() if candidate.name == text]
    if len(alike) > 1:
        raise Wrong(f"{which}中有 {len(alike)} 个{quoted(text)}，请填写{code}")
    if not alike:
        raise Wrong(f"{which}中没有{quoted(text)}，请核对名称或填写{code}")
    return alike[0]
