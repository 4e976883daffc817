"""What a file shows of which somebody must know: readings that nobody judges, values that nobody can read, odd codes."""

from collections.abc import Sequence

from kuangan.mine.definitions import senses_methane
from kuangan.monitor.doubt.kinds import CODES, LATE, UNREADABLE
from kuangan.monitor.doubt.write import Doubts
from kuangan.monitor.feeds import BadRecord
from kuangan.monitor.fixed import to_decimal
from kuangan.monitor.ingest.book import Books
from kuangan.monitor.ingest.outcome import FileOutcome
from kuangan.monitor.ingest.pipeline import Pipeline
from kuangan.monitor.times import beijing_text


class Signs:
    """Turns outcomes of files into words for the file's row and into doubts. One thread uses it."""

    def __init__(self, books: Books, pipeline: Pipeline, doubts: Doubts) -> None:
        self._books = books
        self._pipeline = pipeline
        self._doubts = doubts

    def of_codes(self, mine: str, faults: Sequence[str]) -> list[str]:
        """A file of definitions with codes that nobody knows, or without any."""
        of = self._books.of(mine).mine
        if faults:
            self._doubts.sign(CODES, of, f"{of.name}上报的测点编码存疑，请通知煤矿核对：{'；'.join(faults)}。")
        else:
            self._doubts.over(CODES, of)
        return list(faults)

    def of_readings(self, mine: str, outcome: FileOutcome) -> list[str]:
        """What is doubtful in a file of readings; the words for its row."""
        self._follow_unreadable(mine, outcome)
        return self._unjudged(mine, outcome)

    def _unjudged(self, mine: str, outcome: FileOutcome) -> list[str]:
        if not outcome.late_unjudged:
            return []
        said = f"{outcome.late_unjudged} 条迟到读数早于可判定时段，已入库，未参与超限判定"
        late = outcome.unjudged
        if late is None:
            return [f"{said}，其中没有达到报警值的"]
        of = self._books.of(mine).mine
        code = self._pipeline.points(mine)[late.point].code
        over = (
            f"其中 {late.readings} 条达到报警值（{beijing_text(late.first)} 至 {beijing_text(late.last)}，"
            f"最高 {to_decimal(late.peak)}，测点 {code}）"
        )
        self._doubts.sign(LATE, of, f"{of.name}补传的数据中有{said}，{over}。请查看历史曲线并核实该时段是否超限。")
        return [f"{said}，{over}，请人工核实"]

    def _follow_unreadable(self, mine: str, outcome: FileOutcome) -> None:
        """Methane points whose value cannot be read are not watched, until they send a number again."""
        unread = {bad.code: bad for bad in outcome.bad if bad.code and self._senses_methane(mine, bad.code)}
        of = self._books.of(mine).mine
        silenced = self._doubts.parts(UNREADABLE, of)
        if silenced and len(outcome.valued):
            points = self._pipeline.points(mine)
            read = {points[index].code for index in outcome.valued.tolist()}
            for code in silenced:
                if code in read and code not in unread:
                    self._doubts.over(UNREADABLE, of, code)
        for code, bad in unread.items():
            self._doubts.sign(UNREADABLE, of, self._words(mine, code, bad), code)

    def _words(self, mine: str, code: str, bad: BadRecord) -> str:
        book = self._books.of(mine)
        place = book.entry_of(code).place_text
        return f"{book.mine.name}测点 {code}{f'（{place}）' if place else ''}未受监测：{bad.reason}。请通知煤矿改正上传格式。"

    def _senses_methane(self, mine: str, code: str) -> bool:
        entry = self._books.of(mine).points.get(code)
        if entry is not None:
            return entry.methane
        return senses_methane(code[12:14], code[16:20], code[14:16])
