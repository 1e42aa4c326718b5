"""The writer of tables under the name it had here; `matching.tables` is its room."""

from __future__ import annotations

from matching.tables import CSV, XLSX, csv_bytes, harmless, xlsx_bytes

__all__ = ["CSV", "XLSX", "csv_bytes", "harmless", "xlsx_bytes"]
