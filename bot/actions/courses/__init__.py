"""The catalogue, a module a step: what a message is about, lists, dates, one course, a search, advice.

Not named `catalogue` as everywhere else: the action server imports the packages below `bot.actions` by their bare names
as well (`pkgutil.walk_packages` without a prefix), and a library of spaCy's has that one.
"""
