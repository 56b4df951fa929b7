"""a signal and who answers for it"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('professional_observation',
    sa.Column('area', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.Enum('strength', 'worry', name='kind', native_enum=False, length=20), nullable=False),
    sa.Column('staff_id', sa.String(length=36), nullable=False),
    sa.Column('unit_id', sa.String(length=36), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_professional_observation_case_id_cases')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_professional_observation_staff_id_staff')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_professional_observation_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_professional_observation'))
    )
    with op.batch_alter_table('professional_observation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_professional_observation_case_id'), ['case_id'], unique=False)

    op.create_table('signal',
    sa.Column('staff_id', sa.String(length=36), nullable=False),
    sa.Column('unit_id', sa.String(length=36), nullable=False),
    sa.Column('to_unit_id', sa.String(length=36), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('escalated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_signal_case_id_cases')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_signal_staff_id_staff')),
    sa.ForeignKeyConstraint(['to_unit_id'], ['unit.id'], name=op.f('fk_signal_to_unit_id_unit')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_signal_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signal'))
    )
    with op.batch_alter_table('signal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_signal_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signal_staff_id'), ['staff_id'], unique=False)

    op.create_table('voiding',
    sa.Column('asked_by', sa.String(length=36), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attested_by', sa.String(length=36), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['staff.id'], name=op.f('fk_voiding_asked_by_staff')),
    sa.ForeignKeyConstraint(['attested_by'], ['staff.id'], name=op.f('fk_voiding_attested_by_staff')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_voiding_case_id_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voiding'))
    )
    with op.batch_alter_table('voiding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voiding_case_id'), ['case_id'], unique=False)

    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mandate', sa.String(length=120), nullable=False, server_default=''))

    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.create_index('ix_audit_event_reading', ['conversation_id', 'staff_id', 'event'], unique=False)

    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.add_column(sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('signal_days', sa.Integer(), nullable=False, server_default='3'))
        batch_op.add_column(sa.Column('telephone', sa.String(length=80), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('does', sa.String(length=600), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('does_not', sa.String(length=600), nullable=False, server_default=''))
