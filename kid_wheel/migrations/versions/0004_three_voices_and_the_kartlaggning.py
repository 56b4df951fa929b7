"""three voices and the kartlaggning"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('kartlaggning',
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('begun_by', sa.String(length=36), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['begun_by'], ['staff.id'], name=op.f('fk_kartlaggning_begun_by_staff')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_kartlaggning_case_id_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kartlaggning')),
    sa.UniqueConstraint('case_id', 'round', name=op.f('uq_kartlaggning_case_id'))
    )
    with op.batch_alter_table('kartlaggning', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kartlaggning_case_id'), ['case_id'], unique=False)

    op.create_table('guardian_statement',
    sa.Column('guardian_id', sa.String(length=36), nullable=False),
    sa.Column('area', sa.String(length=30), nullable=False),
    sa.Column('kind', sa.Enum('strength', 'is', 'wish', 'worry', name='kind', native_enum=False, length=20), nullable=False),
    sa.Column('written_by', sa.String(length=36), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_guardian_statement_case_id_cases')),
    sa.ForeignKeyConstraint(['guardian_id'], ['guardian.id'], name=op.f('fk_guardian_statement_guardian_id_guardian')),
    sa.ForeignKeyConstraint(['written_by'], ['staff.id'], name=op.f('fk_guardian_statement_written_by_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guardian_statement'))
    )
    with op.batch_alter_table('guardian_statement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_guardian_statement_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_guardian_statement_guardian_id'), ['guardian_id'], unique=False)

    op.create_table('recipient',
    sa.Column('kartlaggning_id', sa.String(length=36), nullable=False),
    sa.Column('unit_id', sa.String(length=36), nullable=True),
    sa.Column('areas', sa.String(length=200), nullable=False),
    sa.Column('named_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_recipient_case_id_cases')),
    sa.ForeignKeyConstraint(['kartlaggning_id'], ['kartlaggning.id'], name=op.f('fk_recipient_kartlaggning_id_kartlaggning')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_recipient_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recipient'))
    )
    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recipient_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recipient_kartlaggning_id'), ['kartlaggning_id'], unique=False)

