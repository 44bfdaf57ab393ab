"""Quotes in words, buttons and cards."""

from __future__ import annotations

from bot.actions import formatting
from bot.actions.turn import Button, Turn
from bot.service import Json


def wanted_line(turn: Turn, session: Json, seats: str) -> str:
    """A line of text for seats of a session that a quote is wanted for; ``seats`` in words."""
    return turn.part(
        "quote_wanted",
        seats=seats,
        title=session["title"],
        when=formatting.when(session["meetings"], turn.lang),
        price=formatting.price(session["price"]["amount"], turn.lang),
    )


def quote_lines(turn: Turn, quote: Json) -> str:
    """A line of text for each line of a quote."""
    return "\n".join(
        turn.part(
            "quote_line",
            seats=formatting.plural("utter_part_seats", line["seats"], turn.lang),
            title=line["session"]["title"],
            when=formatting.when(line["session"]["meetings"], turn.lang),
            total=formatting.money(line["total"]["gross"], turn.lang),
        )
        for line in quote["lines"]
    )


def totals(turn: Turn, quote: Json) -> Json:
    """The amounts of a quote in words."""
    return {name: formatting.money(quote["total"][name], turn.lang) for name in ("net", "vat", "gross")}


def offered(turn: Turn, quote: Json) -> tuple[Json, list[Button]]:
    """A quote in words, and the buttons that take or leave it."""
    ends = formatting.moment(quote["valid_until"])
    day, hour = formatting.day(ends, turn.lang), formatting.hour(ends, turn.lang)
    until = turn.part("day_and_hour", day=day, hour=hour)
    meant = f'{{"quote_reference": "{quote["reference"]}"}}'
    email = (quote.get("contact") or {}).get("email") or ""
    lines = quote_lines(turn, quote)
    told = {"reference": quote["reference"], "lines": lines, "until": until, "email": email, **totals(turn, quote)}
    return told, [
        turn.button("quote_accept", f"/accept_quote{meant}"),
        turn.button("quote_decline", f"/decline_offer{meant}"),
    ]


def quote_card(quote: Json) -> Json:
    """A quote in the neutral message format."""
    total = {name: quote["total"][name] for name in ("net", "vat", "gross", "currency")}
    return {
        "type": "quote",
        "reference": quote["reference"],
        "state": quote["state"],
        "lines": [
            {
                "session_id": line["session"]["id"],
                "title": line["session"]["title"],
                "seats": line["seats"],
                "total": {name: line["total"][name] for name in ("net", "vat", "gross", "currency")},
            }
            for line in quote["lines"]
        ],
        "total": total,
        "valid_until": quote["valid_until"],
        "pdf_url": quote["pdf_url"],
    }
