"""Assistance: policies and dated standards, who is entitled and does not receive, what was given by whom."""

from flask import Blueprint

blueprint = Blueprint("assistance", __name__, url_prefix="/assistance")
