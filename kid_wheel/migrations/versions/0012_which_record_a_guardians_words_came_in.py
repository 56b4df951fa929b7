"""which record from a tablet a guardian's words came in"""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('guardian_statement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('record_id', sa.String(length=36), nullable=True))
        batch_op.create_index(batch_op.f('ix_guardian_statement_record_id'), ['record_id'], unique=False)
        batch_op.create_foreign_key(
            batch_op.f('fk_guardian_statement_record_id_guardian_record'), 'guardian_record', ['record_id'], ['id'])
