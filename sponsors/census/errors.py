"""The one error a census file can raise. Pure: services turn it into a refusal on the page or in the API."""


class CensusFileError(Exception):
    """The file as a whole cannot be used. `message` says what happened and what to do; `column` names the column."""

    def __init__(self, message: str, column: str | None = None):
        super().__init__(message)
        self.message = message
        self.column = column
