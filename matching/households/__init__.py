"""Household files: one file a household, its members, its needs and its story."""

from flask import Blueprint

blueprint = Blueprint("households", __name__, url_prefix="/households")
