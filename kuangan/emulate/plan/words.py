"""Neutral words from which names are invented. Whoever is called so in reality is not meant."""

from typing import Final

import numpy as np

MINE_FIRST: Final = (
    "云岭", "青石", "松坪", "柳湾", "白羊", "长坡", "东沟", "南岔", "西塬", "北坪", "金谷", "银杏沟", "玉泉", "龙池", "凤鸣台", "虎峪",
    "鹿鸣", "鹤山", "雁回", "桃园", "杏林", "梨花", "槐树", "榆钱沟", "柏崖", "枫林", "竹溪", "兰溪", "梅岭", "菊花台", "晨光", "晚照",
    "春和", "夏至", "秋实", "冬青", "朝阳", "明月", "星河", "碧水",
)  # fmt: skip
MINE_SECOND: Final = ("示例", "范例", "样例")
SURNAMES: Final = tuple("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜")
GIVEN: Final = (
    "示安", "示宁", "例平", "例和", "演明", "演清", "范文", "范成", "样新", "样达", "示远", "例行", "演实", "范正", "样真", "示诚",
)  # fmt: skip
MAKERS: Final = ("示例监控设备厂", "演示仪表厂", "样例自动化公司")
COMPANIES: Final = ("示例能源集团", "范例煤业集团", "样例矿业投资公司", "演示煤电公司", "示范能源公司", "例行煤业公司")


def mine_names(count: int, rng: np.random.Generator) -> list[str]:
    """``count`` different mine names, each saying that it is an example."""
    names = [f"{second}{first}煤矿" for second in MINE_SECOND for first in MINE_FIRST]
    if count > len(names):
        raise ValueError(f"演示城市最多 {len(names)} 座煤矿，要求了 {count} 座；请减少 --mines")
    return [names[index] for index in rng.permutation(len(names))[:count]]


def person_name(rng: np.random.Generator) -> str:
    """An invented person's name."""
    return f"{SURNAMES[rng.integers(len(SURNAMES))]}{GIVEN[rng.integers(len(GIVEN))]}"


def phone(rng: np.random.Generator) -> str:
    """A telephone number that cannot exist: no area code begins with 000."""
    return f"000-{rng.integers(10_000_000, 99_999_999)}"
