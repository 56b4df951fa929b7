"""a guardian's own room"""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('invitation',
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('guardian_id', sa.String(length=36), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('pictures', sa.Boolean(), nullable=False),
    sa.Column('link_hash', sa.String(length=64), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.String(length=36), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('session_hash', sa.String(length=64), nullable=True),
    sa.Column('session_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_invitation_case_id_cases')),
    sa.ForeignKeyConstraint(['guardian_id'], ['guardian.id'], name=op.f('fk_invitation_guardian_id_guardian')),
    sa.ForeignKeyConstraint(['made_by'], ['staff.id'], name=op.f('fk_invitation_made_by_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('link_hash', name=op.f('uq_invitation_link_hash')),
    sa.UniqueConstraint('session_hash', name=op.f('uq_invitation_session_hash'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invitation_guardian_id'), ['guardian_id'], unique=False)

    op.create_table('showing',
    sa.Column('guardian_id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('item', sa.String(length=160), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=36), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_showing_case_id_cases')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_showing_conversation_id_conversation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decided_by'], ['staff.id'], name=op.f('fk_showing_decided_by_staff')),
    sa.ForeignKeyConstraint(['guardian_id'], ['guardian.id'], name=op.f('fk_showing_guardian_id_guardian')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_showing'))
    )
    with op.batch_alter_table('showing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_showing_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_showing_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_showing_guardian_id'), ['guardian_id'], unique=False)

    with op.batch_alter_table('guardian_statement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('said_at', sa.DateTime(timezone=True), nullable=True))
    # What a guardian writes in its own room has no member of staff behind it.
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.alter_column('recorded_by', existing_type=sa.String(length=36), nullable=True)
    with op.batch_alter_table('concern', schema=None) as batch_op:
        batch_op.alter_column('written_by', existing_type=sa.String(length=36), nullable=True)
