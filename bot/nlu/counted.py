"""What numbers count."""

from __future__ import annotations

import re

#: Those of one trade, who are counted and described at once.
PROFESSIONS = (
    r"(?:operateurs?|operatrices?|techniciens?|techniciennes?|laborantin(?:e|s|es)?|ingenieure?s?|ouvri(?:er|ere)s?|"
    r"operators?|technicians?|engineers?|scientists?|students?|etudiante?s?)"
)
PEOPLE = (
    rf"(?:{PROFESSIONS}|"
    r"places?|personnes?|pers\b\.?|persos?|participants?|participantes?|collaborateurs?|employes?|collegues?|salaries?|"
    r"inscriptions?|inscrits?|gens|stagiaires?|tickets?|sieges?|couverts?|interimaires?|apprenants?|membres?|tetes|"
    r"people|ppl|pax|persons?|seats?|spots?|places|attendees?|colleagues?|employees?|staff|trainees?|workers?|temps|"
    r"apprentices?|learners?|folks|of us|team members|members|guys|spaces?)(?![a-z])"
)
TIME_UNIT = re.compile(
    r"^[\s-]?(?:h\b|heures?|hours?|jours?|j\b|days?|semaines?|weeks?|mois|months?|ans?\b|years?|min\b|minutes?|"
    r"demi|journees?|%|e\b|er\b|eme\b|nd\b|rd\b|th\b|st\b|/|:)"
)


def plain(value: float) -> float | int:
    """A whole number as an integer."""
    return int(value) if value == int(value) else value
