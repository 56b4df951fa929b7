"""a unit's faces and voices"""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'portrait',
        sa.Column('staff_id', sa.String(length=36), nullable=False),
        sa.Column('name', sa.String(length=16), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_portrait_staff_id_staff')),
        sa.PrimaryKeyConstraint('staff_id', name=op.f('pk_portrait')))
    op.create_index(op.f('ix_portrait_name'), 'portrait', ['name'], unique=False)
    op.create_table(
        'unit_sound',
        sa.Column('unit_id', sa.String(length=36), nullable=False),
        sa.Column('language', sa.String(length=20), nullable=False),
        sa.Column('text', sa.String(length=400), nullable=False),
        sa.Column('name', sa.String(length=16), nullable=False),
        sa.Column('media_type', sa.String(length=20), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.Column('staff_id', sa.String(length=36), nullable=False),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('id', sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_unit_sound_staff_id_staff')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unit_sound_unit_id_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_sound')),
        sa.UniqueConstraint('unit_id', 'language', 'text', name=op.f('uq_unit_sound_unit_id')))
    op.create_index(op.f('ix_unit_sound_unit_id'), 'unit_sound', ['unit_id'], unique=False)
