"""JSON as the API reads and writes it: only what the database can keep; Chinese unescaped."""

import json
import math
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.renderers import JSONRenderer


class StrictParser(Parser):
    """Refuses numbers without an end and halves of characters, which Python's reader lets through."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The request's body. Raises ``ValueError``."""
        found = json.loads(request.body, parse_constant=_no_number, parse_float=_finite)
        json.dumps(found, ensure_ascii=False).encode()
        return found


class ChineseRenderer(JSONRenderer):
    """Leaves Chinese readable."""

    json_dumps_params = {"ensure_ascii": False}


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written} is beyond any number of a ledger")
    return number
