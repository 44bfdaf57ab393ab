"""The auditor: recomputes from the rows what the service promises, and tells where they disagree. It only reads."""
