"""Every word of the language itself, in English and in Swedish. Read by the parser, formatter, highlighter and docs.

Words of both vocabularies are reserved in every file. The words of forms, facts and parameters are not here: they are
declared where the form is, with both names.
"""

from __future__ import annotations

KEYWORDS: dict[str, tuple[str, str]] = {
    "USE": ("use", "använd"),
    "UNIT": ("unit", "enhet"),
    "FACT": ("fact", "underlag"),
    "COLUMN": ("column", "kolumn"),
    "TABLE": ("table", "tabell"),
    "INDEX": ("index", "indexserie"),
    "FORM": ("form", "ersättningsform"),
    "MODEL": ("model", "modell"),
    "PARAM": ("param", "parameter"),
    "CHOICE": ("choice", "val"),
    "OPTIONAL": ("optional", "valfri"),
    "NEEDS": ("needs", "behöver"),
    "REQUIRES": ("requires", "kräver"),
    "UNSETTLED": ("unsettled when", "oavgjort när"),
    "LET": ("let", "låt"),
    "PAYS": ("pays", "betalar"),
    "GIVES": ("gives", "ger"),
    "WHEN": ("when", "när"),
    "THEN": ("then", "då"),
    "OTHERWISE": ("otherwise", "annars"),
    "EACH": ("each", "varje"),
    "BY": ("by", "per"),
    "SPELL": ("spell of", "förlopp om"),
    "AS": ("as", "som"),
    "WHERE": ("where", "där"),
    "IN": ("in", "i"),
    "BEFORE": ("before", "före"),
    "AFTER": ("after", "efter"),
    "ANY_PERIOD": ("any period", "alla perioder"),
    "ALL_PROVIDERS": ("of all providers", "hos alla vårdgivare"),
    "FROM": ("from", "från"),
    "TO": ("to", "till"),
    "OF": ("of", "av"),
    "OVER": ("over", "över"),
    "AND": ("and", "och"),
    "OR": ("or", "eller"),
    "NOT": ("not", "inte"),
    "IS_MISSING": ("is missing", "saknas"),
    "IS_PRESENT": ("is present", "finns"),
    "ELSE": ("else", "eljest"),
    "ROUNDED": ("rounded to", "avrundat till"),
    "SUM": ("sum", "summan"),
    "PORTION": ("portion", "portionen"),
    "RUNNING": ("running sum", "löpande summan"),
    "MEAN": ("mean", "medelvärdet"),
    "LOWEST": ("lowest", "lägsta"),
    "HIGHEST": ("highest", "högsta"),
    "PERCENTILE": ("percentile", "percentilen"),
    "COUNT": ("count", "antalet"),
    "DISTINCT": ("distinct", "olika"),
    "PRESENT": ("present", "redovisade"),
    "WEIGHTED": ("weighted by", "viktat med"),
    "AT_LEAST": ("at least", "minst"),
    "LATEST": ("latest", "senaste"),
    "EARLIEST": ("earliest", "tidigaste"),
    "EXISTS": ("exists", "förekommer"),
    "OUTSIDE_BASE": ("outside base", "utanför bas"),
    "INSIDE": ("for inside", "för inre"),
    "EXAMPLE": ("example", "räkneexempel"),
    "GIVEN": ("given", "givet"),
    "EXPECT": ("expect", "vänta"),
    "ALWAYS": ("always", "alltid"),
    "SUBTOTAL": ("subtotal", "delsumma"),
    "AMEND": ("amend", "tillägg"),
    "ENDS": ("ends", "upphör"),
    "SOURCE": ("source", "källa"),
}
"""Terminal of the grammar → its English and Swedish word or phrase."""

NAMES: dict[str, str] = {
    # terms of a contract
    "contract": "avtal",
    "buyer": "beställare",
    "provider": "vårdgivare",
    "code": "kod",
    "period": "period",
    "settle": "avräkning",
    "yearly": "årlig",
    "quarterly": "kvartalsvis",
    "monthly": "månadsvis",
    "rounding": "avrundning",
    "line": "rad",
    "clause": "post",
    "total": "totalt",
    "half_away": "halva_från_noll",
    "half_even": "halva_jämnt",
    "up": "uppåt",
    "down": "nedåt",
    "prorate": "fördelning",
    "days": "dagar",
    "month_end": "månadsslut",
    "last": "sista",
    "following": "följande",
    "was": "förut",
    "file": "fil",
    # declarations
    "key": "nyckel",
    "first": "först",
    "share": "andel",
    "dated": "daterat",
    "counts": "räknar",
    "text": "text",
    "date": "datum",
    "yes_no": "ja_nej",
    "number": "tal",
    "indicator": "indikator",
    "fulfilled": "uppfyllda",
    "population": "population",
    # what is said of a clause or a figure beside its value
    "component": "komponent",
    "structure": "struktur",
    "process": "process",
    "outcome": "utfall",
    "certainty": "uppgift",
    "printed": "tryckt",
    "derived": "härledd",
    "public": "offentlig",
    "illustrative": "påhittad",
    "disputed": "omtvistad",
    # names with a meaning in expressions
    "base": "bas",
    "previous": "föregående",
    "providers": "vårdgivarna",
    "month": "månad",
    "yes": "ja",
    "no": "nej",
    "start": "början",
    "end": "slut",
    # builtins
    "clamp": "begränsa",
    "tariff": "trappa",
    "lesser": "minsta_av",
    "greater": "största_av",
    "floor": "hela",
    "ceiling": "påbörjade",
    "absolute": "belopp_av",
    "months": "månader_i",
    "age": "ålder",
    "year_of": "årtal",
    "month_of": "månad_i",
}
"""Names with a meaning of the language's own, English → Swedish; not reserved as grammar, but not free either."""

UNITS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "%": (("%",), ("%",)),
    "kr": (("kr", "sek"), ("kr", "krona", "kronor")),
    "öre": (("öre",), ("öre",)),
    "tkr": (("tkr",), ("tkr",)),
    "mkr": (("mkr",), ("mkr", "mnkr", "Mkr")),
    "eur": (("eur",), ("eur", "euro")),
    "month": (("month", "months"), ("månad", "månader")),
    "quarter": (("quarter", "quarters"), ("kvartal",)),
    "year": (("year", "years"), ("år",)),
    "day": (("day", "days"), ("dag", "dagar", "dygn")),
    "week": (("week", "weeks"), ("vecka", "veckor")),
    "hour": (("hour", "hours"), ("timme", "timmar")),
    "minute": (("minute", "minutes"), ("minut", "minuter")),
    "point": (("point", "points"), ("poäng",)),
    "person": (("person", "persons"), ("person", "personer")),
    "visit": (("visit", "visits"), ("besök",)),
    "episode": (("episode", "episodes"), ("episod", "episoder")),
    "contact": (("contact", "contacts"), ("kontakt", "kontakter")),
}
"""Core unit → its spellings in English and in Swedish, singular first."""

LANGUAGES = ("en", "sv")

TERMINAL: dict[str, str] = {word: terminal for terminal, pair in KEYWORDS.items() for word in pair}
"""Reserved word or phrase → terminal of the grammar."""

ENGLISH_NAME: dict[str, str] = {**{sv: en for en, sv in NAMES.items()}, **{en: en for en in NAMES}}
"""Core name in either language → its English name."""

ENGLISH_UNIT: dict[str, str] = {
    spelling: unit for unit, pair in UNITS.items() for spellings in pair for spelling in spellings
}
"""Spelling of a core unit in either language → its name."""
