"""What entries refer to — mines, units, faces, attachments — looked up once for a form or a whole sheet."""

import re
from collections.abc import Collection
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Q

from kuangan.core.models import Attachment, Oversight, Unit, UnitKind, User
from kuangan.core.values.plain import LONGEST_NAME, Wrong, plain_text, quoted
from kuangan.mine.models import Face, Mine

_CODE_BEHIND = re.compile(r".*[（(]([0-9A-Za-z_.-]+)[）)]")
SHOWN_NAMES = 8
MOST_FILES = 100
"""Attachments of one field."""
LARGEST_KEY = 2**63 - 1
LONGEST_KEY = 20
"""Characters of a key that are looked at; the longest has 19 digits."""
Row = TypeVar("Row", Mine, Unit)


def named(name: str, code: str) -> str:
    """A reference as sheets and lists write it, so that it is read back without doubt: 样例煤矿（140423900001）."""
    return f"{name}（{code}）"


class References:
    """Looks up what the entries of one keeping unit may refer to. Each kind is read from the database at most once."""

    def __init__(self, unit: Unit) -> None:
        self.keeper = unit

    @cached_property
    def mines(self) -> dict[str, Mine]:
        """The mines in the keeping unit's sight, by code."""
        paths = {self.keeper.scope_path, *Oversight.objects.filter(unit=self.keeper).values_list("path", flat=True)}
        within = Q()
        for path in paths:
            within |= Q(unit__path__startswith=path)
        return {mine.code: mine for mine in Mine.objects.filter(within).select_related("unit").order_by("code")}

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Every unit of the tree but the platform's own, by code."""
        return {unit.code: unit for unit in Unit.objects.exclude(kind=UnitKind.platform).order_by("path")}

    @cached_property
    def _faces(self) -> dict[int, list[Face]]:
        found: dict[int, list[Face]] = {}
        for face in Face.objects.filter(mine__in=self.mines.values()).order_by("name"):
            found.setdefault(face.mine_id, []).append(face)
        return found

    def faces_of(self, mine: Mine) -> list[Face]:
        """The mine's faces by name, ended ones too."""
        return self._faces.get(mine.pk, [])

    def mine(self, given: Any) -> Mine:
        """The mine by code, by name, or by both. Raises :class:`Wrong`."""
        return _one(plain_text(given, LONGEST_NAME), self.mines, f"{self.keeper.name}管辖范围内的煤矿", "12位煤矿编码")

    def unit(self, given: Any) -> Unit:
        """The unit by code, by name, or by both. Raises :class:`Wrong`."""
        return _one(plain_text(given, LONGEST_NAME), self.units, "平台登记的单位", "单位编码")

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


def files(given: Any, actor: User | None, kept: Collection[int]) -> list[int]:
    """Attachment ids that the actor uploaded himself, or that the entry's earlier version named. Raises :class:`Wrong`."""
    try:
        ids = list(dict.fromkeys(_key(number) for number in (given if isinstance(given, list | tuple) else [given])))
    except (TypeError, ValueError, OverflowError):
        raise Wrong("应为已上传附件的编号，请先上传文件") from None
    if len(ids) > MOST_FILES:
        raise Wrong(f"共 {len(ids)} 个附件，一条最多 {MOST_FILES} 个，请分条登记")
    allowed = Q(pk__in=set(kept) & set(ids))
    if actor is not None:
        allowed |= Q(uploaded_by=actor)
    else:
        allowed = Q()
    found = set(Attachment.objects.filter(allowed, pk__in=ids).values_list("pk", flat=True))
    if len(found) != len(ids):
        raise Wrong("附件不存在或不是您上传的，请重新上传")
    return ids


def _key(given: Any) -> int:
    """A key of the database. ValueError, TypeError, OverflowError for what can be none."""
    number = int(given) if isinstance(given, int | float) else int(str(given)[:LONGEST_KEY])
    if not 0 < number <= LARGEST_KEY:
        raise ValueError(number)
    return number


def _one(text: str, rows: dict[str, Row], which: str, code: str) -> Row:
    behind = _CODE_BEHIND.fullmatch(text)
    for written in (text, behind.group(1) if behind else ""):
        if written in rows:
            return rows[written]
    found = [row for row in rows.values() if row.name == text]
    if len(found) > 1:
        raise Wrong(f"{which}中有 {len(found)} 个{quoted(text)}，请填写{code}")
    if not found:
        raise Wrong(f"{which}中没有{quoted(text)}，请核对名称或填写{code}")
    return found[0]
