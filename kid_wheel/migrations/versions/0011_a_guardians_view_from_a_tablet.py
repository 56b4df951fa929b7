"""a guardian's view from a tablet"""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('guardian_record',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('guardian_id', sa.String(length=36), nullable=True),
    sa.Column('tablet_id', sa.String(length=36), nullable=False),
    sa.Column('staff_id', sa.String(length=36), nullable=False),
    sa.Column('unit_id', sa.String(length=36), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=20), nullable=False),
    sa.Column('content_version', sa.String(length=40), nullable=False),
    sa.Column('held_on', sa.String(length=10), nullable=False),
    sa.Column('clock_is_off', sa.Boolean(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_guardian_record_case_id_cases')),
    sa.ForeignKeyConstraint(['guardian_id'], ['guardian.id'], name=op.f('fk_guardian_record_guardian_id_guardian')),
    sa.ForeignKeyConstraint(['tablet_id'], ['tablet.id'], name=op.f('fk_guardian_record_tablet_id_tablet')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_guardian_record_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guardian_record'))
    )
    with op.batch_alter_table('guardian_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_guardian_record_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_guardian_record_guardian_id'), ['guardian_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_guardian_record_received_at'), ['received_at'], unique=False)
