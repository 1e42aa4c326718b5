"""What providers give, where it reaches, and which counties have agreed to it."""

from flask import Blueprint

blueprint = Blueprint("offers", __name__)
