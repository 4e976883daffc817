"""Updates of law and calendar: offered, decided by the head, confirmed by a second person, taken back in the same way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from kuangan.base import clock
from kuangan.base.digest import digest
from kuangan.core.actions.audit import record
from kuangan.core.actions.notices import end_notices, send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import LawUpdate, Notice, User
from kuangan.core.queries.local_answers import may_stand_for
from kuangan.core.queries.upkeep.law_updates import update_in_force
from kuangan.core.signing import Act, Confirmation, Verb, spend
from kuangan.core.subject import about
from kuangan.law.update.bundle import LawBundle
from kuangan.law.update.in_force import put_in_force
from kuangan.law.update.package import PACKAGE, digest_of

WAITS: Final = "law_update"
"""The kind of the notice that a signature is asked for."""
REFUSED: Final = "law_update_refused"
LONGEST_REASON: Final = 300


@transaction.atomic
def offer_update(
    *,
    head: User,
    second: User,
    bundle: LawBundle,
    publisher: str,
    effect: Mapping[str, Any],
    at: datetime | None = None,
) -> LawUpdate:
    """Lay a verified bundle before the head. Refused: no higher number than what holds, persons who may not."""
    held = update_in_force()
    if held is not None and bundle.number <= held.number:
        raise Refused(
            f"更新包为第 {bundle.number} 号，现行为第 {held.number} 号；旧的更新不能代替新的，"
            "确需退回请用 kuangan law undo 撤回现行更新。"
        )
    files = {name: "替换" if (PACKAGE / name).exists() else "新增" for name in sorted(bundle.files)}
    said = {
        "number": bundle.number,
        "title": bundle.title,
        "made_on": bundle.made_on,
        "base": bundle.base,
        "text": bundle.raw,
        "digest": bundle.digest,
        "publisher": publisher,
        "files": files,
    }
    return _lay_before(head, second, held, {**said, "effect": effect}, at or clock.now())


@transaction.atomic
def offer_taking_back(*, head: User, second: User, effect: Mapping[str, Any], at: datetime | None = None) -> LawUpdate:
    """Lay before the head that the update in force shall hold no more: the one before it does, or the version's own law."""
    held = update_in_force()
    if held is None:
        raise Refused("没有生效的法规更新，无需撤回。")
    kept = ("number", "title", "made_on", "base", "digest", "publisher", "files")
    said = {name: getattr(held, name) for name in kept}
    return _lay_before(head, second, held, {**said, "effect": effect, "undoes": held}, at or clock.now())


def _lay_before(head: User, second: User, held: LawUpdate | None, said: Mapping[str, Any], at: datetime) -> LawUpdate:
    if head.pk == second.pk:
        raise Refused("决定人和复核人不得为同一人。")
    if not may_stand_for(head, at, decides=True):
        raise Refused(f"{head.display_name}不是市局负责人，不能决定法规更新。")
    if not may_stand_for(second, at, decides=False):
        raise Refused(f"{second.display_name}不是市局有签署权的人员，不能复核法规更新。")
    for waiting in LawUpdate.objects.select_for_update().filter(confirmed_at=None, dropped_at=None):
        LawUpdate.objects.filter(pk=waiting.pk).update(dropped_at=at)
        record(actor=None, action="law_update_dropped", subject=waiting, at=at)
        _end_notice(None, waiting, at)
    effect = {**said["effect"], "before": held.digest if held else ""}
    update = LawUpdate.objects.create(head=head, second=second, proposed_at=at, **{**said, "effect": effect})
    record(actor=None, action="law_update_offered", subject=update, data=_content(update), at=at)
    body = f"请核对发布单位、更新内容和法规效力的变化，同意采用的，请签署；签署后由{second.display_name}复核。"
    _tell(head, update, kind=WAITS, title=f"待签署：{_what(update)}", body=body, at=at)
    return update


def update_acts(actor: User, update: LawUpdate, at: datetime) -> tuple[Act, ...]:
    """What the head signs, and after him the second person. Refused to anybody else, and where what was shown is so no more."""
    _require_turn(actor, update, at)
    held = update_in_force()
    if update.effect["before"] != (held.digest if held else "") or update.base != digest_of(PACKAGE):
        raise Refused("提出后法规更新或者程序版本已有变化，所列影响已不准确，不能签署；请由平台运行单位重新提请。")
    words = f"{'决定' if update.headed_at is None else '复核'}：{_what(update)}"
    return (Act(Verb.step, _subject(update), words, _content(update)),)


def _require_turn(actor: User, update: LawUpdate, at: datetime) -> None:
    if not update.waits:
        raise Refused("该更新已签署、已被新的更新替代或者已被拒绝，无需签署。")
    signer = update.head if update.headed_at is None else update.second
    if actor.pk != signer.pk:
        raise Refused(f"该更新现由{signer.display_name}签署。")
    if not may_stand_for(actor, at, decides=update.headed_at is None):
        raise Refused("您已不在市局有签署权的岗位，不能签署法规更新。")


@transaction.atomic
def sign_update(
    *, actor: User, update: LawUpdate, confirmation: Confirmation | None, at: datetime | None = None
) -> LawUpdate:
    """The head's signature, then the second person's, by which it holds for every process that starts from now on."""
    moment = at or clock.now()
    locked = _locked(update)
    update_acts(actor, locked, moment)
    spend(confirmation, actor, Verb.step, _subject(locked), _what(locked), _content(locked))
    _end_notice(actor, locked, moment)
    if locked.headed_at is None:
        locked.headed_at = moment
        locked.save(update_fields=["headed_at"])
        record(actor=actor, action="law_update_decided", subject=locked, data=_content(locked), at=moment)
        body = f"{actor.display_name}已决定采用。请核对更新内容和法规效力的变化后签署，签署后待平台重新启动时采用。"
        _tell(locked.second, locked, kind=WAITS, title=f"待签署：{_what(locked)}", body=body, at=moment)
        return locked
    locked.confirmed_at = moment
    if locked.undoes is not None:
        locked.ended_at = moment
        LawUpdate.objects.filter(pk=locked.undoes.pk).update(ended_at=moment)
    locked.save(update_fields=["confirmed_at", "ended_at"])
    record(actor=actor, action="law_update_confirmed", subject=locked, data=_content(locked), at=moment)
    held = update_in_force()
    transaction.on_commit(lambda: put_in_force(settings.DATA.root, held.text if held else ""))
    return locked


@transaction.atomic
def refuse_update(*, actor: User, update: LawUpdate, reason: str, at: datetime | None = None) -> LawUpdate:
    """One of the two does not agree: it ends unsigned, and the other learns why. Refused: not his turn, no reason, too long a one."""
    moment, said = at or clock.now(), reason.strip()
    locked = _locked(update)
    _require_turn(actor, locked, moment)
    if not 0 < len(said) <= LONGEST_REASON:
        raise Refused(f"请填写不同意的理由（不超过{LONGEST_REASON}字）。")
    locked.dropped_at, locked.refused_for = moment, said
    locked.save(update_fields=["dropped_at", "refused_for"])
    record(actor=actor, action="law_update_refused", subject=locked, data={"reason": said}, at=moment)
    _end_notice(actor, locked, moment)
    other = locked.second if locked.headed_at is None else locked.head
    body = f"{actor.display_name}不同意：{said}。该更新没有生效，一切照旧。"
    _tell(other, locked, kind=REFUSED, title=f"不同意：{_what(locked)}", body=body, at=moment)
    return locked


def _locked(update: LawUpdate) -> LawUpdate:
    list(LawUpdate.objects.select_for_update().filter(ended_at=None, dropped_at=None).order_by("pk"))
    return LawUpdate.objects.select_related("head__person__unit", "second__person__unit", "undoes").get(pk=update.pk)


def _tell(user: User, update: LawUpdate, *, kind: str, title: str, body: str, at: datetime) -> None:
    assert user.person is not None
    send_notice(
        actor=None,
        unit=user.person.unit,
        person=user.person,
        kind=kind,
        title=title[:120],
        body=body,
        subject=about("law_update", update.pk),
        at=at,
    )


def _end_notice(actor: User | None, update: LawUpdate, at: datetime) -> None:
    asked = Notice.objects.filter(kind=WAITS, link=str(about("law_update", update.pk)))
    end_notices(actor=actor, notices=asked, at=at)


def _what(update: LawUpdate) -> str:
    return f"{'撤回' if update.undoes_id else ''}法规更新第 {update.number} 号《{update.title}》"


def _subject(update: LawUpdate) -> str:
    return f"law_update.{'decide' if update.headed_at is None else 'confirm'}:{update.pk}"


def _content(update: LawUpdate) -> dict[str, Any]:
    """What is signed and kept on the chain."""
    return {
        "number": update.number,
        "digest": update.digest,
        "base": update.base,
        "publisher": update.publisher,
        "head": update.head_id,
        "second": update.second_id,
        "undoes": update.undoes_id,
        "effect": digest(update.effect),
    }
