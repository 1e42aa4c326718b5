"""Keep counts of villages and pairs of files that share something; the database marks what changes"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

COUNTED = ["household_id", "status", "help_type", "given", "quantity", "reported_on"]
COUNTS = ("needs_open", "wanted", "given", "lonely", "lonely_units", "proposals", "waiting", "under_way", "closed")

SQLITE = (
    """CREATE TRIGGER mark_new_household AFTER INSERT ON households BEGIN
         INSERT INTO count_marks (household_id) VALUES (NEW.id);
       END""",
    """CREATE TRIGGER mark_gone_household AFTER DELETE ON households BEGIN
         INSERT INTO count_marks (household_id, area_code) VALUES (OLD.id, OLD.area_code);
       END""",
    """CREATE TRIGGER mark_household AFTER UPDATE OF status, area_code, lat, lon, head_name, phone_blind ON households
       WHEN OLD.status IS NOT NEW.status OR OLD.area_code IS NOT NEW.area_code OR OLD.lat IS NOT NEW.lat
         OR OLD.lon IS NOT NEW.lon OR OLD.head_name IS NOT NEW.head_name OR OLD.phone_blind IS NOT NEW.phone_blind
       BEGIN
         INSERT INTO count_marks (household_id, area_code) VALUES (NEW.id, OLD.area_code);
       END""",
    """CREATE TRIGGER mark_new_member AFTER INSERT ON members BEGIN
         INSERT INTO count_marks (household_id) VALUES (NEW.household_id);
       END""",
    """CREATE TRIGGER mark_gone_member AFTER DELETE ON members BEGIN
         INSERT INTO count_marks (household_id) VALUES (OLD.household_id);
       END""",
    """CREATE TRIGGER mark_member AFTER UPDATE OF household_id, name, born_on, identity_number_blind, certificate_blind,
         phone_blind ON members
       WHEN OLD.household_id IS NOT NEW.household_id OR OLD.name IS NOT NEW.name OR OLD.born_on IS NOT NEW.born_on
         OR OLD.identity_number_blind IS NOT NEW.identity_number_blind
         OR OLD.certificate_blind IS NOT NEW.certificate_blind OR OLD.phone_blind IS NOT NEW.phone_blind
       BEGIN
         INSERT INTO count_marks (household_id) VALUES (OLD.household_id), (NEW.household_id);
       END""",
    """CREATE TRIGGER mark_new_need AFTER INSERT ON needs BEGIN
         INSERT INTO count_marks (household_id) VALUES (NEW.household_id);
       END""",
    """CREATE TRIGGER mark_gone_need AFTER DELETE ON needs BEGIN
         INSERT INTO count_marks (household_id) VALUES (OLD.household_id);
       END""",
    """CREATE TRIGGER mark_need AFTER UPDATE OF household_id, help_type, quantity, given, status ON needs
       WHEN OLD.household_id IS NOT NEW.household_id OR OLD.help_type IS NOT NEW.help_type
         OR OLD.quantity IS NOT NEW.quantity OR OLD.given IS NOT NEW.given OR OLD.status IS NOT NEW.status
       BEGIN
         INSERT INTO count_marks (household_id) VALUES (OLD.household_id), (NEW.household_id);
         INSERT INTO count_marks (area_code)
           SELECT area_code FROM pairings WHERE need_id = NEW.id AND OLD.help_type IS NOT NEW.help_type;
       END""",
    """CREATE TRIGGER mark_new_pairing AFTER INSERT ON pairings BEGIN
         INSERT INTO count_marks (household_id, area_code)
           VALUES ((SELECT household_id FROM needs WHERE id = NEW.need_id), NEW.area_code);
       END""",
    """CREATE TRIGGER mark_gone_pairing AFTER DELETE ON pairings BEGIN
         INSERT INTO count_marks (household_id, area_code)
           VALUES ((SELECT household_id FROM needs WHERE id = OLD.need_id), OLD.area_code);
       END""",
    """CREATE TRIGGER mark_pairing AFTER UPDATE OF state, need_id, area_code ON pairings
       WHEN OLD.state IS NOT NEW.state OR OLD.need_id IS NOT NEW.need_id OR OLD.area_code IS NOT NEW.area_code
       BEGIN
         INSERT INTO count_marks (household_id, area_code)
           VALUES ((SELECT household_id FROM needs WHERE id = OLD.need_id), OLD.area_code),
                  ((SELECT household_id FROM needs WHERE id = NEW.need_id), NEW.area_code);
       END""",
)

POSTGRESQL = (
    """CREATE FUNCTION mark_household() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'INSERT' THEN
           INSERT INTO count_marks (household_id) VALUES (NEW.id);
         ELSIF TG_OP = 'DELETE' THEN
           INSERT INTO count_marks (household_id, area_code) VALUES (OLD.id, OLD.area_code);
         ELSIF (OLD.status, OLD.area_code, OLD.lat, OLD.lon, OLD.head_name, OLD.phone_blind)
             IS DISTINCT FROM (NEW.status, NEW.area_code, NEW.lat, NEW.lon, NEW.head_name, NEW.phone_blind) THEN
           INSERT INTO count_marks (household_id, area_code) VALUES (NEW.id, OLD.area_code);
         END IF;
         RETURN NULL;
       END $$""",
    """CREATE TRIGGER mark_household AFTER INSERT OR DELETE
         OR UPDATE OF status, area_code, lat, lon, head_name, phone_blind ON households
       FOR EACH ROW EXECUTE FUNCTION mark_household()""",
    """CREATE FUNCTION mark_member() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'INSERT' THEN
           INSERT INTO count_marks (household_id) VALUES (NEW.household_id);
         ELSIF TG_OP = 'DELETE' THEN
           INSERT INTO count_marks (household_id) VALUES (OLD.household_id);
         ELSIF (OLD.household_id, OLD.name, OLD.born_on, OLD.identity_number_blind, OLD.certificate_blind,
                OLD.phone_blind) IS DISTINCT FROM (NEW.household_id, NEW.name, NEW.born_on, NEW.identity_number_blind,
                NEW.certificate_blind, NEW.phone_blind) THEN
           INSERT INTO count_marks (household_id) VALUES (OLD.household_id), (NEW.household_id);
         END IF;
         RETURN NULL;
       END $$""",
    """CREATE TRIGGER mark_member AFTER INSERT OR DELETE OR UPDATE OF household_id, name, born_on,
         identity_number_blind, certificate_blind, phone_blind ON members
       FOR EACH ROW EXECUTE FUNCTION mark_member()""",
    """CREATE FUNCTION mark_need() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'INSERT' THEN
           INSERT INTO count_marks (household_id) VALUES (NEW.household_id);
         ELSIF TG_OP = 'DELETE' THEN
           INSERT INTO count_marks (household_id) VALUES (OLD.household_id);
         ELSIF (OLD.household_id, OLD.help_type, OLD.quantity, OLD.given, OLD.status) IS DISTINCT FROM
             (NEW.household_id, NEW.help_type, NEW.quantity, NEW.given, NEW.status) THEN
           INSERT INTO count_marks (household_id) VALUES (OLD.household_id), (NEW.household_id);
           IF OLD.help_type IS DISTINCT FROM NEW.help_type THEN
             INSERT INTO count_marks (area_code) SELECT area_code FROM pairings WHERE need_id = NEW.id;
           END IF;
         END IF;
         RETURN NULL;
       END $$""",
    """CREATE TRIGGER mark_need AFTER INSERT OR DELETE OR UPDATE OF household_id, help_type, quantity, given, status
         ON needs FOR EACH ROW EXECUTE FUNCTION mark_need()""",
    """CREATE FUNCTION mark_pairing() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'UPDATE' THEN
           IF (OLD.state, OLD.need_id, OLD.area_code) IS NOT DISTINCT FROM (NEW.state, NEW.need_id, NEW.area_code) THEN
             RETURN NULL;
           END IF;
         END IF;
         IF TG_OP <> 'INSERT' THEN
           INSERT INTO count_marks (household_id, area_code)
             VALUES ((SELECT household_id FROM needs WHERE id = OLD.need_id), OLD.area_code);
         END IF;
         IF TG_OP <> 'DELETE' THEN
           INSERT INTO count_marks (household_id, area_code)
             VALUES ((SELECT household_id FROM needs WHERE id = NEW.need_id), NEW.area_code);
         END IF;
         RETURN NULL;
       END $$""",
    """CREATE TRIGGER mark_pairing AFTER INSERT OR DELETE OR UPDATE OF state, need_id, area_code
         ON pairings FOR EACH ROW EXECUTE FUNCTION mark_pairing()""",
)


def upgrade() -> None:
    op.create_table(
        "count_marks", sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("household_id", sa.Integer()), sa.Column("area_code", sa.String(12)), sqlite_autoincrement=True)
    op.create_table(
        "place_files", sa.Column("area_code", sa.String(12), primary_key=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("files", "verified", "waiting", "located")),
        sa.Column("lat", sa.Double(), nullable=False), sa.Column("lon", sa.Double(), nullable=False))
    op.create_table(
        "place_needs", sa.Column("area_code", sa.String(12), primary_key=True),
        sa.Column("help_type", sa.String(12), primary_key=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS))
    op.create_table("sharing_pairs", *(sa.Column(name, sa.Integer(), primary_key=True, autoincrement=False)
                                       for name in ("kind", "low_id", "high_id")))
    for name in ("low_id", "high_id"):
        op.create_index(f"ix_sharing_pairs_{name}", "sharing_pairs", [name])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    op.drop_index("ix_needs_counts", "needs")
    op.create_index("ix_needs_counts", "needs", [*COUNTED, "urgency", "wanted_by", "id"])
    # Nothing is counted yet: everything that is there is marked.
    op.execute("INSERT INTO count_marks (household_id) SELECT id FROM households")
    op.execute("INSERT INTO count_marks (area_code) SELECT DISTINCT area_code FROM pairings")


def downgrade() -> None:
    op.drop_index("ix_needs_counts", "needs")
    op.create_index("ix_needs_counts", "needs", COUNTED)
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute("DROP TRIGGER " + statement.split()[2])
    else:
        for table in ("household", "member", "need", "pairing"):
            op.execute(f"DROP TRIGGER mark_{table} ON {table}s")
            op.execute(f"DROP FUNCTION mark_{table}()")
    for table in ("sharing_pairs", "place_needs", "place_files", "count_marks"):
        op.drop_table(table)
