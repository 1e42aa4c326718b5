"""The pairing engine: gives offers to needs so that the plan is worth most, and proves it.

It knows files, arrays and distances, and nothing of the site or its database. `docs/engine.md` teaches it.
Each name is loaded when it is first asked for: the site starts without the compiler of the inner loops.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching.engine.ahead import worth_ahead
    from matching.engine.alternatives import WhatIf, what_if
    from matching.engine.assignment import Assignment, assign
    from matching.engine.faults import FileFault
    from matching.engine.files import NeedFile, OfferFile, read_needs, read_offers
    from matching.engine.nearby import OfferIndex
    from matching.engine.pairing import pair_files
    from matching.engine.reasons import Reasons, explain_files
    from matching.engine.reserve import likely_worth, with_reserve
    from matching.engine.scores import Weights
    from matching.engine.standing_files import StandingFiles, stand_files
    from matching.engine.tables import NeedTable, OfferTable, Plan, plan
    from matching.engine.verify import Verdict, verify_files

__all__ = ["Assignment", "FileFault", "NeedFile", "NeedTable", "OfferFile", "OfferIndex", "OfferTable", "Plan",
           "Reasons", "StandingFiles", "Verdict", "Weights", "WhatIf", "assign", "explain_files", "likely_worth",
           "pair_files", "plan", "read_needs", "read_offers", "stand_files", "verify_files", "what_if", "with_reserve",
           "worth_ahead"]

ROOMS = {"Assignment": "assignment", "assign": "assignment", "FileFault": "faults", "NeedFile": "files",
         "OfferFile": "files", "read_needs": "files", "read_offers": "files", "OfferIndex": "nearby",
         "pair_files": "pairing", "Reasons": "reasons", "explain_files": "reasons",
         "StandingFiles": "standing_files", "stand_files": "standing_files", "NeedTable": "tables",
         "OfferTable": "tables", "Plan": "tables", "plan": "tables", "Verdict": "verify", "verify_files": "verify",
         "Weights": "scores", "WhatIf": "alternatives", "what_if": "alternatives",
         "likely_worth": "reserve", "with_reserve": "reserve", "worth_ahead": "ahead"}


def __getattr__(name: str) -> Any:
    if name not in ROOMS:
        raise AttributeError(name)
    return getattr(import_module(f"matching.engine.{ROOMS[name]}"), name)
