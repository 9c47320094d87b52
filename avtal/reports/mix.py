"""What the payment is made up of: by form, by link of the effect chain, and by family beside the shares of 2021."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction

from avtal.rendering.report import Report
from avtal.reports.lists import FAMILIES, family, shares_2021
from avtal.reports.view import MONEY, SHARE, Cell, Column, Table, View, share
from interpreter.settlement import ClauseResult, Status

COMPONENTS = {
    "structure": ("Struktur", "Structure"),
    "process": ("Process", "Process"),
    "outcome": ("Resultat", "Outcome"),
    "": ("Inte angivet", "Not said"),
}
OPERATIONS = {
    "egenregi": ("Egen regi", "Own production"),
    "LOV": ("LOV", "Choice system"),
    "LOU": ("LOU", "Procured"),
}


def mix(view: View) -> tuple[Table, ...]:
    """For each period: the payment by form, by structure, process and outcome, and by family beside 2021.

    Where most of the payment is of forms that specialised care did not have in 2021, nothing is put beside it.
    """
    at = 0 if view.language == "sv" else 1
    tables: list[Table] = []
    for period, reports in view.by_period():

        def form(clause: ClauseResult) -> str:
            name = clause.swedish if view.language == "sv" and clause.swedish else clause.form
            return name.replace("_", " ")

        def link(clause: ClauseResult) -> str:
            return COMPONENTS[clause.component][at]

        heading = view.say("Ersättningsform", "Form of payment")
        titles = (
            view.say(f"Ersättning per form, {period}", f"Payment by form, {period}"),
            view.say(f"Struktur, process och resultat, {period}", f"Structure, process and outcome, {period}"),
        )
        tables.append(_table(view, titles[0], heading, _sums(reports, form)))
        links = _sums(reports, link)
        ordered = {names[at]: links[names[at]] for names in COMPONENTS.values() if names[at] in links}
        tables.append(_table(view, titles[1], view.say("Led i effektkedjan", "Link of the chain"), ordered))
        families = _sums(reports, lambda clause: family(view, clause))
        whole = sum(map(abs, families.values()), Fraction(0))
        if 2 * abs(families.get("", Fraction(0))) <= whole:
            tables.append(_beside_2021(view, period, families, at))
        else:
            tables[-1] = tables[-1].noted(
                view.say(
                    "Ingen jämförelse med 2021: tabellerna gäller specialiserad vård, och det mesta här har ingen "
                    "motsvarighet i dem.",
                    "No comparison with 2021: its tables are of specialised care, and most of this has no counterpart "
                    "in them.",
                )
            )
    return tuple(table.noted(*view.lacking()) for table in tables)


def _sums(reports: Sequence[Report], of: Callable[[ClauseResult], str]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = defaultdict(Fraction)
    for report in reports:
        for clause in report.settlement.clauses:
            if clause.pays and clause.status is Status.SETTLED and clause.amount is not None:
                found[of(clause)] += clause.amount
    return dict(found)


def _table(view: View, title: str, heading: str, sums: dict[str, Fraction]) -> Table:
    whole = sum(sums.values(), Fraction(0))
    columns = (
        Column(heading),
        Column(view.say("Belopp, kr", "Amount, kr"), MONEY),
        Column(view.say("Andel", "Share"), SHARE),
    )
    rows = tuple((name, amount, share(amount, whole)) for name, amount in sums.items())
    return Table(title, columns, rows, (view.say("Summa", "Total"), whole, share(whole, whole)))


def _beside_2021(view: View, period: str, sums: dict[str, Fraction], at: int) -> Table:
    """The shares of families beside the mean share that each had in 2021 over regions and kinds of care."""
    known = [f for f in FAMILIES if any(row.family == f for row in shares_2021())]
    whole = sum((amount for name, amount in sums.items() if name), Fraction(0))
    means: dict[tuple[str, str], Fraction] = {}
    counts: dict[str, int] = {}
    for operation in OPERATIONS:
        own = [row for row in shares_2021() if row.operation == operation]
        places = {(row.area, row.region) for row in own}
        counts[operation] = len(places)
        for name in known:
            total = sum((row.share for row in own if row.family == name), Fraction(0))
            means[operation, name] = total / len(places)
    columns = [
        Column(view.say("Familj", "Family")),
        Column(view.say("Belopp, kr", "Amount, kr"), MONEY),
        Column(view.say("Andel här", "Share here"), SHARE),
    ]
    columns += [Column(f"{words[at]} 2021", SHARE) for words in OPERATIONS.values()]
    rows: list[tuple[Cell, ...]] = [
        (
            f"{FAMILIES[name][at]} ({name})",
            sums.get(name, Fraction(0)),
            share(sums.get(name, Fraction(0)), whole),
            *(means[operation, name] for operation in OPERATIONS),
        )
        for name in known
    ]
    if "" in sums:
        outside = view.say("Utan motsvarighet 2021", "Without counterpart in 2021")
        rows.append((outside, sums[""], *([None] * (1 + len(OPERATIONS)))))
    told = ", ".join(f"{OPERATIONS[o][at]} {n}" for o, n in counts.items())
    return Table(
        view.say(f"Blandningen bredvid 2021, {period}", f"The mix beside 2021, {period}"),
        tuple(columns),
        tuple(rows),
        notes=(
            view.say(
                f"2021: ovägt medeltal av regioners och vårdområdens andelar i specialiserad vård ({told}), SPV-8.",
                f"2021: unweighted mean of the shares of regions and kinds of specialised care ({told}), SPV-8.",
            ),
            view.say(
                "En jämförelse, inget riktmärke: områdena är olika stora och källan har egna oklarheter (T-13).",
                "A comparison, no benchmark: the fields differ in size, and the source has oddities of its own (T-13).",
            ),
        ),
    )
