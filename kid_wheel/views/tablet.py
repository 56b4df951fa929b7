"""The tablet's door: its pages, which are the same for everybody, and what it may ask the hub.

It must never put personal data in a page: the tablet keeps every page for use without net.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_compress import Compress
from flask_security.utils import verify_password
from sqlalchemy import select

from .. import audit, clock
from ..catalog import CONTENT, LANGUAGES, Variant, attribution, catalog, every_symbol, version
from ..config import FAILED_SIGN_IN_WINDOW, MAX_FAILED_SIGN_INS
from ..conversation import SealedHeader
from ..db import db
from ..errors import Problem
from ..i18n import RIGHT_TO_LEFT
from ..keys import BrokenSeal, KeyRing, UnknownKey
from ..people import Staff, Unit, ansvarig_of, works_in
from ..permissions import Permission, requires
from ..tablet import ExpiredCode, Tablet, UnknownCode, UsedCode, enrol
from .sync import calling_tablet
