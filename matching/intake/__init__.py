"""Intake: hardship reports from all sources, visit tasks, referrals, joint meetings. Who was asked first answers."""

from flask import Blueprint

blueprint = Blueprint("intake", __name__)
