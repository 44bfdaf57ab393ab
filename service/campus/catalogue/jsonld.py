"""Public courses in schema.org's vocabulary (Course, CourseInstance, Offer), for search engines and other readers."""

from __future__ import annotations

from typing import Any

from campus import clock
from campus.catalogue.memory import CourseEntry, SessionEntry
from campus.catalogue.selection import Moment
from campus.catalogue.views import money

MODES = {"onsite": "Onsite", "online": "Online", "hybrid": "Blended"}
SCHEMA = "https://schema.org/"
ATTENDANCE = {
    "onsite": "OfflineEventAttendanceMode",
    "online": "OnlineEventAttendanceMode",
    "hybrid": "MixedEventAttendanceMode",
}
AVAILABILITY = {"open": "InStock", "full": "SoldOut", "closed": "OutOfStock", "cancelled": "Discontinued"}
LEVELS = {"beginner": "Beginner", "intermediate": "Intermediate", "advanced": "Advanced"}


def document(moment: Moment, public_url: str, lang: str, kind: str = "course") -> dict[str, Any]:
    """An ItemList of all public courses in one language, with what is planned of each; or of all public events."""
    courses = [
        course for course in moment.catalogue.courses.values() if course.kind == kind and moment.visitor.may_see(course)
    ]
    if kind == "course":
        items = [_course(moment, course, public_url, lang) for course in courses]
    else:
        planned = [(session, course) for course in courses for session in _planned(moment, course)]
        planned.sort(key=lambda pair: (pair[0].start, pair[0].id))
        items = [_event(moment, course, session, public_url, lang) for session, course in planned]
    return {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "numberOfItems": len(items),
        "itemListElement": [
            {"@type": "ListItem", "position": position, "item": item} for position, item in enumerate(items, 1)
        ],
    }


def _planned(moment: Moment, course: CourseEntry) -> list[SessionEntry]:
    """What has not begun and is for everybody, whether or not it is full, closed or called off."""
    return [
        session
        for session in course.sessions
        if session.start > moment.now and session.id in moment.seats and moment.visitor.may_book(course, session)
    ]


def _course(moment: Moment, course: CourseEntry, public_url: str, lang: str) -> dict[str, Any]:
    address = f"{public_url}/v1/courses/{course.id}"
    return {
        "@type": "Course",
        "@id": address,
        "url": address,
        "courseCode": course.id,
        "name": course.title[lang],
        "description": course.summary[lang],
        "provider": _organization(course),
        "inLanguage": course.languages,
        "educationalLevel": LEVELS[course.level],
        "about": [topic.name[lang] for topic in course.topics],
        "teaches": course.content[lang],
        "coursePrerequisites": course.prerequisites[lang],
        "educationalCredentialAwarded": course.certificate[lang],
        "timeRequired": _hours(course),
        "isAccessibleForFree": course.price == 0,
        "offers": _offer(course, address),
        "hasCourseInstance": [
            _instance(moment, course, session, public_url, lang) for session in _planned(moment, course)
        ],
    }


def _instance(moment: Moment, course: CourseEntry, session: SessionEntry, public_url: str, lang: str) -> dict[str, Any]:
    return {
        "@type": "CourseInstance",
        **_times(moment, course, session, f"{public_url}/v1/sessions/{session.id}", lang),
        "courseMode": MODES[session.format],
        "courseWorkload": _hours(course),
    }


def _event(moment: Moment, course: CourseEntry, session: SessionEntry, public_url: str, lang: str) -> dict[str, Any]:
    return {
        "@type": "Event",
        **_times(moment, course, session, f"{public_url}/events/{session.id}", lang),
        "description": course.summary[lang],
        "isAccessibleForFree": course.price == 0,
    }


def _times(moment: Moment, course: CourseEntry, session: SessionEntry, address: str, lang: str) -> dict[str, Any]:
    """What every Event of schema.org has, and a CourseInstance is one."""
    seats = moment.seats[session.id]
    state = seats.state(session, moment.now)
    online = {"@type": "VirtualLocation", "name": session.place[lang], "url": address}
    onsite = {"@type": "Place", "name": session.place[lang], "address": session.place[lang]}
    return {
        "@id": address,
        "url": address,
        "identifier": session.id,
        "name": course.title[lang],
        "startDate": clock.iso(session.start),
        "endDate": clock.iso(session.end),
        "eventStatus": f"{SCHEMA}Event{'Cancelled' if state == 'cancelled' else 'Scheduled'}",
        "eventAttendanceMode": SCHEMA + ATTENDANCE[session.format],
        "inLanguage": session.language,
        "maximumAttendeeCapacity": seats.capacity,
        "remainingAttendeeCapacity": seats.bookable(session, moment.now),
        "location": {"online": online, "onsite": onsite, "hybrid": [onsite, online]}[session.format],
        "organizer": _organization(course),
        "offers": {
            **_offer(course, address),
            "availability": SCHEMA + AVAILABILITY[state],
            "validThrough": clock.iso(session.booking_deadline),
        },
        **_schedule(session),
    }


def _schedule(session: SessionEntry) -> dict[str, Any]:
    """Each block as an event of its own, where there are several."""
    if len(session.meetings) < 2:
        return {}
    blocks = [{"@type": "Event", "startDate": clock.iso(a), "endDate": clock.iso(b)} for a, b in session.meetings]
    return {"subEvent": blocks}


def _organization(course: CourseEntry) -> dict[str, Any]:
    return {"@type": "Organization", "name": course.operator.name, "identifier": course.operator.id}


def _hours(course: CourseEntry) -> str:
    """The length as an ISO 8601 duration: `PT14H`, `PT1H30M`."""
    hours, minutes = divmod(round(course.hours * 60), 60)
    return f"PT{hours}H" + (f"{minutes}M" if minutes else "")


def _offer(course: CourseEntry, address: str) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "url": address,
        "price": money(course.price),
        "priceCurrency": "EUR",
        "category": "Free" if course.price == 0 else "Paid",
        "priceSpecification": {
            "@type": "PriceSpecification",
            "price": money(course.price),
            "priceCurrency": "EUR",
            "valueAddedTaxIncluded": True,
        },
    }
