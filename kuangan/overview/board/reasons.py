"""Why a cell of the board is unknown, not shown by the platform, or does not apply: in the words of the page."""

from collections.abc import Sequence

from kuangan.core.models import Unit
from kuangan.law.clause import Clause
from kuangan.law.register import Measure
from kuangan.overview.board.counts import Counts
from kuangan.overview.board.rows import Window, is_future
from kuangan.overview.board.scope import Scope, owing_kinds


def not_concerned() -> str:
    """Of a unit that the register does not name."""
    return "任务分工未将本措施列为该类单位的职责"


def not_live_words() -> str:
    """Of a unit that does not work on the platform yet."""
    return "单位尚未启用平台，启用日之前不计应办、逾期，不作为对该单位的评价"


def unbuilt_words(missing: Sequence[Clause]) -> str:
    """Of clauses that the platform does not carry, or not wholly."""
    return f"本平台尚未建立或未全部建立：条款{'、'.join(clause.id for clause in missing)}，不作为对该单位的评价"


def why(parts: Sequence[Counts]) -> str:
    """Of counts that leave a cell unknown; empty where they do not."""
    if any(part.breached or part.overdue for part in parts):
        return ""
    unknown, excused = sum([part.unknown for part in parts]), sum([part.excused for part in parts])
    words = []
    if unknown:
        words.append(f"{unknown}项因缺少记录或监测数据不能判断")
    if excused:
        words.append(f"{excused}项经认可免责，没有完成，不计为完成")
    return "；".join(words)


def no_evidence(scope: Scope, window: Window, law: Measure, unit: Unit, unshown: Sequence[str] = ()) -> str:
    """Of a unit that answers for a measure of which nothing is known at all, or not of some clauses (``unshown``)."""
    if is_future(window):
        return "该期间尚未开始"
    about = f"条款{'、'.join(unshown)}：" if unshown else ""
    if scope.drives(law, unit) and not scope.mines_below(unit):
        return f"{about}没有由其负责督促的煤矿，也没有本期应办事项，没有可供判断的证据"
    if any(kind in owing_kinds(law.code) for kind in scope.kinds_of(unit)):
        return f"{about}该期间没有生成应办事项，也没有可供判断的记录"
    return f"{about}该单位本期没有可供判断的记录"
