"""Notices: what conversations and outside systems are told without having asked, signed (Standard Webhooks)."""

from campus.notices.telling import NOTIFY as NOTIFY
from campus.notices.telling import tell as tell
from campus.notices.telling import unread as unread
from campus.notices.telling import who_wants as who_wants
