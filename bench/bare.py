"""The yardstick of `bench.lists`: a Flask page that says hello, and nothing else."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """One short page."""
    return "<!doctype html><title>hello</title><p>hello"
