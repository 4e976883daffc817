"""A corpus that changes during a story: a copy of the real folder, whose files are written and taken away like a new release."""

import shutil
from pathlib import Path

import pytest

from kuangan.flow.credit import events, matching
from kuangan.law import content, source
from kuangan.law.duty import obligation_file
from kuangan.law.time import calendar


class Corpus:
    """The folder that the program reads from, until the story ends."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        shutil.copytree(source.CORPUS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        patch.setattr(source, "CORPUS", folder)
        patch.setattr(content, "CORPUS", folder)

    def publish_year(self, year: int, *days_off: str, provisional: bool = False) -> None:
        """A year's table of holidays, as a release would bring it."""
        days = "".join(f"  - {day}\n" for day in days_off)
        text = f"year: {year}\nsource: 演示通知\nprovisional: {str(provisional).lower()}\ndays_off:\n{days}make_up_days: []\n"
        (self._folder / "calendar" / f"{year}.yaml").write_text(text, encoding="utf-8")
        self.forget_calendar()

    def withdraw_year(self, year: int) -> None:
        """As it was before anything was known of a year."""
        (self._folder / "calendar" / f"{year}.yaml").unlink()
        self.forget_calendar()

    def change_obligation(self, obligation_id: str, before: str, after: str) -> None:
        """A newer wording of an obligation."""
        (path,) = (self._folder / "obligations").rglob(f"{obligation_id}.yaml")
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
        self.forget_obligations()

    def forget_calendar(self) -> None:
        """Read the tables again."""
        calendar.workdays.cache_clear()
        content.packaged_digest.cache_clear()
        content.corpus_digest.cache_clear()

    def forget_obligations(self) -> None:
        """Read the obligations again."""
        for cached in (
            obligation_file.obligations,
            matching.counted_ledgers,
            events.opening_ledgers,
            content.packaged_digest,
            content.corpus_digest,
        ):
            cached.cache_clear()
