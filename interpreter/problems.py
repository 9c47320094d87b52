"""What can be wrong with the meaning of a contract (AV1xx names, AV2xx units and values, AV3xx clauses and dates) and
with settling it on data (AV5xx)."""

from __future__ import annotations

from dsl.diagnostics import Problem, Severity
from interpreter.settling_problems import (
    BELOW_BRACKETS as BELOW_BRACKETS,
)
from interpreter.settling_problems import (
    CHANGES_INSIDE as CHANGES_INSIDE,
)
from interpreter.settling_problems import (
    DATUM_MISSING as DATUM_MISSING,
)
from interpreter.settling_problems import (
    DEPENDS as DEPENDS,
)
from interpreter.settling_problems import (
    DIVISION_BY_ZERO as DIVISION_BY_ZERO,
)
from interpreter.settling_problems import (
    NEGATIVE_WEIGHT as NEGATIVE_WEIGHT,
)
from interpreter.settling_problems import (
    NO_DATE as NO_DATE,
)
from interpreter.settling_problems import (
    NO_SUCH_DAY as NO_SUCH_DAY,
)
from interpreter.settling_problems import (
    NOT_IN_FORCE as NOT_IN_FORCE,
)
from interpreter.settling_problems import (
    NOT_WHOLE as NOT_WHOLE,
)
from interpreter.settling_problems import (
    NUMBER_TOO_BIG as NUMBER_TOO_BIG,
)
from interpreter.settling_problems import (
    PART_OF_MONTH as PART_OF_MONTH,
)
from interpreter.settling_problems import (
    PROMISE_BROKEN as PROMISE_BROKEN,
)
from interpreter.settling_problems import (
    SEVERAL_ENTRIES as SEVERAL_ENTRIES,
)
from interpreter.settling_problems import (
    SEVERAL_ROWS as SEVERAL_ROWS,
)
from interpreter.settling_problems import (
    TOO_DEEP as TOO_DEEP,
)
from interpreter.settling_problems import (
    UNOWNED as UNOWNED,
)
from interpreter.settling_problems import (
    UNSETTLED as UNSETTLED,
)

# --- names

UNKNOWN_FORM = Problem(
    "AV101",
    "there is no reimbursement form called `{name}`",
    "det finns ingen ersättningsform som heter `{name}`",
    "add `use` with the library module that has it, or define the form in the file",
    "lägg till `använd` med den biblioteksmodul som har den, eller definiera formen i filen",
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
    "say which with a prefix, as in `{example}`, or rename one of them",
    "säg vilket med ett prefix, som i `{example}`, eller byt namn på ett av dem",
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
    "the modules are {known}",
    "modulerna är {known}",
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

# --- units and values

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
    "{what} is {found}, outside {low} to {high}",
    "{what} är {found}, utanför {low} till {high}",
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
UNIT_DIVIDED = Problem(
    "AV214",
    "`{name}` is a unit, and a unit stands right after its number",
    "`{name}` är en enhet, och en enhet står direkt efter sitt tal",
    "write `1 {name}` for one of it, and `{name}/…` without blanks inside a unit",
    "skriv `1 {name}` för en sådan, och `{name}/…` utan blanksteg inne i en enhet",
)

# --- clauses

ARGUMENT_MISSING = Problem(
    "AV301",
    "{form} needs `{name}`: {expected_en}",
    "{form} behöver `{name}`: {expected_sv}",
    "add it to the clause, as in `{name} {example}`",
    "lägg till det i posten, som i `{name} {example}`",
)
ARGUMENT_TWICE = Problem(
    "AV302",
    "`{name}` is given twice",
    "`{name}` anges två gånger",
    "keep one of them, or date them with `from`",
    "behåll det ena, eller datera dem med `från`",
)
NOT_POSITIONAL = Problem(
    "AV303",
    "{form} does not know what `{found}` is",
    "{form} vet inte vad `{found}` är",
    "put its keyword before it: {known}",
    "sätt nyckelordet före: {known}",
)
REQUIREMENT = Problem(
    "AV304",
    "{form}: {reason_en}",
    "{form}: {reason_sv}",
    "change one of the values that this is about",
    "ändra ett av de värden som det gäller",
)
TWO_CLAUSES = Problem(
    "AV305",
    "two clauses are called `{name}`",
    "två poster heter `{name}`",
    "give each its own label, or end the first before the second starts",
    "ge var och en sin egen etikett, eller avsluta den första innan den andra börjar",
)
CYCLE = Problem(
    "AV306",
    "the clauses depend on each other in a circle: {path}",
    "posterna beror på varandra i en cirkel: {path}",
    "say `outside base` in the form that takes a share, or name a subtotal that leaves it out",
    "säg `utanför bas` i den form som tar en andel, eller namnge en delsumma som utelämnar den",
)
DATES_OVERLAP = Problem(
    "AV307",
    "two values of `{name}` hold on {day}",
    "två värden för `{name}` gäller {day}",
    "end the first the day before the second starts",
    "avsluta det första dagen innan det andra börjar",
)
TABLE_OVERLAP = Problem(
    "AV308",
    "two rows of {name} fit {key}",
    "två rader i {name} passar {key}",
    "remove one, narrow its codes or band, or give each the days it holds",
    "ta bort den ena, begränsa dess koder eller intervall, eller ge var och en de dagar den gäller",
)
BAND_GAP = Problem(
    "AV309",
    "nothing in {name} covers {gap}",
    "inget i {name} täcker {gap}",
    "add a row for it, or widen the band before or after",
    "lägg till en rad för det, eller vidga intervallet före eller efter",
)
WEIGHTS_ABOVE = Problem(
    "AV310",
    "the weights below {name} sum to {found}, more than 100 %",
    "vikterna under {name} blir tillsammans {found}, mer än 100 %",
    "lower them until they are at most 100 %",
    "sänk dem tills de är högst 100 %",
)
WEIGHTS_BELOW = Problem(
    "AV311",
    "the weights below {name} sum to {found}; the rest can't be earned",
    "vikterna under {name} blir tillsammans {found}; resten kan inte intjänas",
    "raise them to 100 %, or leave it when the rest is meant to stay with the buyer",
    "höj dem till 100 %, eller låt det stå om resten ska stanna hos beställaren",
    Severity.WARNING,
)
TABLE_COLUMNS = Problem(
    "AV312",
    "the table has the columns {found}, but {expected} are expected",
    "tabellen har kolumnerna {found}, men {expected} väntades",
    "name the columns in the first row as in the table's own line",
    "namnge kolumnerna i första raden som på tabellens egen rad",
)
TABLE_CELL = Problem(
    "AV313",
    "`{found}` is not {expected_en}",
    "`{found}` är inte {expected_sv}",
    "write the cell as its column's type asks",
    "skriv cellen som kolumnens typ kräver",
)
TABLE_SIGNATURE = Problem(
    "AV314",
    "{form} wants a table {expected}, but {name} is {found}",
    "{form} vill ha en tabell {expected}, men {name} är {found}",
    "rename the table's columns, or add the one that lacks",
    "byt namn på tabellens kolumner, eller lägg till den som saknas",
)
PERIOD_REVERSED = Problem(
    "AV315",
    "the end {end} lies before the start {start}",
    "slutet {end} ligger före början {start}",
    "change one of the dates",
    "ändra ett av datumen",
)
TERM_MISSING = Problem(
    "AV316",
    "the contract does not say its {name}",
    "avtalet anger inte {name}",
    "add the line `{example}` below `contract`",
    "lägg till raden `{example}` under `avtal`",
)
NO_CONTRACT = Problem(
    "AV317",
    "the file holds no contract",
    "filen innehåller inget avtal",
    'start it with `contract "name"`',
    'börja den med `avtal "namn"`',
)
NEVER = Problem(
    "AV318",
    "this case can never hold: an earlier one always does",
    "det här fallet kan aldrig gälla: ett tidigare gör alltid det",
    "remove it or move it up",
    "ta bort det eller flytta upp det",
)
CAUSE_OUTSIDE = Problem(
    "AV319",
    "the value is dated {day}, outside the contract's period",
    "värdet är daterat {day}, utanför avtalsperioden",
    "check the date",
    "kontrollera datumet",
    Severity.WARNING,
)
FILE_UNREADABLE = Problem(
    "AV320",
    "the file {name} can't be read: {reason}",
    "filen {name} kan inte läsas: {reason}",
    "put a CSV file of that name beside the contract",
    "lägg en CSV-fil med det namnet bredvid avtalet",
)
TWO_CONTRACTS = Problem(
    "AV321",
    "a second contract starts here",
    "här börjar ett andra avtal",
    "keep one contract a file",
    "ha ett avtal per fil",
)
EXAMPLE_SHAPE = Problem(
    "AV322",
    "an example says `name = value`",
    "ett räkneexempel säger `namn = värde`",
    "write it as `given base = 100 mkr` or `expect block = 1 mkr`",
    "skriv som `givet bas = 100 mkr` eller `vänta anslag = 1 mkr`",
)
EXAMPLE_FAILS = Problem(
    "AV323",
    "`{name}` came out as {found}, not {expected}",
    "`{name}` blev {found}, inte {expected}",
    "the text and its example disagree: one of them is wrong",
    "texten och räkneexemplet säger olika: ett av dem är fel",
)
TOO_BIG = Problem(
    "AV324",
    "the contract grows to more than {limit} clauses",
    "avtalet växer till fler än {limit} poster",
    "split it",
    "dela upp det",
)
EXAMPLE_UNSETTLED = Problem(
    "AV325",
    "`{name}` could not be worked out: {reason}",
    "`{name}` gick inte att räkna ut: {reason}",
    "give the example what the clause needs",
    "ge exemplet det som posten behöver",
)
