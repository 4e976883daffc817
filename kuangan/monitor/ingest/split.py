"""Writing a group so that what the database refuses costs the file it came from, and nothing else.

A group goes in one transaction. Only when the database refuses it is it written again in halves, in the order of the
files' numbers, down to the one file and the one row.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from kuangan.monitor.database import Stopping, is_of_the_data
from kuangan.monitor.ingest.rows import DeclarationRow, EpisodeRow, FileRow, Group, LiveData
from kuangan.monitor.models import FileStatus

_log = logging.getLogger(__name__)

Write = Callable[[Group, list[LiveData], int], None]
"""Write rows and say that everything up to a file number is in the database; one transaction, waits for the database."""

_WORDS: Final = {
    "21": "同一记录重复",
    "22": "数值或文字超出范围",
    "23": "数据不符合数据库的约束",
    "54": "数据过长",
}


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file (0: none, what the clock or a live row brought) that the database refused, its mine, and why in Chinese."""

    seq: int
    mine_id: int
    reason: str


@dataclass(slots=True)
class _Part:
    """What one file brought; `seq` 0 for what no file of this group brought."""

    seq: int
    group: Group = field(default_factory=Group)
    live: list[LiveData] = field(default_factory=list)


def write_apart(group: Group, live: Sequence[LiveData], seq: int, write: Write) -> list[RefusedFile]:
    """Write the group, at need in parts; what was refused. Raises what is no refusal of the data."""
    try:
        write(group, list(live), seq)
    except Stopping:
        raise
    except Exception as error:  # noqa: BLE001  (the driver refuses some values itself, with errors of Python)
        require_data_fault(error)
    else:
        return []
    refused: list[RefusedFile] = []
    _write_halves(_parts(group, live), write, refused)
    write(Group(), [], seq)
    return refused


def require_data_fault(error: Exception) -> None:
    """Raise the error again unless it lies in the data; must be called while it is handled."""
    if not is_of_the_data(error):
        raise error


def reason_of(error: Exception) -> str:
    """The fault in words for the people of the mine."""
    state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None) or ""
    return _WORDS.get(state[:2], "数据有误")


def _write_halves(parts: Sequence[_Part], write: Write, refused: list[RefusedFile]) -> None:
    if len(parts) == 1:
        _write_rows(parts[0], write, refused)
        return
    for half in (parts[: len(parts) // 2], parts[len(parts) // 2 :]):
        joined = _joined(half)
        try:
            write(joined.group, joined.live, joined.seq)
        except Stopping:
            raise
        except Exception as error:  # noqa: BLE001  (as above)
            require_data_fault(error)
            _write_halves(half, write, refused)


def _write_rows(part: _Part, write: Write, refused: list[RefusedFile]) -> None:
    """One file that was refused: each of its rows alone, its own row last and with the reason."""
    reason = ""
    for single in _single_rows(part):
        error = _refused(single, write)
        if error is not None:
            reason = reason or reason_of(error)
            mine_id = _mine_of(part)
            _log.error("database refuses a row of file %s, mine row %s: %s", part.seq, mine_id, error)
    for file in part.group.files:
        wanted = replace(file, status=FileStatus.refused.value, message=_message(file, reason)) if reason else file
        error = _refused(_Part(part.seq, Group(files=[wanted])), write)
        if error is not None:
            reason = reason or reason_of(error)
            _log.error("database refuses the row of file %s: %s", part.seq, error)
            bare = replace(
                file, type="", name="", status=FileStatus.refused.value, message=_message(file, reason), bad=0
            )
            _refused(_Part(part.seq, Group(files=[bare])), write)
    if reason:
        refused.append(RefusedFile(part.seq, _mine_of(part), reason))


def _message(file: FileRow, reason: str) -> str:
    return (
        f"数据库未接受该文件中的数据（{reason}），其余数据已入库，原始文件已保留。请核对后重新上传，流水号 {file.seq}。"
    )


def _refused(part: _Part, write: Write) -> Exception | None:
    try:
        write(part.group, part.live, part.seq)
    except Stopping:
        raise
    except Exception as error:  # noqa: BLE001  (as above)
        require_data_fault(error)
        return error
    return None


def _parts(group: Group, live: Sequence[LiveData]) -> list[_Part]:
    """What each file brought, in the order of the files; before them what no file brought, behind them the live rows."""
    parts: dict[int, _Part] = {}
    for file in group.files:
        parts.setdefault(file.seq, _Part(file.seq)).group.files.append(file)
    for key, episode in group.episodes.items():
        parts.setdefault(episode.seq, _Part(episode.seq)).group.episodes[key] = episode
    for named, declaration in group.declarations.items():
        parts.setdefault(declaration.seq, _Part(declaration.seq)).group.declarations[named] = declaration
    for key, power in group.power.items():
        parts.setdefault(power.seq, _Part(power.seq)).group.power[key] = power
    ordered = [parts[seq] for seq in sorted(parts)]
    return [*ordered, *(_Part(0, live=[live_data]) for live_data in live)]


def _joined(parts: Sequence[_Part]) -> _Part:
    whole = _Part(max(part.seq for part in parts))
    for part in parts:
        whole.group.files += part.group.files
        whole.group.episodes |= part.group.episodes
        whole.group.declarations |= part.group.declarations
        whole.group.power |= part.group.power
        whole.live += part.live
    return whole


def _single_rows(part: _Part) -> list[_Part]:
    """Each row of a part but its file's."""
    group = part.group
    return [
        *(_Part(part.seq, Group(episodes={key: episode})) for key, episode in group.episodes.items()),
        *(
            _Part(part.seq, Group(declarations={named: declaration}))
            for named, declaration in group.declarations.items()
        ),
        *(_Part(part.seq, Group(power={key: answer})) for key, answer in group.power.items()),
        *(_Part(part.seq, live=[live_data]) for live_data in part.live),
    ]


def _mine_of(part: _Part) -> int:
    group = part.group
    written: list[FileRow | EpisodeRow | DeclarationRow | LiveData] = [*group.files, *group.episodes.values()]
    written += [*group.declarations.values(), *part.live]
    return written[0].mine_id if written else 0
