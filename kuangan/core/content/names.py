"""Names of uploaded files, made safe to show, store and send back."""

import re
import unicodedata

LONGEST = 120
NAMELESS = "未命名"
_FORBIDDEN = re.compile(r'[<>:"|?*]')


def clean_name(name: str) -> str:
    """The last part of a name, without folders, control or direction characters, at most 120 long, ending kept.

    A name that climbs folders, or reads backwards by a direction character, is shown as what it is.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(char for char in last if unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
    cleaned = _FORBIDDEN.sub("_", visible).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    if not dot:
        return cleaned[:LONGEST] or NAMELESS
    ending = ending[:10]
    return f"{stem[: LONGEST - len(ending) - 1] or NAMELESS}.{ending}"
