"""What an update would do: lawcheck over the content with it, and the legal effect, told by a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from kuangan.law.lawcheck.effect import Change, differences
from kuangan.law.lawcheck.snapshot import snapshot
from kuangan.law.local import Answers, trying
from kuangan.law.update.bundle import LawBundle
from kuangan.law.update.merged import lay_out
from kuangan.law.update.package import NAMED_BY

SECONDS: Final = 300
_TOLD = """
import json, sys
from kuangan.law.answers.check import check_answers
from kuangan.law.answers.file import parse_answer
from kuangan.law.lawcheck import check_all
from kuangan.law.lawcheck.snapshot import snapshot
from kuangan.law.source import CorpusError
said, problems, answers = {}, [], []
try:
    problems = [f"{problem.where}：{problem.message}" for problem in check_all()]
    said = snapshot()
    files = [parse_answer(text, name) for name, text in json.load(sys.stdin)]
    answers = [f"{name}.yaml：{problem.message}" for name, told in check_answers(files).items() for problem in told]
except Exception as error:
    problems.append(str(error) or type(error).__name__)
print(json.dumps({"problems": problems, "said": said, "answers": answers}))
"""


@dataclass(frozen=True)
class LawTrial:
    """``problems`` keep an update from being offered; ``answers``: what a city answered and could not answer so any more."""

    problems: Sequence[str]
    changes: Sequence[Change]
    answers: Sequence[str]


def tried(bundle: LawBundle | None, answers: Sequence[tuple[str, str]] = ()) -> LawTrial:
    """From the law of now to that with an update, or without any. ``answers``: a city's files in force, name and text."""
    with trying(Answers()):
        before = snapshot()
    with TemporaryDirectory() as folder:
        after = _told(str(lay_out(bundle, Path(folder))) if bundle else "", answers)
    problems = after["problems"]
    return LawTrial(problems, [] if problems else differences(before, after["said"]), after["answers"])


def _told(content: str, answers: Sequence[tuple[str, str]]) -> Mapping[str, Any]:
    environment = {name: value for name, value in os.environ.items() if name != NAMED_BY}
    ran = subprocess.run(
        [sys.executable, "-c", _TOLD],
        env={**environment, NAMED_BY: content} if content else environment,
        input=json.dumps(answers),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        cwd=Path(__file__).parents[3],
    )
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or ["没有说明"])[-1]
        return {"problems": [f"法规库无法读取：{last}"], "said": {}, "answers": []}
    told: Mapping[str, Any] = json.loads(ran.stdout)
    return told
