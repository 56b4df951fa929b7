"""a unit has at most one Barnets bästa-ansvarig without an end

A unit that has two stops the step, and nothing is changed: which of them it is, is for its
administrator to say.
"""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    in_force = sa.text("role = 'ansvarig' AND until_on IS NULL")
    op.create_index(
        'ix_assignment_ansvarig', 'assignment', ['unit_id'], unique=True,
        sqlite_where=in_force, postgresql_where=in_force)
