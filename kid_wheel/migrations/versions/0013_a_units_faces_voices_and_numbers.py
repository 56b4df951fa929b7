"""a unit's faces, voices and numbers"""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
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
