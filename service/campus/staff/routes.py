"""All addresses of the staff: `/v1/staff/…` (but the webhooks, which are the notices')."""

from __future__ import annotations

from fastapi import APIRouter

from campus.staff import account_routes, booking_routes, desk_routes, session_routes

router = APIRouter()
for part in (account_routes, booking_routes, session_routes, desk_routes):
    router.include_router(part.router)
