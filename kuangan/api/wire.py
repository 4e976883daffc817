"""JSON as the API reads and writes it: only what the database can keep; Chinese unescaped."""

from typing import Any, Final

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from kuangan.base.strict_json import is_text, read_strict

LARGEST_BODY: Final = 1024 * 1024
"""Bytes of a request: a few times the fullest entry."""


class StrictParser(Parser):
    """Refuses what Python's reader lets through: numbers without an end, halves of characters, endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The request's body. Raises ``ValueError``, for one that is too long before anything else looks at it."""
        if len(request.body) > LARGEST_BODY:
            raise ValueError(f"more than {LARGEST_BODY} bytes")
        body = read_strict(request.body)
        if not is_text(body):
            raise ValueError("a text holds half a character")
        return body


class ChineseRenderer(JSONRenderer):
    """Leaves Chinese readable."""

    json_dumps_params = {"ensure_ascii": False}
