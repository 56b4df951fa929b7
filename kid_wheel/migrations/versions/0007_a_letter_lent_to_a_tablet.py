"""a letter lent to a tablet"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('letter_loan',
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('lent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('shown_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unit_id', sa.String(length=36), nullable=False),
    sa.Column('staff_id', sa.String(length=36), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tablet_id', sa.String(length=36), nullable=True),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_letter_loan_case_id_cases'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_letter_loan_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_loan'))
    )
    with op.batch_alter_table('letter_loan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_loan_case_id'), ['case_id'], unique=False)
