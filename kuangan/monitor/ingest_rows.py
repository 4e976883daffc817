"""What a group of files amounts to, before it is written in one transaction."""

from dataclasses import dataclass, field

from kuangan.monitor.fold.types import EpisodeChange
from kuangan.monitor.limits import Judgement


@dataclass(frozen=True, slots=True)
class FileRow:
    """One received file; times in seconds UTC."""

    mine_id: int
    type: str
    name: str
    sha256: str
    header_at: int | None
    received_at: int
    seq: int
    size: int
    records: int
    bad: int
    status: str
    message: str


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """An episode as it stands, with the set-points it was judged by."""

    mine_id: int
    point_id: int
    change: EpisodeChange
    judged: Judgement
    digest: str


@dataclass(frozen=True, slots=True)
class DeclarationRow:
    """A declared alarm as it stands; numbers in micro-units, times in seconds UTC."""

    mine_id: int
    point_id: int
    kind: str
    started_at: int
    ended_at: int | None
    peak: int | None
    peak_at: int | None
    cause: str
    measure: str
    entered_by: str
    entered_at: int | None
    file_at: int
    received_at: int


@dataclass(frozen=True, slots=True)
class LiveData:
    """A mine's newest values, packed as `models.LiveRow` says."""

    mine_id: int
    path: str
    at: int | None
    received_at: int
    points: bytes
    times: bytes
    values: bytes
    statuses: bytes
    highest: int | None
    highest_point: int | None


@dataclass(frozen=True, slots=True)
class PowerRow:
    """What the power-feed reading said about an episode; the key is the episode's."""

    point_id: int
    started_at: int
    state: str
    at: int


@dataclass(slots=True)
class Group:
    """Everything that is to be written in one transaction; a later state of the same row replaces an earlier one."""

    files: list[FileRow] = field(default_factory=list)
    episodes: dict[tuple[int, int], EpisodeRow] = field(default_factory=dict)
    declarations: dict[tuple[int, str, int], DeclarationRow] = field(default_factory=dict)
    power: dict[tuple[int, int], PowerRow] = field(default_factory=dict)
    touched: dict[str, int] = field(default_factory=dict)
    """Mine codes with new readings, and when the newest file of each was received."""
