"""The pairing engine: gives offers to needs so that the plan is worth most, and proves it.

It knows files, arrays and distances, and nothing of the site or its database. `docs/engine.md` teaches it.
Each name is loaded when it is first asked for: the site starts without the compiler of the inner loops.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matching.engine.assignment import Assignment, assign
    from matching.engine.faults import FileFault
    from matching.engine.nearby import OfferIndex
    from matching.engine.pairing import pair_files
    from matching.engine.reasons import Reasons, explain_files
    from matching.engine.tables import NeedTable, OfferTable, Plan, plan
    from matching.engine.verify import Verdict, verify_files

__all__ = ["Assignment", "FileFault", "NeedTable", "OfferIndex", "OfferTable", "Plan", "Reasons", "Verdict",
           "assign", "explain_files", "pair_files", "plan", "verify_files"]

ROOMS = {"Assignment": "assignment", "assign": "assignment", "FileFault": "faults", "OfferIndex": "nearby",
         "pair_files": "pairing", "Reasons": "reasons", "explain_files": "reasons", "NeedTable": "tables",
         "OfferTable": "tables", "Plan": "tables", "plan": "tables", "Verdict": "verify", "verify_files": "verify"}


def __getattr__(name: str) -> Any:
    if name not in ROOMS:
        raise AttributeError(name)
    return getattr(import_module(f"matching.engine.{ROOMS[name]}"), name)
