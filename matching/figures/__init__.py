"""Figures: dashboards and yearly reports, every figure of which opens its rows."""

from flask import Blueprint

blueprint = Blueprint("figures", __name__, url_prefix="/figures")
