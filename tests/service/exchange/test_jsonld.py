"""schema.org, expanded by another program (pyld), against what the API answers."""

from __future__ import annotations

from typing import Any

import pytest
from pyld import jsonld

from ..conftest import Reader

SCHEMA = "https://schema.org/"


def load(url: str, _options: Any) -> dict[str, Any]:
    """The context without the network: every name is one of schema.org."""
    assert url == "https://schema.org"
    context = {"@context": {"@vocab": SCHEMA}}
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": context}


def expanded(catalogue: Reader, lang: str, kind: str = "course") -> list[dict[str, Any]]:
    document = catalogue.get("/v1/courses.jsonld", lang=lang, kind=kind)
    [whole] = jsonld.expand(document, {"documentLoader": load})
    assert whole["@type"] == [f"{SCHEMA}ItemList"]
    elements = whole[f"{SCHEMA}itemListElement"]
    assert [value(one, "position") for one in elements] == list(range(1, len(elements) + 1))
    assert value(whole, "numberOfItems") == len(elements)
    return [one[f"{SCHEMA}item"][0] for one in elements]


def values(thing: dict[str, Any], name: str) -> list[Any]:
    return [one.get("@value", one) for one in thing.get(f"{SCHEMA}{name}", [])]


def value(thing: dict[str, Any], name: str) -> Any:
    [found] = values(thing, name)
    return found


def kind_of(thing: dict[str, Any]) -> str:
    [found] = thing["@type"]
    return str(found.removeprefix(SCHEMA))


def compare_times(thing: dict[str, Any], session: dict[str, Any]) -> None:
    """What every event says, with the session of the API."""
    assert value(thing, "identifier") == session["id"] and value(thing, "name") == session["title"]
    assert (value(thing, "startDate"), value(thing, "endDate")) == (session["start"], session["end"])
    status = "EventCancelled" if session["state"] == "cancelled" else "EventScheduled"
    assert value(thing, "eventStatus") == SCHEMA + status
    assert value(thing, "inLanguage") == session["language"]
    assert value(thing, "maximumAttendeeCapacity") == session["capacity"]
    assert value(thing, "remainingAttendeeCapacity") == session["seats_free"]
    modes = {"onsite": "Offline", "online": "Online", "hybrid": "Mixed"}
    assert value(thing, "eventAttendanceMode") == f"{SCHEMA}{modes[session['format']]}EventAttendanceMode"
    places = {kind_of(place): value(place, "name") for place in values(thing, "location")}
    wanted = {"onsite": {"Place"}, "online": {"VirtualLocation"}, "hybrid": {"Place", "VirtualLocation"}}
    assert set(places) == wanted[session["format"]] and set(places.values()) == {session["place"]}
    blocks = [{"start": value(one, "startDate"), "end": value(one, "endDate")} for one in values(thing, "subEvent")]
    assert blocks == (session["meetings"] if len(session["meetings"]) > 1 else [])
    organizer = value(thing, "organizer")
    assert (value(organizer, "name"), value(organizer, "identifier")) == (
        session["operator"]["name"],
        session["operator"]["id"],
    )
    offer = value(thing, "offers")
    compare_offer(offer, session["price"])
    stock = {"open": "InStock", "full": "SoldOut", "closed": "OutOfStock", "cancelled": "Discontinued"}
    assert value(offer, "availability") == SCHEMA + stock[session["state"]]
    assert value(offer, "validThrough") == session["booking_deadline"]


def compare_offer(offer: dict[str, Any], price: dict[str, Any]) -> None:
    assert kind_of(offer) == "Offer" and value(offer, "priceCurrency") == price["currency"]
    assert value(offer, "price") == price["amount"]
    assert value(offer, "category") == ("Free" if price["amount"] == "0.00" else "Paid")
    assert value(value(offer, "priceSpecification"), "valueAddedTaxIncluded") is price["vat_included"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_courses_field_by_field(catalogue: Reader, lang: str) -> None:
    items = expanded(catalogue, lang)
    wanted = catalogue.ids("/v1/courses")
    assert {value(item, "courseCode") for item in items} == set(wanted) and len(items) == len(wanted)
    states = set()
    for item in items:
        course = catalogue.get(f"/v1/courses/{value(item, 'courseCode')}", lang=lang)
        assert kind_of(item) == "Course" and item["@id"] == f"https://campus.example/v1/courses/{course['id']}"
        assert (value(item, "name"), value(item, "description")) == (course["title"], course["summary"])
        provider = value(item, "provider")
        assert kind_of(provider) == "Organization"
        assert (value(provider, "name"), value(provider, "identifier")) == (
            course["operator"]["name"],
            course["operator"]["id"],
        )
        assert values(item, "inLanguage") == course["languages"]
        assert value(item, "educationalLevel").lower() == course["level"]
        assert values(item, "about") == [topic["name"] for topic in course["topics"]]
        assert values(item, "teaches") == course["content"]
        assert values(item, "coursePrerequisites") == [course["prerequisites"]]
        assert values(item, "educationalCredentialAwarded") == [course["certificate"]]
        assert value(item, "isAccessibleForFree") is (course["price"]["amount"] == "0.00")
        compare_offer(value(item, "offers"), course["price"])
        sessions = catalogue.get(f"/v1/courses/{course['id']}/sessions", lang=lang, limit=100)["items"]
        instances = values(item, "hasCourseInstance")
        assert [value(one, "identifier") for one in instances] == [session["id"] for session in sessions]
        for instance, session in zip(instances, sessions, strict=True):
            states.add(session["state"])
            assert kind_of(instance) == "CourseInstance"
            modes = {"onsite": "Onsite", "online": "Online", "hybrid": "Blended"}
            assert value(instance, "courseMode") == modes[session["format"]]
            hours = course["hours"]
            assert value(instance, "courseWorkload") == f"PT{int(hours)}H" + ("30M" if hours % 1 else "")
            compare_times(instance, session)
    assert states >= {"open", "full", "cancelled"}


def test_events_field_by_field(catalogue: Reader) -> None:
    sessions = catalogue.get("/v1/sessions", kind="event", limit=100)["items"]
    items = expanded(catalogue, "fr", "event")
    assert len(items) == len(sessions) > 0
    for item, session in zip(items, sessions, strict=True):
        assert kind_of(item) == "Event" and item["@id"] == f"https://campus.example/events/{session['id']}"
        assert value(item, "description") == catalogue.get(f"/v1/courses/{session['course_id']}")["summary"]
        compare_times(item, session)


def test_what_is_not_public_is_not_there(catalogue: Reader) -> None:
    text = catalogue.client.get("/v1/courses.jsonld").text
    assert "takeda-onboarding" not in text and "gmp-basics-20270119" not in text
