"""What can be wrong with units and values: AV201 to AV299."""

from __future__ import annotations

from dsl.diagnostics import Problem

UNITS_DIFFER = Problem(
    "AV201",
    "{left_en} and {right_en} can't be put together with `{op}`",
    "{left_sv} och {right_sv} kan inte sammanföras med `{op}`",
    "both sides must be of one kind; divide or multiply to make them so",
    "båda sidor måste vara av samma slag; dividera eller multiplicera så att de blir det",
)
WRONG_TYPE = Problem(
    "AV202",
    "{what} must be {expected_en}, but this is {found_en}",
    "{what} ska vara {expected_sv}, men detta är {found_sv}",
    "write the value with its unit, as in `{example}`",
    "skriv värdet med dess enhet, som i `{example}`",
)
MISSING_UNIT = Problem(
    "AV203",
    "{what} needs a unit: {expected_en}",
    "{what} behöver en enhet: {expected_sv}",
    "write `{example}`",
    "skriv `{example}`",
)
GROUPED_CODE = Problem(
    "AV204",
    "`{found}` stands where one code belongs",
    "`{found}` står där en kod hör hemma",
    "a code has no blanks or decimals; write each code on a clause of its own",
    "en kod har inga blanksteg eller decimaler; skriv varje kod i en egen post",
)
WRONG_WORD = Problem(
    "AV205",
    "{what} can't be `{found}`",
    "{what} kan inte vara `{found}`",
    "choose one of {known}",
    "välj ett av {known}",
)
WRONG_COUNT = Problem(
    "AV206",
    "`{name}` takes {expected} values, but {found} stand here",
    "`{name}` tar {expected} värden, men här står {found}",
    "write a blank after each comma between values; `3,4` is one number",
    "skriv ett blanksteg efter varje komma mellan värden; `3,4` är ett enda tal",
)
NOT_A_TABLE = Problem(
    "AV207",
    "`{name}` can't be looked up with [ ]",
    "`{name}` går inte att slå upp i med [ ]",
    "tables, indices, facts with a key, and clauses can",
    "tabeller, indexserier, underlag med nyckel och poster går att slå upp i",
)
NOT_A_TARIFF = Problem(
    "AV215",
    "`{name}` has no brackets: `tariff` takes a table of one lower bound and one rate",
    "`{name}` har inga steg: `trappa` tar en tabell med en undre gräns och ett pris",
    "write it as `table ladder : above kr -> rate %`, its first bound 0",
    "skriv den som `tabell stege : över kr -> andel %`, med första gränsen 0",
)
NO_OTHERWISE = Problem(
    "AV208",
    "a choice of values needs an `otherwise`",
    "ett val mellan värden behöver ett `annars`",
    "add a last line `otherwise …`",
    "lägg till en sista rad `annars …`",
)
NO_VALUE = Problem(
    "AV209",
    "`{name}` has no value",
    "`{name}` har inget värde",
    "write the value on the line, or cases below it",
    "skriv värdet på raden, eller fall under den",
)
OUTSIDE_RANGE = Problem(
    "AV210",
    "{what} is {found}, {range_en}",
    "{what} är {found}, {range_sv}",
    "check the figure and its unit",
    "kontrollera talet och dess enhet",
)
MONEY_EXPECTED = Problem(
    "AV211",
    "a clause pays kr, but this is {found_en}",
    "en post betalar kr, men detta är {found_sv}",
    "multiply the volume by its price, or use `gives` for what is not money",
    "multiplicera volymen med priset, eller använd `ger` för det som inte är pengar",
)
NOT_HERE = Problem(
    "AV212",
    "`{name}` has no meaning here",
    "`{name}` har ingen betydelse här",
)
SET_OUTSIDE_IN = Problem(
    "AV213",
    "several values in a parenthesis can only stand after `in`",
    "flera värden i en parentes kan bara stå efter `i`",
)
UNIT_IN_WORDS = Problem(
    "AV337",
    "the unit `{found}` is written `{right}` here",
    "enheten `{found}` skrivs `{right}` här",
    "write `{right}` right after the number",
    "skriv `{right}` direkt efter talet",
)
UNIT_DIVIDED = Problem(
    "AV214",
    "`{name}` is a unit, and a unit stands right after its number",
    "`{name}` är en enhet, och en enhet står direkt efter sitt tal",
    "write `1 {name}` for one of it, and `{name}/…` without blanks inside a unit",
    "skriv `1 {name}` för en sådan, och `{name}/…` utan blanksteg inne i en enhet",
)
