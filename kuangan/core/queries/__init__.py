"""Shared reads of `core`."""

from kuangan.core.queries.accounts import has_left, may_sign_from, sealed_trouble, totp_required, user_named
from kuangan.core.queries.api_tokens import api_tokens_of, own_api_tokens, user_of_token
from kuangan.core.queries.notices import notices_for, notices_waiting
from kuangan.core.queries.roles import Hold, holds, on_duty_by_role, people_in_role, people_on_duty, roles_of
from kuangan.core.queries.scope import in_sight, is_supervised, unit_at, units_concerned, visible_paths, visible_to
from kuangan.core.queries.signing import Signature, signatures_of
from kuangan.core.queries.trail import events_of
from kuangan.core.queries.units import (
    areas_visible_to,
    has_post,
    people_of,
    posts_of,
    unit_in_sight,
    units_among,
    units_visible_to,
)

__all__ = [
    "Hold",
    "Signature",
    "api_tokens_of",
    "areas_visible_to",
    "events_of",
    "has_left",
    "has_post",
    "holds",
    "in_sight",
    "is_supervised",
    "may_sign_from",
    "notices_for",
    "notices_waiting",
    "on_duty_by_role",
    "own_api_tokens",
    "people_in_role",
    "people_of",
    "people_on_duty",
    "posts_of",
    "roles_of",
    "sealed_trouble",
    "signatures_of",
    "totp_required",
    "unit_at",
    "unit_in_sight",
    "units_among",
    "units_concerned",
    "units_visible_to",
    "user_named",
    "user_of_token",
    "visible_paths",
    "visible_to",
]
