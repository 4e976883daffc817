"""What family A files become: plain values without any knowledge of the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from kuangan.monitor.feeds.errors import BadRecord
from kuangan.monitor.feeds.registry import PointText


@dataclass(frozen=True, slots=True)
class Header:
    """Who sent the file and the file's own time."""

    mine_code: str
    mine_name: str
    at: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a point: its letter (B 闭锁, G 风门, K 控制, H 保护, Z 主备, D 断电, T 调节) and the other point."""

    relation: str
    code: str
    name: str
    back_relation: str
    back_code: str


@dataclass(frozen=True, slots=True)
class DefinitionRecord:
    """A CDDY record; numbers are as the mine set them, None where it set nothing."""

    code: str
    system: str
    station: str
    sensor_type: str
    kind: str
    unit: str
    range_high: Decimal | None
    range_low: Decimal | None
    alarm_high: Decimal | None
    release_high: Decimal | None
    alarm_low: Decimal | None
    release_low: Decimal | None
    cut_high: Decimal | None
    restore_high: Decimal | None
    cut_low: Decimal | None
    restore_low: Decimal | None
    on_text: str
    off_text: str
    place: str
    x: Decimal | None
    y: Decimal | None
    z: Decimal | None
    relations_text: str
    at: int
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """A YCBJ record: an alarm as the mine declares it. Key: (code, anomaly, started_at); a later record updates it."""

    code: str
    type_name: str
    place: str
    unit: str
    anomaly: str
    started_at: int
    ended_at: int | None
    highest: Decimal | None
    highest_at: int | None
    lowest: Decimal | None
    lowest_at: int | None
    mean: Decimal | None
    cause: str
    measure: str
    entered_at: int | None
    entered_by: str
    at: int


@dataclass(frozen=True, slots=True)
class Definitions:
    """A parsed CDDY file."""

    header: Header
    points: tuple[DefinitionRecord, ...]
    bad: tuple[BadRecord, ...]
    notes: tuple[str, ...]
    records: int


@dataclass(frozen=True, slots=True)
class Declarations:
    """A parsed YCBJ file."""

    header: Header
    alarms: tuple[Declared, ...]
    bad: tuple[BadRecord, ...]
    notes: tuple[str, ...]
    records: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A parsed CDSS file: one array element a good record, in file order.

    point int32 registry index; value int64 micro-units or NO_VALUE; decimals uint8 as printed; status int32 bit mask;
    time int64 seconds. `texts` keeps values that are no numbers by row. `described`: points whose name, place or unit
    is new or differs from before this file. `records` counts bad ones too.
    """

    header: Header
    point: npt.NDArray[np.int32]
    value: npt.NDArray[np.int64]
    decimals: npt.NDArray[np.uint8]
    status: npt.NDArray[np.int32]
    time: npt.NDArray[np.int64]
    texts: dict[int, str] = field(default_factory=dict)
    described: tuple[PointText, ...] = ()
    bad: tuple[BadRecord, ...] = ()
    notes: tuple[str, ...] = ()
    records: int = 0
