"""What can stand in the way of settling a contract on data: AV501 and up."""

from __future__ import annotations

from dsl.diagnostics import Problem

DATUM_MISSING = Problem(
    "AV501",
    "{datum_en} is missing",
    "{datum_sv} saknas",
    "{todo_en}, or let the contract say what a missing value means",
    "{todo_sv}, eller låt avtalet säga vad ett saknat värde betyder",
)
UNSETTLED = Problem(
    "AV502",
    "unsettled: {reason_en}",
    "oavgjord: {reason_sv}",
)
SEVERAL_ROWS = Problem(
    "AV503",
    "{count} rows answer to {datum_en}",
    "{count} rader svarar mot {datum_sv}",
    "say `latest …` in the contract, or keep one row in the data",
    "säg `senaste …` i avtalet, eller behåll en rad i underlaget",
)
CHANGES_INSIDE = Problem(
    "AV504",
    "`{name}` changes on {day}, inside the settled period",
    "`{name}` ändras {day}, mitt i den avräknade perioden",
    "{todo_en}",
    "{todo_sv}",
)
APART = {
    "todo_en": "settle the parts each for themselves, or use it row by row",
    "todo_sv": "avräkna delarna var för sig, eller använd värdet rad för rad",
}
"""What to do about a value that changes inside the settled period."""
SAY_THE_TIME = {
    "todo_en": "it is a sum without a time here and a rate there: say what time the sum is for, as in `kr/year`, "
    "also in the type of the model's parameter where it is one",
    "todo_sv": "här är det en summa utan tid och där ett belopp per tid: skriv vilken tid summan avser, som `kr/år`, "
    "också i typen för modellens parameter om det är en sådan",
}
"""The same of a sum without a time that takes turns with a rate."""
NOT_IN_FORCE = Problem(
    "AV505",
    "`{name}` has no value for {day}",
    "`{name}` har inget värde för {day}",
    "the list or price has not begun, or has ended: add a value that holds on that day",
    "listan eller priset har inte börjat eller har upphört: lägg till ett värde som gäller den dagen",
)
PART_OF_MONTH = Problem(
    "AV506",
    "a rate per time can't be taken from {start} to {end}, which are not whole months",
    "ett belopp per tid kan inte tas från {start} till {end}, som inte är hela månader",
    "add `prorate by days` to the contract, or move the change to a month's end",
    "lägg till `fördelning per dagar` i avtalet, eller flytta ändringen till ett månadsskifte",
)
DIVISION_BY_ZERO = Problem(
    "AV507",
    "a division by zero",
    "en division med noll",
    "let the contract say what holds then, with `when`",
    "låt avtalet säga vad som då gäller, med `när`",
)
NO_SUCH_DAY = Problem(
    "AV508",
    "{start} plus {months} months falls on a day that does not exist",
    "{start} plus {months} månader hamnar på en dag som inte finns",
    "add `month_end last` or `month_end following` to the contract",
    "lägg till `månadsslut sista` eller `månadsslut följande` i avtalet",
)
DEPENDS = Problem(
    "AV510",
    "it depends on `{name}`, which could not be settled",
    "den beror på `{name}`, som inte gick att avräkna",
    "mend that clause first",
    "åtgärda den posten först",
)
PROMISE_BROKEN = Problem(
    "AV511",
    "the promise does not hold: {reason}",
    "löftet håller inte: {reason}",
)
NUMBER_TOO_BIG = Problem(
    "AV512",
    "a number grows past {limit} bits",
    "ett tal växer förbi {limit} bitar",
    "check the figures; round inside the sum with `rounded to`",
    "kontrollera talen; avrunda inne i summan med `avrundat till`",
)
NOT_WHOLE = Problem(
    "AV513",
    "{found} is not a whole number of months or days",
    "{found} är inte ett helt antal månader eller dagar",
    "use whole months or days",
    "använd hela månader eller dagar",
)
NO_DATE = Problem(
    "AV514",
    "these rows have no date to be put into months or spells by",
    "de här raderna har inget datum att delas in i månader eller förlopp efter",
    "say which column is the date with `dated …` below the fact",
    "ange vilken kolumn som är datumet med `daterat …` under underlaget",
)
TOO_DEEP = Problem(
    "AV515",
    "the definitions lead through each other more than {limit} levels deep",
    "definitionerna leder genom varandra mer än {limit} nivåer djupt",
    "shorten the chain of `let`",
    "korta kedjan av `låt`",
)
UNOWNED = Problem(
    "AV516",
    "a row of {fact} has no {column} ({place})",
    "en rad i {fact} saknar {column} ({place})",
    "say in the data whose it is",
    "ange i underlaget vems den är",
)
ALMOST_A_PARTY = Problem(
    "AV332",
    "a row of {fact} has the {column} `{found}`, but the contract's party is `{name}` ({place})",
    "en rad i {fact} har {column} `{found}`, men avtalets part är `{name}` ({place})",
    "write the code alike in the contract and the data: upper and lower case differ",
    "skriv koden lika i avtalet och underlaget: stora och små bokstäver skiljer",
)
BELOW_BRACKETS = Problem(
    "AV518",
    "{found} lies below the first bracket of {name}",
    "{found} ligger under första steget i {name}",
    "start the brackets at 0, and let negative amounts have a case of their own",
    "låt stegen börja på 0, och ge negativa belopp ett eget fall",
)
NEGATIVE_WEIGHT = Problem(
    "AV517",
    "the weight of {provider} is negative, and a pool can't be shared by it",
    "vikten för {provider} är negativ, och en pott kan inte delas efter den",
    "let the weight be at least 0, with `greater(…, 0)`",
    "låt vikten vara minst 0, med `största_av(…, 0)`",
)
