"""What a group of files amounts to, before it is written in one transaction."""

from dataclasses import dataclass, field

from kuangan.monitor.fold.types import EpisodeChange
from kuangan.monitor.ingest.limits import JudgedPoint


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
    judged: JudgedPoint
    digest: str
    seq: int = 0
    """The file that brought this state; 0: none, the clock did."""


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
    seq: int = 0


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


ENERGISED = "energised"
"""As ``models.PowerState``."""


@dataclass(frozen=True, slots=True)
class PowerRow:
    """What the power-feed reading said about an episode; the key is the episode's."""

    point_id: int
    started_at: int
    state: str
    at: int
    seq: int = 0


@dataclass(slots=True)
class Group:
    """Everything that is to be written in one transaction; a later state of the same row replaces an earlier one."""

    files: list[FileRow] = field(default_factory=list)
    episodes: dict[tuple[int, int], EpisodeRow] = field(default_factory=dict)
    declarations: dict[tuple[int, str, int], DeclarationRow] = field(default_factory=dict)
    power: dict[tuple[int, int], PowerRow] = field(default_factory=dict)
    touched: dict[str, int] = field(default_factory=dict)
    """Mine codes with new readings, and when the newest file of each was received."""

    def take_power(self, answer: PowerRow) -> None:
        """Keep what a feed said of an episode; that power was on is not taken back by a later answer."""
        key = answer.point_id, answer.started_at
        if key not in self.power or self.power[key].state != ENERGISED:
            self.power[key] = answer


class Marks:
    """What of the open episodes is in the database already, so that a mere further reading may wait."""

    def __init__(self) -> None:
        self._written: dict[tuple[int, int], tuple[object, ...]] = {}

    def matters(self, key: tuple[int, int], episode: EpisodeRow) -> bool:
        """Whether something changed to which somebody may have to react."""
        return self._written.get(key) != _mark(episode.change)

    def wrote(self, episodes: dict[tuple[int, int], EpisodeRow]) -> None:
        """These are in the database as they stand."""
        for key, episode in episodes.items():
            if episode.change.final or episode.change.withdrawn:
                self._written.pop(key, None)
            else:
                self._written[key] = _mark(episode.change)


def _mark(change: EpisodeChange) -> tuple[object, ...]:
    """What of an episode somebody may have to react to; the same columns as in `ingest_sql`."""
    return change.ended_at, change.final, change.excluded, change.proposed, change.withdrawn, change.power_off_at
