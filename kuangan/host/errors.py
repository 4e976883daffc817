"""What keeps a process from starting at all."""


class CannotStart(Exception):
    """Nothing can be started until a person has mended something; the message is Chinese: what, where, and what to do."""
