"""Chinese numerals and Chinese forms of dates, moments and durations."""

from datetime import date, datetime, timedelta

from kuangan.base.clock import beijing_midnight, civil, civil_date, last_day

_DIGITS = "〇一二三四五六七八九"


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
