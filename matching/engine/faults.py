"""What is wrong with a file, said so exactly that a person can find the place."""

__all__ = ["FILE_FAULTS", "FileFault"]

FILE_FAULTS = {
    "missing": (), "unreadable": ("reason",), "unwritable": ("reason",), "not_utf8": (), "empty": (),
    "no_column": (), "twice_column": (), "fields": ("found", "expected"), "quotes": (), "blank": (),
    "twice": ("found", "first"), "not_whole": ("found",), "not_number": ("found",),
    "outside": ("found", "low", "high"), "other_plan": (), "there": ("found",), "not_there": ("found",),
}
"""What can be wrong with a file, and the values that a sentence about it needs."""


class FileFault(Exception):
    """A file is refused as a whole, because of one place in it.

    `file` as it was named; `line` from 1 (the header's), 0 when it is about the whole file; `column` the
    column's name or ""; `code` what is wrong and `values` what a sentence about it needs (`FILE_FAULTS`).
    """

    def __init__(self, file: str, line: int, column: str, code: str, **values: object) -> None:
        super().__init__(f"{file}, line {line}, column {column or '-'}: {code} {values or ''}".rstrip())
        self.file, self.line, self.column, self.code, self.values = file, line, column, code, values
