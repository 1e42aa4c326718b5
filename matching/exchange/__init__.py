"""Registers in: workbooks and CSV files of any wording become households, offers and places.

Reading is pure (no database, no Flask): `workbook` opens a file safely, `sheets` finds its header and rows,
`columns` recognises what each column holds, `households`, `offers` and `places` turn rows into records with
faults. Applying is thin: `service` and `apply_*` write a parsed register in the caller's transaction.
"""
