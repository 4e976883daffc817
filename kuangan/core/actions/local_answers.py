"""A city's answers to open questions: signed by the head who decided and by a second person, ended by a later one."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from kuangan.base import clock
from kuangan.base.clock import civil_date
from kuangan.base.digest import digest
from kuangan.base.numerals import date_text
from kuangan.core.actions.access.accounts import system_user
from kuangan.core.actions.attachments import save_attachment
from kuangan.core.actions.audit import record
from kuangan.core.actions.notices import end_notices, send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import LocalAnswer, Notice, User
from kuangan.core.queries.local_answers import answers_in_force, answers_of, may_stand_for
from kuangan.core.signing import Act, Confirmation, Verb, spend
from kuangan.core.subject import about
from kuangan.law.answers.file import AnswerFile

WAITS = "local_answer"
"""The kind of the notice that a signature is asked for."""
REFUSED = "local_answer_refused"
LONGEST_REASON = 300
_STALE = "提出后另有本地取值答复生效或者撤回，所列变化已不准确，不能签署；请由平台运行单位重新提请。"


@transaction.atomic
def propose_answer(
    *, head: User, second: User, file: AnswerFile, scan: Path, effect: Mapping[str, Any], at: datetime | None = None
) -> LocalAnswer:
    """Lay a file of answers before the head who decided it. Refused: see :func:`_require`; one that holds already says the same."""
    moment = at or clock.now()
    held = answers_in_force().filter(name=file.name).first()
    if held is not None and held.digest == file.digest:
        raise Refused(f"{file.name}.yaml 的内容已经生效（{held.document}），没有变化。")
    values = {
        key: [[value.valid_from, value.value] for value in entry.values] for key, entry in sorted(file.values.items())
    }
    return _propose(
        head,
        second,
        scan,
        moment,
        name=file.name,
        text=file.text,
        digest=file.digest,
        values=values,
        document=file.document,
        decided_by=file.decided_by,
        decided_on=file.decided_on,
        effect=effect,
    )


@transaction.atomic
def propose_undoing(
    *,
    head: User,
    second: User,
    name: str,
    document: str,
    scan: Path,
    effect: Mapping[str, Any],
    at: datetime | None = None,
) -> LocalAnswer:
    """Lay before the head who decided it that an answer shall hold no more. Refused where none of this name holds."""
    moment = at or clock.now()
    held = answers_in_force().filter(name=name).first()
    if held is None:
        raise Refused(f"没有生效的答复 {name}，无需撤回。")
    return _propose(
        head,
        second,
        scan,
        moment,
        name=name,
        digest=held.digest,
        values=held.values,
        document=document,
        decided_by=held.decided_by,
        decided_on=civil_date(moment),
        effect=effect,
        undoes=held,
    )


def _propose(head: User, second: User, scan: Path, at: datetime, **said: Any) -> LocalAnswer:
    _require(head, second, said["decided_on"], at)
    try:
        copy = save_attachment(actor=system_user(), name=scan.name, content=scan.read_bytes(), at=at)
    except OSError as error:
        raise Refused(
            f"无法读取决定文件 {scan}（{error.strerror}），请把文件放在本地取值文件旁并核对文件名。"
        ) from None
    for waiting in LocalAnswer.objects.filter(name=said["name"], confirmed_at=None, dropped_at=None):
        _drop(waiting, at)
    plain = {**said, "values": _plain(said["values"])}
    answer = LocalAnswer.objects.create(head=head, second=second, scan=copy, proposed_at=at, **plain)
    record(actor=None, action="local_answer_proposed", subject=answer, data=_content(answer), at=at)
    body = f"{answer.document}。请核对决定文件、取值和影响，确系您决定的，请签署；签署后由{second.display_name}复核。"
    _ask(head, answer, body, at)
    return answer


def _ask(signer: User, answer: LocalAnswer, body: str, at: datetime) -> None:
    _tell(signer, answer, kind=WAITS, title=f"待签署：{_what(answer)}", body=body, at=at)


def _tell(user: User, answer: LocalAnswer, *, kind: str, title: str, body: str, at: datetime) -> None:
    assert user.person is not None
    send_notice(
        actor=None,
        unit=user.person.unit,
        person=user.person,
        kind=kind,
        title=title[:120],
        body=body,
        subject=about("local_answer", answer.pk),
        at=at,
    )


def _plain(values: Mapping[str, Any]) -> dict[str, list[list[Any]]]:
    return {key: [[str(day), value] for day, value in pairs] for key, pairs in values.items()}


def _require(head: User, second: User, decided_on: Any, at: datetime) -> None:
    """Refused: one person for two, no head of the city's bureau, a second who cannot sign there, a decision of a day to come."""
    if head.pk == second.pk:
        raise Refused("决定人和复核人不得为同一人。")
    if not may_stand_for(head, at, decides=True):
        raise Refused(f"{head.display_name}不是市局负责人，不能决定本地取值。")
    if not may_stand_for(second, at, decides=False):
        raise Refused(
            f"{second.display_name}不是市局有签署权的人员（负责人、科长、执法或者法制审核人员），不能复核本地取值。"
        )
    if decided_on > civil_date(at):
        raise Refused(f"决定日期 {decided_on} 尚未到，请核对。")


def _drop(answer: LocalAnswer, at: datetime) -> None:
    """Another proposal took its place before it was signed."""
    LocalAnswer.objects.filter(pk=answer.pk).update(dropped_at=at)
    record(actor=None, action="local_answer_dropped", subject=answer, at=at)
    _end_notice(None, answer, at)


def answer_acts(actor: User, answer: LocalAnswer, at: datetime) -> tuple[Act, ...]:
    """What the head signs, that he decided it, and after him the second person. Refused to anybody else, and where nothing waits."""
    _require_turn(actor, answer, at)
    _require_as_shown(answer)
    reckoned = f"变化按{date_text(civil_date(answer.proposed_at))}的情况核算"
    words = f"{'决定' if answer.headed_at is None else '复核'}：{_what(answer)}（{answer.document}），{reckoned}"
    return (Act(Verb.step, _subject(answer), words, _content(answer)),)


def _require_turn(actor: User, answer: LocalAnswer, at: datetime) -> None:
    """Refused to anybody but him whose signature is awaited."""
    if not answer.waits:
        raise Refused("该答复已签署、已被新的文件替代或者复核人不同意，无需签署。")
    if answer.headed_at is None and actor.pk != answer.head_id:
        raise Refused(f"该答复尚待{answer.head.display_name}签署决定。")
    if answer.headed_at is not None and actor.pk != answer.second_id:
        raise Refused(f"该答复由{answer.second.display_name}复核签署。")
    if not may_stand_for(actor, at, decides=answer.headed_at is None):
        raise Refused("您已不在市局有签署权的岗位，不能签署本地取值。")


def _require_as_shown(answer: LocalAnswer) -> None:
    """Refused where another answer says one of its values by now, or the effect was computed over other answers than hold now."""
    for other in () if answer.undoes_id else answers_in_force().exclude(name=answer.name):
        taken = sorted(other.keys & answer.keys)
        if taken:
            raise Refused(
                f"{'、'.join(taken)} 已由另一份生效的答复（{other.name}，{other.document}）规定，请先撤回该答复。"
            )
    if answer.effect.get("before", "") != answers_of(answers_in_force()).digest:
        raise Refused(_STALE)


@transaction.atomic
def decide_answer(
    *, actor: User, answer: LocalAnswer, confirmation: Confirmation | None, at: datetime | None = None
) -> LocalAnswer:
    """The head's signature: he has decided it. The second person is asked for his."""
    moment = at or clock.now()
    locked = _locked(answer)
    if locked.headed_at is not None:
        raise Refused("该答复已由决定人签署。")
    _spend(actor, locked, confirmation, moment)
    locked.headed_at = moment
    locked.save(update_fields=["headed_at"])
    record(actor=actor, action="local_answer_decided", subject=locked, data=_content(locked), at=moment)
    _end_notice(actor, locked, moment)
    body = f"{actor.display_name}决定，{locked.document}。请核对决定文件、取值和影响后签署，签署后生效并重新判定。"
    _ask(locked.second, locked, body, moment)
    return locked


@transaction.atomic
def confirm_answer(
    *, actor: User, answer: LocalAnswer, confirmation: Confirmation | None, at: datetime | None = None
) -> LocalAnswer:
    """The second person's signature: the answer holds from now on, an earlier one of its file (or the one undone) no more."""
    moment = at or clock.now()
    locked = _locked(answer)
    if locked.headed_at is None:
        raise Refused(f"该答复尚待{locked.head.display_name}签署决定。")
    _spend(actor, locked, confirmation, moment)
    ended = LocalAnswer.objects.filter(Q(name=locked.name) & Q(confirmed_at__isnull=False, ended_at=None))
    ended.update(ended_at=moment)
    locked.confirmed_at = moment
    locked.ended_at = moment if locked.undoes_id else None
    locked.save(update_fields=["confirmed_at", "ended_at"])
    record(actor=actor, action="local_answer_confirmed", subject=locked, data=_content(locked), at=moment)
    _end_notice(actor, locked, moment)
    return locked


@transaction.atomic
def refuse_answer(*, actor: User, answer: LocalAnswer, reason: str, at: datetime | None = None) -> LocalAnswer:
    """The second person does not agree: it ends unsigned, and the head who decided it learns why.

    Refused: not his turn, no reason or one that is too long.
    """
    moment, said = at or clock.now(), reason.strip()
    locked = _locked(answer)
    _require_turn(actor, locked, moment)
    if locked.headed_at is None:
        raise Refused("确非您决定的，请不要签署，并由平台运行单位重新提请。")
    if not 0 < len(said) <= LONGEST_REASON:
        raise Refused(f"请填写不同意的理由（不超过{LONGEST_REASON}字），由决定人据此处理。")
    locked.dropped_at, locked.refused_for = moment, said
    locked.save(update_fields=["dropped_at", "refused_for"])
    record(actor=actor, action="local_answer_refused", subject=locked, data={"reason": said}, at=moment)
    _end_notice(actor, locked, moment)
    body = f"{actor.display_name}不同意{locked.document}：{said}。该答复没有生效；修改后由平台运行单位重新提请。"
    _tell(locked.head, locked, kind=REFUSED, title=f"复核人不同意：{_what(locked)}", body=body, at=moment)
    return locked


def _locked(answer: LocalAnswer) -> LocalAnswer:
    """With all that hold or wait, in one order: of two that are signed at once the later sees the earlier."""
    list(LocalAnswer.objects.select_for_update().filter(ended_at=None, dropped_at=None).order_by("pk"))
    return LocalAnswer.objects.select_related("head__person", "second__person__unit").get(pk=answer.pk)


def _spend(actor: User, answer: LocalAnswer, confirmation: Confirmation | None, at: datetime) -> None:
    answer_acts(actor, answer, at)
    spend(confirmation, actor, Verb.step, _subject(answer), _what(answer), _content(answer))


@transaction.atomic
def settle_answer(*, answer: LocalAnswer, outcome: Mapping[str, Any], at: datetime) -> None:
    """Everything was judged again by it; what came about is kept."""
    LocalAnswer.objects.filter(pk=answer.pk).update(settled_at=at, outcome=outcome)
    counts = outcome.get("counts", {})
    record(actor=None, action="local_answer_settled", subject=answer, data={"counts": counts}, at=at)


def _end_notice(actor: User | None, answer: LocalAnswer, at: datetime) -> None:
    asked = Notice.objects.filter(kind=WAITS, link=str(about("local_answer", answer.pk)))
    end_notices(actor=actor, notices=asked, at=at)


def _what(answer: LocalAnswer) -> str:
    return f"撤回本地取值答复 {answer.name}" if answer.undoes_id else f"本地取值答复 {answer.name}"


def _subject(answer: LocalAnswer) -> str:
    return f"local_answer.{'decide' if answer.headed_at is None else 'confirm'}:{answer.pk}"


def _content(answer: LocalAnswer) -> dict[str, Any]:
    """What is signed and kept on the chain."""
    return {
        "name": answer.name,
        "digest": answer.digest,
        "document": answer.document,
        "scan": answer.scan.sha256,
        "head": answer.head_id,
        "second": answer.second_id,
        "undoes": answer.undoes_id,
        "values": answer.values,
        "effect": digest(answer.effect),
    }
