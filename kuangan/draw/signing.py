"""What is signed about a draw: by who publishes it, who lays down its moment, who witnesses it, who agrees to a repetition."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Unit, User
from kuangan.core.signing import Act, Verb
from kuangan.draw.models import Draw
from kuangan.draw.queries import drawing_units, draws_visible_to, repeated_draws
from kuangan.mine.models import Mine

SHORTEST_WITNESS = 4
"""Characters a witness's text has at least: an empty one would leave the seed alone to decide."""


def require_unit(actor: User, unit: Unit, at: datetime) -> None:
    """Raise :class:`Refused` unless the actor may draw for the unit."""
    if unit not in drawing_units(actor, at):
        raise Refused(f"您不是{unit.name}的负责人或科（股）长，不能组织随机抽查。")


def _require_waiting(draw: Draw, what: str) -> None:
    if draw.drawn_at is not None or draw.cancelled_at is not None:
        raise Refused(f"该次抽查已抽取或已作废，不能{what}。")


def publish_acts(
    actor: User, unit: Unit, mines: Sequence[Mine], officers: Sequence[Person], at: datetime
) -> tuple[Act, ...]:
    """The pools as they stand before him who publishes them; the earlier draws they repeat are said."""
    require_unit(actor, unit, at)
    repeated = repeated_draws(unit, [mine.code for mine in mines], at)
    content = {
        "unit": unit.code,
        "mines": [mine.code for mine in mines],
        "officers": [person.pk for person in officers],
        "repeats": [draw.commitment for draw in repeated],
    }
    words = [f"公布{unit.name}随机抽查名单（煤矿{len(mines)}座，人员{len(officers)}人）和承诺"]
    words += [
        f"该名单与{civil_date(draw.published_at):%Y-%m-%d}公布的“{draw.title}”基本相同，属重复抽取" for draw in repeated
    ]
    return (Act(Verb.step, f"draw.publish:{unit.code}", "；".join(words), content),)


def agree_acts(actor: User, draw: Draw, at: datetime) -> tuple[Act, ...]:
    """A second person's consent to draw anew from a pool that was drawn from."""
    _require_waiting(draw, "再次抽取")
    require_unit(actor, draw.unit, at)
    if actor.pk == draw.published_by_id:
        raise Refused("重复抽取须由公布人以外的第二人同意，请由本单位其他负责人或科（股）长办理。")
    return (_act(draw, "agree", f"同意重复抽取：{draw.title}"),)


def prepare_acts(actor: User, draw: Draw, at: datetime) -> tuple[Act, ...]:
    """Laying down when the result becomes public and who witnesses the draw."""
    _require_waiting(draw, "再次抽取")
    require_unit(actor, draw.unit, at)
    if draw.record.get("repeats", {}).get("of") and draw.repeat_agreed_by_id is None:
        raise Refused("该名单属重复抽取，须先经第二人同意，再提请见证抽取。")
    return (_act(draw, "prepare", f"提请见证抽取：{draw.title}"),)


def witness_acts(actor: User, draw: Draw, at: datetime) -> tuple[Act, ...]:
    """The second person's confirmation, with which the draw is made."""
    _require_waiting(draw, "再次抽取")
    if not draws_visible_to(actor).filter(pk=draw.pk).exists():
        raise Refused("您看不到该次抽查，不能见证。")
    if draw.prepared_by_id is None:
        raise Refused("尚未提请见证，请先由组织单位填写结果公开日期并提请见证。")
    if actor.pk in (draw.prepared_by_id, draw.published_by_id):
        raise Refused("见证人不能是公布名单或提请抽取的本人，请另请一人在其本人账号上见证。")
    word = f"确认{draw.outside_witness}的见证内容“{draw.outside_text}”" if draw.outside_witness else "见证"
    return (_act(draw, "witness", f"{word}，当场抽取：{draw.title}"),)


def cancel_acts(actor: User, draw: Draw, at: datetime) -> tuple[Act, ...]:
    _require_waiting(draw, "再作废")
    require_unit(actor, draw.unit, at)
    return (_act(draw, "cancel", f"作废：{draw.title}"),)


def _act(draw: Draw, step: str, words: str) -> Act:
    content: Mapping[str, object] = {
        "commitment": draw.commitment,
        "agreed": draw.repeat_agreed_by_id,
        "prepared": [draw.prepared_by_id, draw.prepared_for, draw.outside_witness, draw.outside_text],
        "over": draw.drawn_at is not None or draw.cancelled_at is not None,
    }
    return Act(Verb.step, f"draw.{step}:{draw.pk}", words, content)
