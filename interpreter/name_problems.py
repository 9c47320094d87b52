"""What can be wrong with the names in a contract: AV101 to AV199."""

from __future__ import annotations

from dsl.diagnostics import Problem

UNKNOWN_FORM = Problem(
    "AV101",
    "there is no reimbursement form called `{name}`",
    "det finns ingen ersättningsform som heter `{name}`",
    "{do_en}",
    "{do_sv}",
)
UNKNOWN_KEYWORD = Problem(
    "AV102",
    "{form} has no keyword `{name}`",
    "{form} har inget nyckelord `{name}`",
    "its keywords are {known}",
    "dess nyckelord är {known}",
)
UNKNOWN_NAME = Problem(
    "AV103",
    "nothing is called `{name}` here",
    "inget heter `{name}` här",
    "define it with `let`, or check the spelling",
    "definiera det med `låt`, eller kontrollera stavningen",
)
AMBIGUOUS_NAME = Problem(
    "AV104",
    "`{name}` can mean {meanings}",
    "`{name}` kan betyda {meanings}",
    "{do_en}",
    "{do_sv}",
)
TWO_WITH_ONE_NAME = Problem(
    "AV105",
    "two things are called `{name}`",
    "två saker heter `{name}`",
    "give one of them another name or label",
    "ge den ena ett annat namn eller en annan etikett",
)
UNKNOWN_MODULE = Problem(
    "AV106",
    "there is no library module called `{name}`",
    "det finns ingen biblioteksmodul som heter `{name}`",
    "a module is one of the library's, or the file `{name}.avtal` beside the contract",
    "en modul är en av bibliotekets, eller filen `{name}.avtal` bredvid avtalet",
)
UNKNOWN_UNIT = Problem(
    "AV107",
    "there is no unit called `{name}`",
    "det finns ingen enhet som heter `{name}`",
    "declare it with `unit {name}`, or check the spelling",
    "deklarera den med `enhet {name}`, eller kontrollera stavningen",
)
UNKNOWN_FACT = Problem(
    "AV108",
    "there is no fact called `{name}`",
    "det finns inget underlag som heter `{name}`",
    "declare it with `fact`, or check the spelling",
    "deklarera det med `underlag`, eller kontrollera stavningen",
)
UNKNOWN_COLUMN = Problem(
    "AV109",
    "{of} has no column `{name}`",
    "{of} har ingen kolumn `{name}`",
    "its columns are {known}",
    "dess kolumner är {known}",
)
NOT_NEEDED = Problem(
    "AV110",
    "the form does not say that it needs {of}: {name}",
    "formen säger inte att den behöver {of}: {name}",
    "add it to the line `needs {of}: …`",
    "lägg till det på raden `behöver {of}: …`",
)
UNKNOWN_CLAUSE = Problem(
    "AV111",
    "no clause is called `{name}`",
    "ingen post heter `{name}`",
    'clauses are named by form and label, as in `block["Jour"]`',
    'poster nämns med form och etikett, som i `anslag["Jour"]`',
)
UNKNOWN_BUILTIN = Problem(
    "AV112",
    "there is no function called `{name}`",
    "det finns ingen funktion som heter `{name}`",
    "the functions are {known}",
    "funktionerna är {known}",
)
UNKNOWN_INDICATOR = Problem(
    "AV113",
    "no indicator {name} is defined",
    "ingen indikator {name} är definierad",
    "the contract's indicators are {known}",
    "avtalets indikatorer är {known}",
)
UNIT_AS_NAME = Problem(
    "AV114",
    "`{name}` is a unit and can't be the name of anything else",
    "`{name}` är en enhet och kan inte vara namn på något annat",
    "choose another name; a line such as `5 {name}` could mean two things",
    "välj ett annat namn; en rad som `5 {name}` kunde betyda två saker",
)
UNKNOWN_TERM = Problem(
    "AV115",
    "`{name}` is not a term of {of}",
    "`{name}` är inget villkor i {of}",
    "its terms are {known}",
    "villkoren är {known}",
)
MISPLACED = Problem(
    "AV116",
    "`{name}` can't stand in {of}",
    "`{name}` kan inte stå i {of}",
    "move it to where it belongs; {known} may stand here",
    "flytta det dit det hör; här kan {known} stå",
)
USED_BEFORE = Problem(
    "AV117",
    "`{name}` is used before the line that defines it",
    "`{name}` används före den rad som definierar det",
    "move the definition above its first use",
    "flytta definitionen ovanför första användningen",
)
TERM_SHAPE = Problem(
    "AV118",
    "`{name}` is not written so",
    "`{name}` skrivs inte så",
    "write it as in `{example}`",
    "skriv det som i `{example}`",
)
LEADS_BACK = Problem(
    "AV119",
    "`{name}` leads back to itself",
    "`{name}` leder tillbaka till sig själv",
    "take the use out, or put what both need into a third one",
    "ta bort användningen, eller lägg det som båda behöver i en tredje",
)
BY_ITS_ALIAS = Problem(
    "AV120",
    "`{name}` is a column of `{alias}`, which is reached by that name only",
    "`{name}` är en kolumn i `{alias}`, som bara nås med det namnet",
    "write `{alias}.{name}`, or the name of what you meant from outside",
    "skriv `{alias}.{name}`, eller namnet på det utifrån som avsågs",
)
