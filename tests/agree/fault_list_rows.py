"""The faults of look-ups, parties, aggregates and lines: what is wrong, where, and the change that makes it so."""

from __future__ import annotations

from agree.planting import Fault

ROWS: tuple[Fault, ...] = (
    # --- lookups
    Fault(
        "a band's end is outside it",
        "lookups",
        "cuts.add(floor(high * value.scale) + 1)",
        "cuts.add(floor(high * value.scale))",
    ),
    Fault(
        "a band begins one step late",
        "lookups",
        "cuts.add(ceil(low * value.scale))",
        "cuts.add(ceil(low * value.scale) + 1)",
    ),
    Fault(
        "an expired price list has no price",
        "lookups",
        '(COALESCE({state}, 0) = {FAILS})" if failing else ""',
        '(COALESCE({state}, 0) = {FAILS})" if False else ""',
    ),
    Fault("a look-up that finds nothing is there", "lookups", 'null=any_of(null, f"({state} IS NULL)")', "null=null"),
    Fault(
        "an empty cell of a table is there",
        "lookups",
        'null = f"({name} IS NULL)" if any(v is None for v in self.stored) else ""',
        'null = ""',
    ),
    Fault(
        "a table's patterns are plain codes",
        "lookups",
        "if _asked(code, texts, patterns)",
        "if code in texts",
    ),
    Fault(
        "a table's values lose their scale",
        "lookups",
        "return Num(sql=name, scale=self.scale,",
        "return Num(sql=name, scale=1,",
    ),
    # --- dated values and parties
    Fault(
        "a value that is missing at one point is there",
        "points",
        "null = self._when([isinstance(v, Missing) for v in values])",
        'null = ""',
    ),
    Fault(
        "a parameter is the same at all points",
        "points",
        "if low == high and not null and not fail:",
        "if low <= high and not null and not fail:",
    ),
    Fault(
        "a row without buyer is nobody's", "rowset", "if at == 2 and self.single_buyer and info.missing:", "if False:"
    ),
    Fault(
        "every provider's rows are one's own",
        "rowset",
        "            conditions.append(same)\n",
        "            conditions += [same] if at == 2 else []\n",
    ),
    Fault(
        "the last day is outside the period",
        "rowset",
        "{day} BETWEEN {day_literal(first)} AND {day_literal(last)}",
        "{day} >= {day_literal(first)} AND {day} < {day_literal(last)}",
    ),
    Fault(
        "the first day is outside the period",
        "rowset",
        "{day} BETWEEN {day_literal(first)} AND {day_literal(last)}",
        "{day} > {day_literal(first)} AND {day} <= {day_literal(last)}",
    ),
    Fault(
        "the last day is outside the period of its scope",
        "rowset",
        'conditions.append(f"{day} BETWEEN p.d AND p.e")',
        'conditions.append(f"{day} >= p.d AND {day} < p.e")',
    ),
    Fault("a missing cell is there", "rowset", 'null = f"({info.sql} IS NULL)" if info.missing else ""', 'null = ""'),
    # --- conditions of the lowering
    Fault(
        "a missing condition is no",
        "lower",
        'return evolve(found, null="", fail=any_of(found.fail, found.null))',
        'return evolve(found, null="")',
    ),
    Fault(
        "`else` takes the default always",
        "lower",
        "        if not of.null:\n            return of\n",
        "        if of.null:\n            return default\n        if not of.null:\n            return of\n",
    ),
    Fault("`is missing` is `is present`", "lower", "sql=sql if missing else", "sql=sql if not missing else"),
    Fault(
        "an empty cell of a row that is found is there", "lower", "null=any_of(of.null, column.null)", "null=of.null"
    ),
    Fault(
        "a column of a row that is not found is there", "lower", "null=any_of(of.null, column.null)", "null=column.null"
    ),
    # --- aggregates and payments
    Fault(
        "a missing value is left out of a sum",
        "lower",
        "value.fail if e.present else any_of(value.fail, value.null)",
        "value.fail",
    ),
    Fault(
        "`present` counts what is missing",
        "lower",
        'taken = both(chosen, f"(NOT {value.null})") if value.null and e.present else chosen',
        "taken = chosen",
    ),
    Fault("a weight that is missing weighs nothing", "lower", "any_of(weight.fail, weight.null)", "weight.fail"),
    Fault(
        "the lowest is the highest",
        "sites",
        '            return [f"{word}({chosen(value.sql)})"], lambda n, row: Summed(\n',
        '            return [f"MAX({chosen(value.sql)})"], lambda n, row: Summed(\n',
    ),
    Fault(
        "different values are all values",
        "sites",
        'f"COUNT(DISTINCT {chosen(value.sql)})"',
        'f"COUNT({chosen(value.sql)})"',
    ),
    Fault(
        "a mean's weights are not summed",
        "sites",
        "columns = [total(product, taken, rows, tables), total(weight, taken, rows, tables)]",
        "columns = [total(product, taken, rows, tables), Count(taken or ALWAYS)]",
    ),
    Fault(
        "an aggregate forgets its condition",
        "lower",
        "chosen, fail = self.chosen(rows.where)",
        'chosen, fail = "", self.chosen(rows.where)[1]',
    ),
    Fault(
        "a condition that fails is passed over",
        "lower",
        "any_of(fail, both(chosen, value_fail))",
        "both(chosen, value_fail)",
    ),
    Fault(
        "a payment that is missing is nothing",
        "sites",
        "self.fails.append(both(path, any_of(amount.fail, amount.null)))",
        "self.fails.append(both(path, amount.fail))",
    ),
    Fault(
        "a later case is taken beside an earlier",
        "sites",
        '            left = name(_sure(left, f"(NOT {held.sql})"))',
        '            left = left or "TRUE"',
    ),
    Fault(
        "unsettled rows are paid", "sites", 'any_of(held.fail, "" if held.constant is False else held.sql)', "held.fail"
    ),
    Fault(
        "lines are rounded together",
        "sites",
        "columns.append(total(whole, taken, rows, site.tables))",
        "columns.append(total(amount, taken, rows, site.tables))",
    ),
    Fault("`at least` asks for one more", "answers", "answer.count < least", "answer.count <= least"),
    Fault(
        "a count is in pieces, not in its unit",
        "answers",
        "return Fraction(answer.count) * e.type.unit.factor",
        "return Fraction(answer.count)",
    ),
    Fault(
        "a mean of no weight is zero",
        "answers",
        "if answer.weights else nothing(e)",
        "if answer.weights else Fraction(0)",
    ),
    Fault(
        "an empty mean is zero",
        "answers",
        '            return nothing(e)\n        case "mean"',
        '            return Fraction(0)\n        case "mean"',
    ),
    Fault("one row is none", "settle", "else answer.count > 0", "else answer.count > 1"),
    Fault(
        "rows that lack the code are passed over",
        "related",
        "if info is None or (info.missing and mine.name not in there):",
        "if info is None:",
    ),
    Fault(
        "one scope's answer is another's",
        "settle",
        "return id(place), id(env.instance), ledger.provider, ledger.buyer, *around",
        "return id(place), id(env.instance), ledger.buyer, *around",
    ),
    Fault(
        "`of all providers` is one's own",
        "points",
        "provider = env.ledger.provider if fact.provider and not rows.all_providers else None",
        "provider = env.ledger.provider if fact.provider else None",
    ),
    Fault(
        "a running sum is of all rows",
        "running",
        "window_days(rows, ask.env) == (ask.start, ask.end)",
        "window_days(rows, ask.env) is not None",
    ),
    Fault(
        "a spell lasts a day longer",
        "spells",
        "= day, spell_end(day, length, env)",
        "= day, date.fromordinal(spell_end(day, length, env).toordinal() + 1)",
    ),
    Fault("a spell begins anew with each row", "spells", "if at == 0 or day > last:", "if True:"),
    Fault(
        "a group is never too small",
        "groups",
        'numbers.compared("<", count, least)',
        'numbers.compared("<", count, number(Fraction(0)))',
    ),
    Fault(
        "a group of just enough is too small",
        "groups",
        'numbers.compared("<", count, least)',
        'numbers.compared("<=", count, least)',
    ),
    Fault("all groups ask for the same rows", "groups", "ROW_NUMBER() OVER (ORDER BY {order}) AS n", "1 AS n"),
    # --- lines and rows
    Fault(
        "a line's quantity is in pieces of its scale",
        "lines",
        "quantity = Fraction(int(str(record[at + 2])), product.quantity.scale)",
        "quantity = Fraction(int(str(record[at + 2])))",
    ),
    Fault(
        "lines are in the database's order",
        "lines",
        "    rows.sort(key=lambda pair: place(pair[0]))\n",
        "",
    ),
    Fault(
        "a line is made for what is not paid",
        "lines",
        "        if taken:\n            found.append(",
        "        if True:\n            found.append(",
    ),
    Fault(
        "a cell's number is in pieces of its scale",
        "brought",
        "return lambda stored: Fraction(int(stored), scale)",
        "return lambda stored: Fraction(int(stored))",
    ),
    Fault(
        "rows of an empty buyer are read for nobody",
        "fetch",
        'parts.append(f"({own} OR r.{info.sql} IS NULL)" if self.single_buyer else own)',
        "parts.append(own)",
    ),
    Fault(
        "rows on a period's last day are not counted",
        "fetch",
        'where = f" WHERE {day} BETWEEN {day_literal(start)} AND {day_literal(end)}"',
        'where = f" WHERE {day} >= {day_literal(start)} AND {day} < {day_literal(end)}"',
    ),
    # --- gathered rows, and clauses made into functions
    Fault("gathered rows count as one", "gather", "THEN k END), 0)", "THEN 1 END), 0)"),
    Fault("all gathered rows count as one", "gather", '"COALESCE(SUM(k), 0)"', '"COUNT(*)"'),
    Fault("a sum forgets how many rows were gathered", "gather", 'else [self.value.sql, "k"]', "else [self.value.sql]"),
    Fault("a cell is summed up that is asked for", "gather", "if summed.isdisjoint(known):", "if True:"),
    Fault(
        "a scope's stretches are one though its parameters change",
        "rowset",
        "if mine and not values and",
        "if mine and",
    ),
    Fault(
        "all scopes have the window of the first",
        "rowset",
        "if len({row[3:5] for row in rows}) == 1 else (None, None)",
        "if rows else (None, None)",
    ),
    Fault(
        "a product's price is not its own",
        "clauses",
        "clerk.add(step, product_of(value, found, at, kind), row, name)",
        "clerk.add(step, product_of(value, found, 0, kind), row, name)",
    ),
    Fault("a case that never holds is taken", "operations", "if present(condition(env)):", "if True:"),
    Fault("a part that decides does not", "operations", "is decides:", "is not decides:"),
    Fault(
        "a default is taken for what is there",
        "operations",
        "return default(env) if isinstance",
        "return default(env) if not isinstance",
    ),
    # --- clauses settled for many ledgers at once
    Fault(
        "a case is taken where it does not hold",
        "abreast_operators",
        "if holds:\n            parts",
        "if left:\n            parts",
    ),
    Fault(
        "what decides is taken for what does not",
        "abreast_operators",
        "fails if decides else holds",
        "holds if decides else fails",
    ),
    Fault("a default is taken for all", "abreast_operators", "if len(lacking) == len(scopes):", "if lacking:"),
    Fault("a difference for many is a sum", "vectors", 'plus if op == "+" else sub', 'plus if op == "+" else plus'),
    Fault(
        "the smaller is the larger",
        "vectors",
        "firsts = compared(op, one, other)",
        'firsts = compared(">=", one, other)',
    ),
    Fault("what a parent offers is not taken", "abreast", "if word is not None:", "if False:"),
    Fault(
        "a row of another provider is looked up",
        "abreast_things",
        "index.keyed(wanted, ledger.provider",
        "index.keyed(wanted, work.ledgers[0].provider",
    ),
    Fault(
        "a row by key is looked for in all of the period",
        "abreast_things",
        "ledger.buyer, work.days[scope])",
        "ledger.buyer, ledger.period)",
    ),
    Fault(
        "cells by key are looked for in all of the period",
        "abreast_things",
        "providers, days = work.crowd.providers, work.days",
        "providers, days = work.crowd.providers, [own.period for own in work.ledgers]",
    ),
    Fault("a price for many is not its own", "many", "parts.pop(at)", "parts.pop(0)"),
    Fault("what waits is settled", "many", "if waiting:", "if False:"),
    Fault(
        "a figure outside its range is settled",
        "demands",
        "if fell:\n            raise Fell(fell)",
        "if False:\n            raise Fell(fell)",
    ),
    Fault("what is required is not looked at", "demands", "if broken:", "if False:"),
    Fault(
        "nothing but the first step pays",
        "many",
        "if holds:\n                            self.steps",
        "if left is scopes:\n                            self.steps",
    ),
    Fault(
        "what is offered to all is taken from the first", "abreast", "[one[1] for one in noted", "[0 for one in noted"
    ),
    Fault("a result of all is the first's", "many", "noted[key] = noted, at", "noted[key] = noted, 0"),
    Fault("what many are paid is not rounded", "paid", 'round_where == "total"', 'round_where != "none"'),
    Fault("what many offer is not rounded", "many", "payable(found, terms) if money", "found if money"),
    Fault("rows with one key are one", "brought", "SEVERAL if provider in same", "at if provider in same"),
    Fault("rows by key of other days", "brought", "else date.min) <= end", "else date.min)"),
    Fault(
        "a row that is not there is that of a neighbour",
        "abreast_things",
        "None if place is None else column[place]",
        "column[place or 0]",
    ),
    # --- rows that fail
    Fault(
        "rows that fail are those of another scope",
        "failing",
        "zip(self.asks, numbers, strict=True)",
        "zip(self.asks, [*numbers[1:], numbers[0]], strict=True)",
    ),
    Fault("rows that fail are told in no order", "failing", "in_order(fact, mine)", "in_order(fact, mine)[::-1]"),
    Fault(
        "rows that fail are those of all payments but the last",
        "failing",
        "any_of(*made.fails)",
        "any_of(*made.fails[:-1])",
    ),
)
