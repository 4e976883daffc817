"""Gateways by the grammar: each kind is one file in `kinds/`, or in `channels/` of the data folder, that says all of it."""

from kuangan.core.notify.gateways.grammar import GatewayKind
from kuangan.core.notify.gateways.kinds_at_hand import gateway_kind, gateway_kinds
from kuangan.core.notify.gateways.message import Message

__all__ = ["GatewayKind", "Message", "gateway_kind", "gateway_kinds"]
