"""Thousands of keys in one column of one row: the database writes them as text, which is read far faster than rows or JSON are."""

import json
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, BigIntegerField, BooleanField, F, Func, TextField, Value


class KeysTogether(Aggregate):
    """All keys of a group, for :func:`keys_in`."""

    function = "array_agg"
    template = "%(function)s(%(expressions)s)::text"
    output_field = TextField()


def keys_in(written: str) -> list[int]:
    """The keys in an array as the database writes it, at least one."""
    keys: list[int] = json.loads(f"[{written[1:-1]}]")
    return keys


def is_among(keys: list[int], column: str = "pk") -> Func:
    """Over rows: whether their key (or another's in a column) is one of these; a single parameter, where ``__in`` writes one for each key."""
    listed: Any = Value(keys, output_field=ArrayField(BigIntegerField()))
    among = Func(listed, function="ANY", output_field=BigIntegerField())
    return Func(F(column), among, template="(%(expressions)s)", arg_joiner=" = ", output_field=BooleanField())
