"""an event is found by its kind and moment together, and written with two indexes fewer"""

from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ('at', 'event', 'staff_id'):
        op.drop_index(f'ix_audit_event_{column}', 'audit_event')
    op.create_index('ix_audit_event_since', 'audit_event', ['event', 'at'])
