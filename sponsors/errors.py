"""How a service says no."""


class Refusal(Exception):
    """A service will not do what was asked. Nothing was changed.

    `message` says what happened, why, and what to do next, in words a committee member knows; pages show it at
    `field`, the API answers with it. `code` is stable for programs. `conflict` marks a clash with the present
    state (HTTP 409) rather than bad input (400).
    """

    def __init__(
        self, message: str, *, field: str | None = None, code: str = "refused", conflict: bool = False
    ):
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code
        self.conflict = conflict
