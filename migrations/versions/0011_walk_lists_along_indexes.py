"""Walk lists along indexes: categories with their state, the newest of a town, the most urgent needs, the desk"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OLD = (
    ("ix_households_area_code_id", "households", ["area_code", "id", "status"]),
    ("ix_households_status_area_code_id", "households", ["status", "area_code", "id"]),
    ("ix_households_category_area_code_id", "households", ["category", "area_code", "id"]),
    ("ix_pairings_state_area_code", "pairings", ["state", "area_code"]),
)
NEW = (
    ("ix_households_area_code_id", "households", ["area_code", "id", "status", "lat", "lon"]),
    ("ix_households_status_area_code_id", "households", ["status", "area_code", "id", "category"]),
    ("ix_households_category_area_code_id", "households", ["category", "area_code", "id", "status"]),
    ("ix_households_area_code_created_at_id", "households", ["area_code", "created_at", "id", "status"]),
    ("ix_needs_status_urgency", "needs",
     ["status", "urgency", "wanted_by", "reported_on", "id", "household_id", "help_type", "given", "quantity"]),
    ("ix_pairings_state_area_code", "pairings", ["state", "area_code", "score", "id"]),
    ("ix_pairings_state_changed_at", "pairings", ["state", "changed_at", "id", "area_code"]),
)


def _replace(gone: tuple[tuple[str, str, list[str]], ...], made: tuple[tuple[str, str, list[str]], ...]) -> None:
    for name, table, _columns in gone:
        op.drop_index(name, table_name=table)
    for name, table, columns in made:
        op.create_index(name, table, columns)


def upgrade() -> None:
    _replace(OLD, NEW)
    for table in ("households", "needs", "pairings"):
        op.execute(f"ANALYZE {table}")  # without its figures a database may walk the wrong one


def downgrade() -> None:
    _replace(NEW, OLD)
