"""What a person may ask or want while something is asked of them."""

from __future__ import annotations

#: What a person asks or wants in the middle of a booking; answered by its own rule, unless it also gives a value.
DIGRESSIONS = frozenset(
    [
        "ask_campus",
        "course_details",
        "search_courses",
        "search_events",
        "refine_search",
        "show_more",
        "list_sessions",
        "help",
        "bot_challenge",
        "chitchat",
        "check_booking",
        "talk_to_human",
        "switch_language",
        "thank",
        "greet",
        "out_of_scope",
        "compare_courses",
        "ask_advice",
        "give_feedback",
        "company_training",
        "request_quote",
        "accept_quote",
        "join_waitlist",
        "leave_waitlist",
        "alert_me",
        "request_document",
        "withdraw_contract",
        "export_my_data",
        "erase_my_data",
    ]
)
