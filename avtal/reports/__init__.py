"""Reports for follow-up meetings, as functions that give tables or curves; how they look is `avtal.rendering`'s matter.

Every report is made from a `View`: a contract, its data and its settlements. None knows a form of payment by name: what
they tell apart is how clauses are written, what their lines come from, and what the text says of its sources.
"""
