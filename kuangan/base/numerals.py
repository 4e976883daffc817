"""Chinese numerals and Chinese forms of dates, moments, durations and amounts of money."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from kuangan.base.clock import beijing_midnight, civil, civil_date, last_day

_DIGITS = "〇一二三四五六七八九"
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")


def chinese_digits(number: int) -> str:
    """Digit by digit: 2026 → 二〇二六."""
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def chinese_number(number: int) -> str:
    """Whole numbers 0–99 as spoken: 0 → 零, 12 → 十二, 20 → 二十."""
    if not 0 <= number < 100:
        raise ValueError(f"only 0–99 can be written: {number}")
    if number < 10:
        return "零" if number == 0 else _DIGITS[number]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def yuan_in_capitals(amount: Decimal) -> str:
    """An amount of yuan as papers of value write it: 100000 → 壹拾万元整, 1050.3 → 壹仟零伍拾元叁角.

    Raises ``ValueError`` below zero, from 10¹² on, and for parts of a fen.
    """
    fen = amount * 100
    if fen != fen.to_integral_value() or not 0 <= amount < 10**12:
        raise ValueError(f"not an amount of yuan and fen: {amount}")
    whole, rest = divmod(int(fen), 100)
    jiao, last = divmod(rest, 10)
    yuan = f"{_whole_in_capitals(whole)}元" if whole or not rest else ""
    if not rest:
        return f"{yuan}整"
    tenths = f"{_CAPITALS[jiao]}角" if jiao else ("零" if whole else "")
    return yuan + tenths + (f"{_CAPITALS[last]}分" if last else "")


def _whole_in_capitals(number: int) -> str:
    """Digit by digit in groups of ten thousand; zeros in a row are said once and not at the end of the number."""
    digits = str(number)
    spoken: list[str] = []
    for index, digit in enumerate(digits):
        group, place = divmod(len(digits) - 1 - index, 4)
        spoken.append("零" if digit == "0" else _CAPITALS[int(digit)] + _PLACES[place])
        if place == 0 and any(digit != "0" for digit in digits[max(0, index - 3) : index + 1]):
            while spoken[-1] == "零":
                spoken.pop()
            spoken.append(_GROUPS[group])
    return re.sub("零+", "零", "".join(spoken)).rstrip("零") or "零"


def date_text(day: date) -> str:
    """2026年2月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_text(moment: datetime) -> str:
    """2026年2月1日8时05分 in Beijing time."""
    local = civil(moment)
    return f"{date_text(local.date())}{local.hour}时{local.minute:02d}分"


def deadline_text(end: datetime) -> str:
    """A deadline as papers write it: 2026年1月31日24时 for one at midnight, else as :func:`moment_text`."""
    return f"{date_text(last_day(end))}24时" if beijing_midnight(civil_date(end)) == end else moment_text(end)


def duration_text(span: timedelta) -> str:
    """The two largest units of a duration, never negative: 1天3小时, 12分钟, 40秒."""
    seconds = int(abs(span.total_seconds()))
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [(days, "天"), (hours, "小时"), (minutes, "分钟"), (seconds, "秒")]
    shown = [f"{count}{unit}" for count, unit in parts if count]
    return "".join(shown[:2]) or "0秒"
