"""Feed text for tests, composed with fictional codes."""

from kuangan.monitor.times import beijing_text

MINE = "149999000001"
AT = 1_767_571_228  # 2026-01-05 08:00:28 in Beijing
GAS = f"{MINE}01MN000100000001"
DOOR = f"{MINE}01KG100200000031"


def record(code=GAS, value="0.32", *, place="1301工作面上隅角T0", unit="%CH4", status="0", at=AT, type_name="环境瓦斯"):
    return f"{code};{type_name};{place};{value};{unit};{status};{at if isinstance(at, str) else beijing_text(at)}"


def door(value="0", at=AT):
    return record(DOOR, value, type_name="风门", place="东翼联络巷风门", unit="", at=at)


def cdss(*records, mine=MINE, at=AT + 2):
    return ("~".join([f"{mine};示例煤矿;{beijing_text(at)}", *records]) + "~||").encode()
