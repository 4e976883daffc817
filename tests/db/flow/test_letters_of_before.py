"""Letters of the time in which they had a table of their own become cases: nothing is lost, and the trail proves them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from kuangan.base.clock import beijing_midnight
from kuangan.base.numerals import date_text
from kuangan.casework.models import Case
from kuangan.core.actions import record, save_attachment, send_notice, sign_for_notice
from kuangan.core.models import Event
from kuangan.core.subject import about
from kuangan.core.trail.verify import verify_trail
from kuangan.duty.models import Duty, Opening
from kuangan.flow.act import advance
from kuangan.flow.proof.rows import compare_rows
from kuangan.flow.sweep import sweep_once
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import database_address
from kuangan.paper.actions import draft_paper, freeze_paper, serve_paper
from kuangan.web.frame.links import address_of
from tests.city import SmallCity, build_city
from tests.database import use_database
from tests.hashing import QUICK_HASHER
from tests.signing import signing

AT = datetime(2026, 3, 10, 2, tzinfo=UTC)
REPLY_BY = date(2026, 3, 17)


@pytest.fixture
def before(committed_db, settings, tmp_path) -> Iterator[SmallCity]:
    """A city whose database still has the table of letters."""
    settings.DATA = DataFolder(tmp_path)
    settings.PASSWORD_HASHERS = QUICK_HASHER
    city = build_city()
    use_database(database_address(owner=True).named(committed_db.name))
    call_command("migrate", "office", "0008_template_headings", verbosity=0, interactive=False)
    yield city
    use_database(committed_db)


def models():
    """The models as they were."""
    graph = MigrationLoader(connection)
    return graph.project_state([("office", "0008_template_headings"), ("casework", "0009_list_by_opening")]).apps


class Office:
    """The office's engine of before, in the words that it left in the trail."""

    def __init__(self, city: SmallCity) -> None:
        self.city, self.at, self.Letter = city, AT, models().get_model("office", "Letter")

    def letter(self, **more) -> int:
        units = self.city.units
        letter = self.Letter.objects.create(
            kind="supervision_letter", unit_id=units["county"].pk, to_id=units["mine"].pk, path=units["mine"].path,
            opening="原稿", matters=["甲", "乙"], demands=["即办"], reply_due_on=REPLY_BY, contact="乙二", phone="",
            drafted_at=AT, drafted_by_id=self.city["county_officer"].pk, **more,
        )  # fmt: skip
        self.note(letter.pk, "letter_drafted", "county_officer", self.fields(letter.pk))
        return letter.pk

    def fields(self, key: int) -> dict[str, object]:
        letter = self.Letter.objects.get(pk=key)
        return {
            "to": letter.to.name,
            "opening": letter.opening,
            "matters": letter.matters,
            "demands": letter.demands,
            "reply_due": date_text(letter.reply_due_on),
            "contact": letter.contact,
            "phone": letter.phone,
        }

    def note(self, key: int, action: str, who: str, data) -> None:
        self.at += timedelta(hours=1)
        with transaction.atomic():
            record(actor=self.city[who], action=action, subject=("office.letter", key), data=data, at=self.at)

    def move(self, key: int, action: str, who: str, state: str, opinion: str = "") -> None:
        self.Letter.objects.filter(pk=key).update(state=state, opinion=opinion)
        self.note(key, action, who, {"state": state, "opinion": opinion})
        send_notice(
            actor=None, unit=self.city.units["county"], title="督办函待办", body="", kind="office_letter_step",
            subject=about("letter", key), at=self.at,
        )  # fmt: skip

    def issue(self, key: int) -> None:
        city, head, mine = self.city, self.city["county_head"], self.city.units["mine"]
        letter = self.Letter.objects.get(pk=key)
        paper = draft_paper(
            actor=head, template=letter.kind, data=self.fields(key), unit=city.units["county"], scope=mine.path, at=self.at
        )  # fmt: skip
        acts = acts_of(paper)
        with signing(head, acts, self.at) as confirmation:
            freeze_paper(actor=head, paper=paper, confirmation=confirmation, at=self.at)
            serve_paper(
                actor=head, paper=paper, method="electronic", receiver=mine.name, confirmation=confirmation, at=self.at
            )
        notice = send_notice(
            actor=head, unit=mine, title=f"督办函：{paper.number}", body="", kind="office_letter",
            subject=about("letter", key), at=self.at,
        )  # fmt: skip
        given = {"paper_id": paper.pk, "notice_id": notice.pk, "issued_at": self.at, "state": "issued"}
        self.Letter.objects.filter(pk=key).update(**given)
        self.note(key, "letter_issued", "county_head", {"state": "issued", "opinion": ""})

    def reply(self, key: int) -> int:
        director, letter = self.city["mine_director"], self.Letter.objects.get(pk=key)
        file = save_attachment(actor=director, name="纪要.txt", content=b"1")
        sign_for_notice(actor=director, notice=notice_of(letter), at=self.at)
        given = {"reply": "已办结", "replied_at": self.at + timedelta(hours=1), "replied_by_id": director.pk}
        self.Letter.objects.filter(pk=key).update(**given)
        letter.files.set([file.pk])
        self.note(key, "letter_replied", "mine_director", {"text": "已办结", "files": [file.pk]})
        return file.pk


def notice_of(letter):
    from kuangan.core.models import Notice

    return Notice.objects.get(pk=letter.notice_id)


def acts_of(paper):
    from kuangan.core.signing import Act, Verb, paper_subject

    subject = paper_subject(paper.template, paper.path)
    return (Act(Verb.freeze, subject, "签发", {"fields": paper.data}), Act(Verb.serve, subject, "送达", {}))


def migrated() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    assert verify_trail().broken is None
    assert compare_rows().broken is None


def a_duty(city: SmallCity) -> Duty:
    opening = Opening.objects.create(obligation="sample", period="2026-02", corpus_digest="", at=AT)
    unit = city.units["mine"]
    return Duty.objects.create(
        opening=opening, obligation="sample", measure="1.1", unit=unit, role="mine_director", mine=city.mine,
        path=unit.path, title="每月召开安全办公会", period="2026-02", first_on="2026-02-01", last_on="2026-02-28",
        opened_at=AT, due_at=AT, grace_at=AT,
    )  # fmt: skip


def test_an_answered_letter_keeps_its_steps_opinions_people_paper_receipt_files_and_duties(before):
    office, duty = Office(before), a_duty(before)
    key = office.letter()
    office.Letter.objects.get(pk=key).duties.set([duty.pk])
    office.move(key, "letter_submitted", "county_officer", "submitted")
    office.move(key, "letter_returned", "county_section", "draft", "补充依据")
    office.Letter.objects.filter(pk=key).update(opening="改稿")
    office.note(key, "letter_drafted", "county_officer", office.fields(key))
    office.move(key, "letter_submitted", "county_officer", "submitted")
    office.move(key, "letter_reviewed", "county_section", "reviewed", "同意")
    office.issue(key)
    file = office.reply(key)
    migrated()
    case = Case.objects.get()
    made = list(case.moves.order_by("pk").values_list("move", "source", "target", "actor__username"))
    assert made == [
        ("open", "draft", "draft", "county_officer"),
        ("submit", "draft", "submitted", "county_officer"),
        ("return", "submitted", "draft", "county_section"),
        ("edit", "draft", "draft", "county_officer"),
        ("submit", "draft", "submitted", "county_officer"),
        ("agree", "submitted", "reviewed", "county_section"),
        ("issue", "reviewed", "issued", "county_head"),
        ("receive", "issued", "issued", "mine_director"),
        ("reply", "issued", "answered", "mine_director"),
    ]
    assert (case.number, case.state, case.office, case.unit, case.mine_id) == (
        "督办〔2026〕1号", "answered", before.units["county"], before.units["mine"], before.mine.pk,
    )  # fmt: skip
    assert case.moves.get(move="open").inputs["opening"] == "原稿"
    assert case.moves.get(move="return").inputs == {"opinion": "补充依据"}
    assert (case.facts["opening"], case.facts["matters"]) == ("改稿", "甲\n乙")
    assert (case.facts["reply_due_on"], case.facts["duties"]) == ("2026-03-17", [{"duty": duty.pk}])
    reply = case.moves.get(move="reply")
    assert (reply.inputs, list(reply.attachments.values_list("pk", flat=True))) == (
        {"text": "已办结", "files": [file]}, [file],
    )  # fmt: skip
    assert (reply.unit_name, reply.role) == (before.units["mine"].name, "mine_director")
    assert case.papers.get().paper.number.endswith("〔2026〕1号")
    receipt = case.notices.get(notice__kind="office_letter").notice
    assert receipt.received_by == before["mine_director"]
    assert {address_of(link.notice.link) for link in case.notices.all()} == {f"/cases/{case.pk}/"}
    clock = case.clocks.get()
    assert (clock.due_at, clock.stopped_at, clock.lapsed_at) == (
        beijing_midnight(date(2026, 3, 18)),
        case.closed_at,
        None,
    )
    assert Event.objects.filter(subject_kind="office.letter").last().action == "letter_became_case"


def test_letters_on_their_way_go_on_as_procedures(before):
    office = Office(before)
    _draft, submitted, sent, dropped = (office.letter() for _ in range(4))
    office.move(submitted, "letter_submitted", "county_officer", "submitted")
    office.move(sent, "letter_submitted", "county_officer", "submitted")
    office.move(sent, "letter_reviewed", "county_section", "reviewed")
    office.issue(sent)
    office.move(dropped, "letter_dropped", "county_officer", "dropped")
    migrated()
    cases = {case.number: case for case in Case.objects.all()}
    states = [cases[f"督办〔2026〕{number}号"].state for number in (1, 2, 3, 4)]
    assert states == ["draft", "submitted", "issued", "dropped"]
    assert cases["督办〔2026〕4号"].closed_at is not None
    advance(actor=before["county_section"], case=cases["督办〔2026〕2号"], move_id="agree", inputs={}, at=office.at)
    case, due_at = cases["督办〔2026〕3号"], beijing_midnight(date(2026, 3, 18))
    sweep_once(due_at)
    assert case.clocks.get().lapsed_at == due_at
    advance(actor=before["mine_director"], case=case, move_id="reply", inputs={"text": "已办结"}, at=due_at)
    case.refresh_from_db()
    assert (case.state, case.clocks.get().stopped_at) == ("answered", due_at)
    assert verify_trail().broken is None
    assert compare_rows().broken is None


def test_a_letter_whose_events_are_gone_is_told_by_itself(before):
    office = Office(before)
    key = office.letter(state="reviewed")
    migrated()
    case = Case.objects.get()
    assert (case.state, list(case.moves.values_list("move", "target"))) == (
        "reviewed", [("open", "draft"), ("agree", "reviewed")],
    )  # fmt: skip
    assert case.moves.get(move="open").inputs["matters"] == "甲\n乙"
    assert key
