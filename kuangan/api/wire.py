"""JSON as the API reads and writes it: only what the database can keep; Chinese unescaped."""

from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from kuangan.base.strict_json import is_text, read_strict


class StrictParser(Parser):
    """Refuses what Python's reader lets through: numbers without an end, halves of characters, endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The request's body. Raises ``ValueError``."""
        found = read_strict(request.body)
        if not is_text(found):
            raise ValueError("a text holds half a character")
        return found


class ChineseRenderer(JSONRenderer):
    """Leaves Chinese readable."""

    json_dumps_params = {"ensure_ascii": False}
