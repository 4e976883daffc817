"""The code of a mine as people write it."""

import re
import unicodedata
from typing import Final

CODE_LENGTH: Final = 12


class WrongCode(ValueError):
    """A text that is no code of a mine; the message says in Chinese what is wrong with it."""


def bare_code(text: str) -> str:
    """Without blanks and hyphens, full-width characters as plain ones, letters in capitals."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def mine_code(text: str) -> str:
    """The code that a text says. Raises :class:`WrongCode` for anything but 12 digits."""
    code = bare_code(text)
    if not re.fullmatch(rf"[0-9]{{{CODE_LENGTH}}}", code):
        raise WrongCode(
            f"“{text}”有 {len(code)} 位，煤矿编码为 {CODE_LENGTH} 位数字（6 位县区代码加 6 位顺序号），"
            "请按省级监测平台上的编码填写；统一社会信用代码、采矿许可证号不是煤矿编码"
        )
    return code


def alias_code(text: str) -> str:
    """Another code of a mine, as feeds may carry it. Raises :class:`WrongCode` for anything but 6 to 20 letters and digits."""
    code = bare_code(text)
    if not re.fullmatch(r"[0-9A-Z]{6,20}", code):
        raise WrongCode(f"“{text}”不是煤矿的其他编码：应为6至20位数字、字母")
    return code


def alias_codes(text: str) -> tuple[str, ...]:
    """Several, as a cell of a sheet lists them. Raises :class:`WrongCode`."""
    return tuple(dict.fromkeys(alias_code(part) for part in re.split(r"[、，,；;\n]", text) if part.strip()))
