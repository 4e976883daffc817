"""Where a request comes from, for the trail: known to everything that runs on its behalf."""

from contextvars import ContextVar

source_address: ContextVar[str] = ContextVar("source_address", default="")
"""The network address of the request being answered; empty for work that nobody asked for over the network."""
