"""The engine against its rivals: `make bench`, or `python -m bench --help`."""
