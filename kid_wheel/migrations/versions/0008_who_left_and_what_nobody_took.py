"""a coordinator who left, and a signal that reached the huvudman"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('coordinator', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('signal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('raised_at', sa.DateTime(timezone=True), nullable=True))
