"""What a company asks: written down, mailed to the desk, and a receipt to who asked."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings.references import new_reference
from campus.catalogue.memory import get_catalogue
from campus.companies import letters
from campus.companies.models import Enquiry
from campus.companies.schemas import NewEnquiry
from campus.languages import supported
from campus.problems import Invalid
from campus.speakers import limits
from campus.speakers.speaker import Speaker

PREFIX = "ENQ"


def ask(db: Session, speaker: Speaker, wish: NewEnquiry, lang: str) -> Enquiry:
    """Write the enquiry down. Raises Invalid, RateLimited."""
    if not wish.subject and not wish.needs:
        raise Invalid(needs="missing")
    operator = get_catalogue(db).operators.get(wish.operator) if wish.operator else None
    if wish.operator and operator is None:
        raise Invalid(operator="unknown")
    limits.count_email(wish.contact.email)
    addresses.use(db, wish.contact.email)
    enquiry = Enquiry(
        reference=new_reference(PREFIX),
        state="received",
        owner=speaker.owner,
        company=wish.company,
        contact_name=wish.contact.name,
        contact_email=wish.contact.email,
        contact_phone=wish.contact.phone,
        subject=wish.subject,
        needs=wish.needs,
        people=wish.people,
        operator_id=wish.operator,
        lang=supported(wish.lang) or lang,
        created_at=clock.now(),
    )
    db.add(enquiry)
    db.flush()
    record(db, speaker.principal, "enquiry", enquiry.reference, target=enquiry.state)
    told = {
        "reference": enquiry.reference,
        "company": enquiry.company,
        "contact": wish.contact.model_dump(),
        "subject": enquiry.subject,
        "needs": enquiry.needs,
        "people": enquiry.people,
        "operator": operator.name if operator else None,
        "lang": enquiry.lang,
    }
    letters.send_enquiry(db, enquiry, told)
    return enquiry
