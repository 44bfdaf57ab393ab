"""`python -m campus.auditor [--json]`: 0 when nothing was found, 1 with a line a finding, 2 without an answer."""

from __future__ import annotations

import argparse
import json
import sys

from sqlalchemy.exc import SQLAlchemyError

from campus.auditor.audit import audit_twice
from campus.db import Database
from campus.settings import get_settings


def main() -> int:
    """Audit the database of the settings."""
    parser = argparse.ArgumentParser(prog="campus.auditor", description="Checks every counter and promise; only reads.")
    parser.add_argument("--json", action="store_true", help="a JSON list instead of lines")
    arguments = parser.parse_args()
    try:
        found = audit_twice(Database(get_settings().database_url))
    except SQLAlchemyError as error:
        print(f"the database could not be read: {type(error).__name__}", file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps([finding.as_json() for finding in found], indent=1))
    else:
        for finding in found:
            print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
