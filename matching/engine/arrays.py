"""Names for the arrays that the engine works on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Ints", "Parts", "Rows", "Texts"]

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
Parts = NDArray[Any]
"""Parts of scores: unsigned bytes of closeness, or whole scores as 64-bit integers. Also bytes of files."""
