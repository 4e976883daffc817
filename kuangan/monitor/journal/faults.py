"""Why the journal takes no files."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Final

_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class JournalError(Exception):
    """The journal cannot take files; the message says what to do."""


@dataclass(frozen=True, slots=True)
class JournalFault:
    """Why the journal takes no files now; over as soon as it could write again."""

    error: OSError

    @property
    def no_space(self) -> bool:
        """Whether the disk is full."""
        return self.error.errno in _NO_SPACE

    def __str__(self) -> str:
        if self.no_space:
            return "磁盘空间不足，文件不能落盘。请清理磁盘；有空间后自动恢复接收。"
        return f"磁盘拒绝写入（{self.error.strerror or self.error}），文件不能落盘。请检查磁盘；能写入后自动恢复接收。"
