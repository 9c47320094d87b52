"""The faults of arithmetic, dates, conditions and codes: what is wrong, where, and the change that makes it so."""

from __future__ import annotations

from agree.planting import Fault

EXPRESSIONS: tuple[Fault, ...] = (
    # --- numbers
    Fault(
        "numbers of different scales are added as they stand",
        "values",
        'sql=f"({widened(value, low, high)} * {literal(factor)})", scale=scale',
        "sql=value.sql, scale=scale",
    ),
    Fault("a fraction loses its denominator", "values", " // (shared or 1) * by.denominator", " // (shared or 1)"),
    Fault("a product keeps one factor's scale", "values", "scale=a.scale * b.scale", "scale=a.scale"),
    Fault("a difference is a sum", "values", 'else f"{sql} - {operand}"', 'else f"{sql} + {operand}"'),
    Fault(
        "missing in a branch that is taken goes unseen",
        "values",
        'null = _case([(c, "", v.null) for c, v in branches], last.null)',
        "null = last.null",
    ),
    Fault(
        "failing in a branch that is taken goes unseen",
        "values",
        "fail = _case([(c, any_of(c.fail, c.null), v.fail) for c, v in branches], last.fail)",
        "fail = last.fail",
    ),
    Fault(
        "a value in one branch is at another scale than that of the next",
        "values",
        "        return [*aligned(numbers)]",
        "        return [*numbers]",
    ),
    Fault(
        "codes of two dictionaries are chosen between by number",
        "values",
        '            raise Refused("codes by different dictionaries")',
        "            pass",
    ),
    Fault(
        "only the first operand makes an operation missing",
        "values",
        "return any_of(*(v.null for v in values)), any_of(",
        "return values[0].null, any_of(",
    ),
    Fault(
        "only the first operand makes an operation fail",
        "values",
        ", any_of(*(v.fail for v in values))",
        ", values[0].fail",
    ),
    Fault(
        "the smaller of two is the larger",
        "numbers",
        '_picked(a, b, "<=", min, name)',
        '_picked(a, b, ">=", max, name)',
    ),
    Fault(
        "the larger of two is the smaller",
        "numbers",
        '_picked(a, b, ">=", max, name)',
        '_picked(a, b, "<=", min, name)',
    ),
    Fault(
        "the absolute value keeps its sign",
        "numbers",
        'sql=f"(CASE WHEN {n} < 0 THEN - {n} ELSE {n} END)", low=0',
        "sql=n, low=0",
    ),
    Fault("half_even is half_away", "numbers", '("half_even", "half_even")', '("half_away", "half_away")'),
    Fault("half_even rounds to the odd", "numbers", ' = 1)"\n', ' = 0)"\n'),
    Fault("halves go towards zero", "numbers", '+ {whole(by)})", 2 * by', '+ {whole(by - 1)})", 2 * by'),
    Fault("up leaves a small rest", "numbers", "+ {whole(by - 1)})", "+ {whole(by - 2)})"),
    Fault("down is up", "numbers", '"down": ("down", "down")', '"down": ("up", "up")'),
    Fault("floor is towards zero", "numbers", '"floor": ("down", "up")', '"floor": ("down", "down")'),
    Fault("ceiling is away from zero", "numbers", '"ceiling": ("up", "down")', '"ceiling": ("up", "up")'),
    Fault(
        "a rounded number is in steps, not in kr",
        "numbers",
        "number(Fraction(step.numerator))), scale",
        "number(Fraction(1))), scale",
    ),
    Fault(
        "a bracket has no end",
        "numbers",
        "upper = amount if end is None else lesser(",
        "upper = amount if True else lesser(",
    ),
    Fault(
        "below the first bracket is nothing to pay",
        "numbers",
        "fail=any_of(amount.fail, unless(amount.null, fail))",
        "fail=amount.fail",
    ),
    Fault(
        "clamp takes the upper bound first",
        "numbers",
        "lesser(greater(value, low, name), high, name)",
        "greater(lesser(value, high, name), low, name)",
    ),
    Fault(
        "a comparison with what is missing has an answer",
        "numbers",
        ' {widened(b, -most, most)})", null=null, fail=fail)',
        ' {widened(b, -most, most)})", fail=fail)',
    ),
    # --- dates
    Fault(
        "days are counted backwards",
        "days",
        "dialect.days.format(a=later.sql, b=earlier.sql)",
        "dialect.days.format(a=earlier.sql, b=later.sql)",
    ),
    Fault("a date moves the other way", "days", "return by.sql if sign > 0 else", "return by.sql if sign < 0 else"),
    Fault(
        "following is last", "days", 'end = after if rule == "following" else', 'end = after if rule == "never" else'
    ),
    Fault("a day that a month lacks is guessed", "days", 'lacks = "" if rule else f"({own} > {last})"', 'lacks = ""'),
    Fault("the last day of a month is moved to the next", "days", "WHEN {own} <= {last}", "WHEN {own} < {last}"),
    Fault(
        "a year older on the day before", "days", "{in_year(on)} < {in_year(born)}", "{in_year(on)} <= {in_year(born)}"
    ),
    Fault("a birth date's day is not looked at", "days", "* 100 + {dialect.day.format(a=day.sql)})", "* 100 + 0)"),
    Fault("the year of a date is its month", "days", 'if which == "year_of" else', 'if which != "year_of" else'),
    Fault("parts of a day are cut off", "days", "({whole} * {literal(by.scale)} <> {size})", "({whole} <> {whole})"),
    Fault("a date that is moved far stays", "days", 'f"(NOT {near})"', '"FALSE"'),
    # --- conditions and codes
    Fault(
        "what fails after the first of `and` goes unseen",
        "conditions",
        "fails.append(both(path, part.fail))",
        'fails.append("" if path else part.fail)',
    ),
    Fault("`and` is `or`", "conditions", 'word = " OR " if decides else " AND "', 'word = " OR "'),
    Fault(
        "a missing code is no member",
        "codes",
        'f"({parts[0]})", null=of.null, fail=of.fail)',
        'f"({parts[0]})", fail=of.fail)',
    ),
    Fault("a pattern is a plain code", "conditions", "any(matches_code(code, m) for m in texts)", "code in texts"),
    Fault(
        "the last day is not within",
        "conditions",
        "BETWEEN {low.sql} AND {high.sql})",
        "BETWEEN {low.sql} AND {high.sql} AND {of.sql} <> {high.sql})",
    ),
    Fault(
        "the highest number is not within",
        "conditions",
        'numbers.compared("<=", of, high)',
        'numbers.compared("<", of, high)',
    ),
    Fault(
        "codes are within by all their characters",
        "conditions",
        "lambda code: code_between(code, start, end)",
        "lambda code: start <= code <= end",
    ),
    Fault("different is the same", "conditions", "{'<>' if op == '!=' else op}", "{'=' if op == '!=' else op}"),
    Fault(
        "codes of the same number are the same code",
        "codes",
        "    if text.codes == like.codes:\n",
        "    if text.codes is not None:\n",
    ),
    Fault(
        "a code that the other column lacks is neither the same nor different",
        "codes",
        'return f"CAST(COALESCE({name}, -1) AS INTEGER)"',
        "return name",
    ),
    Fault(
        "a code that no row has is the first",
        "rowset",
        "info.codes[at] == code else -1",
        "info.codes[at] == code else 0",
    ),
    Fault(
        "neighbouring codes are all taken",
        "codes",
        "if ranges and ranges[-1][1] == at - 1:",
        "if ranges and ranges[-1][1] >= at - 2:",
    ),
)
