"""Notices on their way: who was reached, through which gateway, and when people want to be let alone."""
