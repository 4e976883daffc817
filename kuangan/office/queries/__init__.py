"""Shared reads of `office`."""
