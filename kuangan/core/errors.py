"""The one error by which an action says no."""


class Refused(Exception):
    """An action that may not be done; `message` is Chinese, for the user: what, where and what to do instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
