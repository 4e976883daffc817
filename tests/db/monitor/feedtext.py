"""Files of a mine as its upload program writes them. Times are Beijing wall-clock text "HH:MM:SS" of DAY."""

from datetime import datetime

from kuangan.base.clock import BEIJING
from kuangan.monitor.times import parse_beijing

MINE = "140423900001"
DAY = "2026-03-02"
CORNER = f"{MINE}01MN0001000000T0"
RETURN = f"{MINE}01MN0001000000T2"
DOOR = f"{MINE}01KG100200000031"
FEED = f"{MINE}01KG101500000041"
STATION = f"{MINE}00001"
PLACES = {
    CORNER: "1301综采工作面回风隅角T0",
    RETURN: "中央水仓通道",
    DOOR: "东翼联络巷风门",
    FEED: "1301工作面配电点",
}


def moment(clock: str) -> datetime:
    """The moment of a wall-clock text."""
    return datetime.fromisoformat(f"{DAY} {clock}").replace(tzinfo=BEIJING)


def seconds(clock: str) -> int:
    """The same in seconds UTC."""
    return parse_beijing(f"{DAY} {clock}")


def name_of(kind: str, clock: str, mine: str = MINE) -> str:
    """The file's name."""
    return f"{mine}_{kind}_{(DAY + clock).replace('-', '').replace(':', '')}.txt"


def cdss(clock: str, readings: dict[str, tuple[str, int]], mine: str = MINE, place: str = "某处") -> bytes:
    """A real-time file: (value, status) by point, all read at the file's time."""
    head = f"{mine};示例煤矿;{DAY} {clock}~"
    body = "".join(
        f"{code};{'环境瓦斯' if 'MN' in code else '开关'};{PLACES.get(code, place)};{value};"
        f"{'%CH4' if 'MN' in code else ''};{status};{DAY} {clock}~"
        for code, (value, status) in readings.items()
    )
    return f"{head}{body}||".encode()


def cddy(
    clock: str,
    alarms: dict[str, str],
    *,
    places: dict[str, str] | None = None,
    relations: dict[str, str] | None = None,
) -> bytes:
    """A definitions file: the upper alarm set-point by point ("" for switches); cut 1.50, restore 0.99."""
    named, tied = PLACES | (places or {}), relations or {}
    head = f"{MINE};示例煤矿;KJ000X;煤矿安全监控系统;示例厂家;2028-01-01;{DAY} {clock}~"
    body = ""
    for code, alarm in alarms.items():
        analog = "MN" in code
        numbers = f"4.00;0.00;{alarm};0.99;;;1.50;0.99;;;;" if analog else ";;;;;;;;;;开;停"
        unit = "%CH4" if analog else ""
        body += f"{code};01;{STATION};{code[16:20]};{code[14:16]};{unit};{numbers};{named[code]};;;;{tied.get(code, '')};{DAY} {clock}~"
    return f"{head}{body}||".encode()


def ycbj(clock: str, code: str, start: str, end: str = "", peak: str = "1.12", kind: str = "001") -> bytes:
    """A file with one declared alarm."""
    ended = f"{DAY} {end}" if end else ""
    return (
        f"{MINE};示例煤矿;{DAY} {clock}~{code};环境瓦斯;{PLACES[code]};%CH4;{kind};{DAY} {start};{ended};{peak};"
        f"{DAY} {start};1.02;{DAY} {start};1.07;探头标校;已处置;{DAY} {clock};张三;{DAY} {clock}~||"
    ).encode()
