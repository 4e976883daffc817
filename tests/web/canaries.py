"""A world in which everything that is kept from the supervised carries a word of its own, to be looked for in all they open."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.models import Notice
from kuangan.core.sealed import unseal
from kuangan.flow.credit.entries import record_entry, send_back
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry
from kuangan.office.actions.incoming import register_incoming
from kuangan.office.actions.watch import hand_over, log_call
from tests.letters import drafted, step
from tests.story.script import PROPOSAL
from tests.web.sampled import evidence_of, judged
from tests.web.world import World

COUNTY_ROLES = ("county_section", "county_government")


@dataclass
class Cage:
    """What must not be read, and the addresses at which it might be."""

    words: list[str] = field(default_factory=list)
    addresses: list[tuple[str, list[object]]] = field(default_factory=list)
    serials: list[int] = field(default_factory=list)
    """Numbers of confidential entries."""
    asked: list[str] = field(default_factory=list)
    """Addresses with what is asked there: searches, exports, the API."""

    def word(self, what: str) -> str:
        """A new canary word."""
        self.words.append(f"金丝雀{what}{len(self.words)}号")
        return self.words[-1]

    def at(self, name: str, *args: object) -> None:
        """A further address to look at."""
        self.addresses.append((name, list(args)))


def stop_opened(world: World) -> Case:
    """The drafted stop of the first mine after its second over-limit."""
    world.script.confirm(world.alarm)
    world.script.real_alarm(point="first-1302-T2")
    return world.script.suspension()


def stop_proposed(world: World) -> Case:
    """That stop once it is proposed, looked at then."""
    case = world.script.do("county_officer", stop_opened(world), "propose", **PROPOSAL)
    clock.move(world.script.at, rate=1.0)
    return case


def stop_drafted(world: World, cage: Cage, opened: Case | None = None) -> Case:
    """That stop (``opened`` before) up to the legal review, once sent back, with a canary in every opinion."""
    script, case = world.script, opened or stop_opened(world)
    proposal = {"scope": "mine", **{name: cage.word(name) for name in ("requirements", "opinion")}}
    script.do("county_officer", case, "propose", days=3, **proposal)
    script.do("county_officer_b", case, "return_proposal", reason=cage.word("会签退回"))
    script.do("county_officer", case, "propose", days=3, **proposal)
    script.do("county_officer_b", case, "countersign", opinion=cage.word("会签"))
    script.do("county_section", case, "review", opinion=cage.word("审核"))
    script.do("county_legal", case, "pass_legal_review", opinion=cage.word("法制"))
    cage.words += [case.number, "已起草停产整顿建议", "待负责人决定", "待第二名执法人员会签"]
    _addresses_of(case, cage)
    clock.move(script.at, rate=1.0)
    return case


def stop_ordered(world: World, cage: Cage) -> Case:
    """That stop signed but not served."""
    return sign(world, cage, stop_drafted(world, cage))


def sign(world: World, cage: Cage, case: Case) -> Case:
    """The drafted stop is ordered, with a canary in what the head writes."""
    world.script.do("county_head", case, "order", opinion=cage.word("批示"))
    cage.words += ["已决定，待送达"]
    _addresses_of(case, cage)
    clock.move(world.script.at, rate=1.0)
    return case


def _addresses_of(case: Case, cage: Cage) -> None:
    cage.at("case", case.pk)
    for move in ("serve", "publish_order"):
        cage.at("move", case.pk, move)
    for paper in case.papers.values_list("paper", flat=True):
        cage.at("paper", paper)
        cage.at("paper_pdf", paper)


def letters(world: World, cage: Cage, issuer: str, to: str, people: tuple[str, str, str]) -> None:
    """An unsent letter of an office, and one that was sent after a draft with other words and an internal opinion."""
    drafter, reviewer, head = (world.city[name] for name in people)
    given: dict[str, Any] = {"drafter": people[0], "to": to, "office": issuer, "kind": "reminder_letter"}
    unsent = drafted(
        world.city,
        **given,
        opening=cage.word("未发函"),
        matters=cage.word("未发函事项"),
        contact=cage.word("联系人"),
    )
    cage.words.append(unsent.number)
    sent = drafted(world.city, **given, opening=cage.word("函件原稿"), matters=cage.word("原稿事项"))
    step(drafter, sent, "submit")
    step(reviewer, sent, "return", opinion=cage.word("审核退回意见"))
    content = {name: sent.facts[name] for name in ("demands", "reply_due_on")}
    step(drafter, sent, "edit", opening="请按时报送：", matters="自查报告", **content)
    step(drafter, sent, "submit")
    step(reviewer, sent, "agree", opinion=cage.word("审核意见"))
    step(head, sent, "issue", opinion=cage.word("签发意见"))
    second = drafted(world.city, **given)
    step(drafter, second, "submit")
    for letter in (unsent, sent, second):
        cage.at("case", letter.pk)
        cage.at("letter_word", letter.pk)
        for move in ("edit", "submit", "agree", "issue"):
            cage.at("move", letter.pk, move)
        for paper in letter.papers.values_list("paper", flat=True):
            cage.at("paper", paper)
            cage.at("paper_pdf", paper)


def office_papers(world: World, cage: Cage, unit_key: str, clerk: str, duty: str) -> None:
    """A registered paper, a hand-over and a call of an office."""
    unit, actor = world.city.units[unit_key], world.city[clerk]
    paper = register_incoming(
        actor=actor,
        unit=unit,
        source="instruction",
        sender=cage.word("来文人"),
        title=cage.word("收文"),
        summary=cage.word("摘要"),
        received_at=clock.now() - timedelta(hours=1),
    )
    cage.at("incoming", paper.pk)
    watcher = world.city[duty]
    over = hand_over(actor=watcher, unit=unit, alarms=(), feeds=(), remarks=cage.word("交班"))
    cage.at("handover", over.pk)
    log_call(
        actor=watcher,
        unit=unit,
        called_at=clock.now() - timedelta(minutes=5),
        caller=cage.word("来电人"),
        phone="",
        matter=cage.word("来电"),
        passed_to="",
    )


def secrets_of_the_office(world: World, cage: Cage) -> None:
    """The seed of a planned draw, and a notice that only the bureau got."""
    cage.words.append(world.draw.seed)
    for args in (("draw", world.draw.pk), ("draw_record", world.draw.pk), ("public_draw", world.draw.slug)):
        cage.at(*args)
    Notice.objects.create(
        unit=world.city.units["county"], title=cage.word("内部通知"), body="", kind="reminder", created_at=clock.now()
    )


def planned_verification(world: World, cage: Cage) -> None:
    """A duty of the first mine that is drawn and found untrue, not confirmed yet; and the seed that drew it."""
    item = judged(world, cage.word("核实情况"))
    cage.words += [unseal(item.sample.seed, item.sample.seed_place), "2月抽查核实：抽中"]
    for args in (("sample", item.pk), ("verification_file", item.pk, evidence_of(item)), ("duty", item.duty_id)):
        cage.at(*args)
    cage.at("sample_record", item.sample_id)
    cage.at("public_sample_record", item.sample.slug)


def confidential_entry(world: World, cage: Cage) -> None:
    """不放心人员 of the first mine: for the mine's own circle only."""
    made = record_entry(
        actor=world.city["mine_leader"],
        ledger_id="fitness_for_work",
        unit=world.city.units["mine"],
        values=CONFIDENTIAL | {"signs": cage.word("不放心")},
    )
    cage.at("ledger", "fitness_for_work")
    cage.at("print_ledger", "fitness_for_work")
    cage.at("entry", "fitness_for_work", made.serial)
    cage.serials.append(made.serial)


def prepared(world: World, cage: Cage, ledger_id: str, keeper: str, canary: str, **values: object) -> Entry:
    """An entry about the first mine that an office prepares, with a canary in one of its fields."""
    sample = ledger_by_id(ledger_id).sample[0]
    made = record_entry(
        actor=world.city[keeper],
        ledger_id=ledger_id,
        unit=world.city.units["county"],
        values=sample | values | {canary: cage.word(canary)},
    )
    cage.at("ledger", ledger_id)
    cage.at("print_ledger", ledger_id)
    cage.at("entry", ledger_id, made.serial)
    entries = f"/api/ledgers/{ledger_id}/entries"
    lists = [f"/ledgers/{ledger_id}/?{asked}" for asked in ("export=xlsx", "q=金丝雀")]
    cage.asked += [*lists, entries, f"{entries}/{made.serial}"]
    return made


def what_offices_prepare(world: World, cage: Cage) -> None:
    """A class proposed and sent back by the city, an accountability, a ground to stop and an investigation that runs."""
    proposal = prepared(world, cage, CLASSES, "county_clerk", "reasons", published_on="2026-03-01")
    returned = {"actor": world.city["city_section"], "part_id": "city_review", "sight": "file"}
    send_back(entry=proposal, opinion=cage.word("退回意见"), **returned)
    prepared(world, cage, "commissioner_accountability", "county_clerk", "facts")
    prepared(world, cage, "special_stop_fact", "county_officer", "facts")
    prepared(world, cage, "hazard_investigation", "county_officer", "causes", finished_on="")


CLASSES = "mine_class_decision"
CONFIDENTIAL: dict[str, object] = {
    "found_on": "2026-03-09",
    "person": "白露",
    "number": "A1107",
    "team": "综采二队",
    "aspect": "body",
    "reporter": "晏班长",
    "decision": "stop",
    "decided_by": "纪矿长",
    "decided_at": "2026-03-09T07:20",
    "follow_up": "安排就医",
}
