"""A city that answers: its files, the two who stand for an answer, and their signatures."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from kuangan.base import clock
from kuangan.cli.main import main
from kuangan.core.actions import appoint, create_person, create_post, create_user
from kuangan.core.actions.local_answers import answer_acts, confirm_answer, decide_answer, propose_answer
from kuangan.core.models import LocalAnswer, User
from kuangan.core.queries import local_answers
from kuangan.law.answers.file import parse_answer
from kuangan.law.local import Answers, adopt
from kuangan.law.role import Role
from tests.city import PASSWORD, START, SmallCity
from tests.signing import signing

HEAD, SECOND = "city_head", "city_section"
SCAN = "决定.txt"
TEXT = """
answer: {{document: 示应急〔2026〕12号, decided_on: 2026-03-01, decided_by: 局长办公会, file: {scan}}}
values:
  - key: week_rule.mode
    values: [{{valid_from: 2026-03-01, value: calendar, cite: register 10.4}}]
"""


@contextmanager
def forgotten() -> Iterator[None]:
    """What a test lets this process work by ends with it."""
    try:
        yield
    finally:
        adopt(Answers())
        local_answers._kept = ()


def with_head(city: SmallCity) -> User:
    """The head of the city's bureau, who decides."""
    unit = city.units["city"]
    person = create_person(actor=None, name="丙九", unit=unit, phone="000-0002", at=START)
    post = create_post(actor=None, unit=unit, title="局长", role=Role.bureau_head, at=START)
    appoint(actor=None, post=post, person=person, at=START)
    city.users[HEAD] = create_user(actor=None, username=HEAD, person=person, password=PASSWORD)
    return city.users[HEAD]


def write(
    root: Path, name: str, values: Mapping[str, tuple[str, Any, str]], document: str = "示应急〔2026〕12号"
) -> Path:
    """A file of answers, by key the first day, the value and what it cites, with its paper beside it."""
    folder = root / "local"
    folder.mkdir(exist_ok=True)
    (folder / SCAN).write_text("局长办公会决定", encoding="utf-8")
    lines = [
        {"key": key, "values": [{"valid_from": date.fromisoformat(day), "value": value, "cite": cite}]}
        for key, (day, value, cite) in values.items()
    ]
    said = {"document": document, "decided_on": date(2026, 3, 9), "decided_by": "局长办公会", "file": SCAN}
    text = yaml.safe_dump({"answer": said, "values": lines}, allow_unicode=True, sort_keys=False)
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def apply(name: str, *more: str) -> int:
    """The command, in the names of the two."""
    return main(["local", "apply", name, "--head", HEAD, "--second", SECOND, *more])


def waiting(name: str) -> LocalAnswer:
    """What was proposed under a name and not signed by both."""
    return LocalAnswer.objects.get(name=name, confirmed_at=None, dropped_at=None)


def decide(city: SmallCity, name: str) -> LocalAnswer:
    """The head's signature under what waits."""
    answer, actor, moment = waiting(name), city[HEAD], clock.now()
    with signing(actor, answer_acts(actor, answer, moment), moment) as confirmation:
        return decide_answer(actor=actor, answer=answer, confirmation=confirmation, at=moment)


def sign(city: SmallCity, name: str) -> LocalAnswer:
    """The second person's signature, after the head's."""
    answer = waiting(name)
    if answer.headed_at is None:
        answer = decide(city, name)
    actor, moment = city[SECOND], clock.now()
    with signing(actor, answer_acts(actor, answer, moment), moment) as confirmation:
        return confirm_answer(actor=actor, answer=answer, confirmation=confirmation, at=moment)


def answer_of(city: SmallCity) -> int:
    """An answer that waits for the city's head; nobody of a county sees it."""
    known = LocalAnswer.objects.first()
    if known is not None:
        return known.pk
    head, second = city.users.get(HEAD) or with_head(city), city[SECOND]
    text = TEXT.format(scan=SCAN)
    file = parse_answer(text, "week")
    with TemporaryDirectory() as folder:
        scan = Path(folder) / SCAN
        scan.write_text("局长办公会决定", encoding="utf-8")
        return propose_answer(head=head, second=second, file=file, scan=scan, effect={"counts": {}}).pk
