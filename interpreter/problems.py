"""Every problem of meaning by name: those of clauses and dates here (AV301 to AV399), the others from their modules."""

from __future__ import annotations

from dsl.diagnostics import Problem, Severity
from interpreter.change_problems import STILL_HERE as STILL_HERE
from interpreter.name_problems import (
    AMBIGUOUS_NAME as AMBIGUOUS_NAME,
    BY_ITS_ALIAS as BY_ITS_ALIAS,
    LEADS_BACK as LEADS_BACK,
    MISPLACED as MISPLACED,
    NOT_NEEDED as NOT_NEEDED,
    TERM_SHAPE as TERM_SHAPE,
    TWO_WITH_ONE_NAME as TWO_WITH_ONE_NAME,
    UNIT_AS_NAME as UNIT_AS_NAME,
    UNKNOWN_BUILTIN as UNKNOWN_BUILTIN,
    UNKNOWN_CLAUSE as UNKNOWN_CLAUSE,
    UNKNOWN_COLUMN as UNKNOWN_COLUMN,
    UNKNOWN_FACT as UNKNOWN_FACT,
    UNKNOWN_FORM as UNKNOWN_FORM,
    UNKNOWN_INDICATOR as UNKNOWN_INDICATOR,
    UNKNOWN_KEYWORD as UNKNOWN_KEYWORD,
    UNKNOWN_MODULE as UNKNOWN_MODULE,
    UNKNOWN_NAME as UNKNOWN_NAME,
    UNKNOWN_TERM as UNKNOWN_TERM,
    UNKNOWN_UNIT as UNKNOWN_UNIT,
    USED_BEFORE as USED_BEFORE,
)
from interpreter.settling_problems import (
    ALMOST_A_PARTY as ALMOST_A_PARTY,
    APART as APART,
    BELOW_BRACKETS as BELOW_BRACKETS,
    CHANGES_INSIDE as CHANGES_INSIDE,
    DATUM_MISSING as DATUM_MISSING,
    DEPENDS as DEPENDS,
    DIVISION_BY_ZERO as DIVISION_BY_ZERO,
    NEGATIVE_WEIGHT as NEGATIVE_WEIGHT,
    NO_DATE as NO_DATE,
    NO_SUCH_DAY as NO_SUCH_DAY,
    NOT_IN_FORCE as NOT_IN_FORCE,
    NOT_WHOLE as NOT_WHOLE,
    NUMBER_TOO_BIG as NUMBER_TOO_BIG,
    PART_OF_MONTH as PART_OF_MONTH,
    PROMISE_BROKEN as PROMISE_BROKEN,
    SAY_THE_TIME as SAY_THE_TIME,
    SEVERAL_ROWS as SEVERAL_ROWS,
    TOO_DEEP as TOO_DEEP,
    UNOWNED as UNOWNED,
    UNSETTLED as UNSETTLED,
)
from interpreter.value_problems import (
    GROUPED_CODE as GROUPED_CODE,
    MISSING_UNIT as MISSING_UNIT,
    MONEY_EXPECTED as MONEY_EXPECTED,
    NO_OTHERWISE as NO_OTHERWISE,
    NO_VALUE as NO_VALUE,
    NOT_A_TABLE as NOT_A_TABLE,
    NOT_A_TARIFF as NOT_A_TARIFF,
    NOT_HERE as NOT_HERE,
    OUTSIDE_RANGE as OUTSIDE_RANGE,
    SET_OUTSIDE_IN as SET_OUTSIDE_IN,
    UNIT_DIVIDED as UNIT_DIVIDED,
    UNIT_IN_WORDS as UNIT_IN_WORDS,
    UNITS_DIFFER as UNITS_DIFFER,
    WRONG_COUNT as WRONG_COUNT,
    WRONG_TYPE as WRONG_TYPE,
    WRONG_WORD as WRONG_WORD,
)

ARGUMENT_MISSING = Problem(
    "AV301",
    "{form} lacks {lacks_en}",
    "{form} saknar {lacks_sv}",
    "add {it_en} to the clause, as in `{example}`",
    "lägg till {it_sv} i posten, som i `{example}`",
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
    "{do_en}",
    "{do_sv}",
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
    "give each its own label",
    "ge var och en sin egen etikett",
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
    "write the headings of the first row as {expected}, in any order",
    "skriv rubrikerna på första raden som {expected}, i vilken ordning som helst",
)
ROW_LENGTH = Problem(
    "AV335",
    "the row's cells are {found}, but the table's columns are {expected}: {columns}",
    "radens celler är {found}, men tabellens kolumner är {expected}: {columns}",
    "write a cell for each column; leave the cell empty where nothing is to stand",
    "skriv en cell för varje kolumn; lämna cellen tom där inget ska stå",
)
TABLE_CELL = Problem(
    "AV313",
    "{found_en} is not {expected_en}",
    "{found_sv} är inte {expected_sv}",
    "write the cell as in `{example}`",
    "skriv cellen som i `{example}`",
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
    "`{name}` could not be worked out: {reason_en}",
    "`{name}` gick inte att räkna ut: {reason_sv}",
    "give the example what the clause needs",
    "ge exemplet det som posten behöver",
)
EXAMPLE_SETTLED = Problem(
    "AV326",
    "`{name}` was settled, but the example expects it not to be",
    "`{name}` gick att avräkna, men räkneexemplet väntar sig motsatsen",
    "the text and its example disagree: one of them is wrong",
    "texten och räkneexemplet säger olika: ett av dem är fel",
)
VALUE_GAP = Problem(
    "AV327",
    "no value of `{name}` holds from {start} to {end}",
    "inget värde för `{name}` gäller från {start} till {end}",
    "let the first value last until the day before the second, or leave it when the days are meant to be without",
    "låt det första värdet gälla till dagen före det andra, eller låt det stå om dagarna ska vara utan",
    Severity.WARNING,
)
CLAUSE_NOT_IN_FORCE = Problem(
    "AV331",
    "`{name}` is not in force on {day}, when this would change or end it",
    "`{name}` gäller inte {day}, då den här skulle ändras eller upphöra",
    "check the date; a clause that has ended comes back as a new one with its own label",
    "kontrollera datumet; en post som har upphört återkommer som en ny med egen etikett",
)
EACH_PERIOD = Problem(
    "AV330",
    "`{name}` {found} counts once for every settled period, {count} times in all",
    "`{name}` {found} gäller en gång för varje avräknad period, sammanlagt {count} gånger",
    "say what time the amount is for: {example_en}",
    "skriv vilken tid beloppet avser: {example_sv}",
    Severity.WARNING,
)
BESIDE = Problem(
    "AV334",
    "`{name}` belongs to {form} above, but is not indented below it",
    "`{name}` hör till {form} ovanför, men är inte indraget under det",
    "indent the line two blanks deeper than {form}, and those after it that belong to it too",
    "dra in raden två blanksteg djupare än {form}, liksom de rader efter den som också hör dit",
)
FOR_EACH_PROVIDER = Problem(
    "AV333",
    "{fact} has no column for the provider: {name} counts all rows for each of the contract's {count} providers",
    "{fact} har ingen kolumn för vårdgivaren: {name} räknar alla rader för var och en av avtalets {count} vårdgivare",
    "say whose a row is with `provider …` below the fact, or write `of all providers` where all rows are meant",
    "ange vems en rad är med `vårdgivare …` under underlaget, eller skriv `hos alla vårdgivare` där alla rader menas",
    Severity.WARNING,
)
COMMA_BETWEEN = Problem(
    "AV336",
    "the values of a clause have no comma between them",
    "det står inga kommatecken mellan en posts värden",
    "take the comma away: a blank is enough between a value and the next keyword",
    "ta bort kommatecknet: mellan ett värde och nästa nyckelord räcker ett blanksteg",
)
LABEL_UNQUOTED = Problem(
    "AV338",
    "`{found}` is the clause's label, and a label stands in quotation marks",
    "`{found}` är postens etikett, och en etikett står inom citattecken",
    'write `"{found}"`',
    'skriv `"{found}"`',
)
DATED_ELSEWHERE = Problem(
    "AV339",
    "the date does not stand below what it dates",
    "datumet står inte under det som det daterar",
    "write `{name}` on a line of its own, and `from DATE value` indented below it",
    "skriv `{name}` på en egen rad, och `från DATUM värde` indraget under den",
)
NOT_A_CLAUSE = Problem(
    "AV340",
    "clauses are named here, and this is a calculation",
    "här nämns poster, och det här är en uträkning",
    'list them with commas between, as in `block["Jour"], p4p[113]`',
    'räkna upp dem med komma emellan, som i `anslag["Jour"], målersättning[113]`',
)
NEARLY_ANOTHER = Problem(
    "AV342",
    "`{name}` begins on {day} as a clause of its own, beside `{near}`",
    "`{name}` börjar {day} som en egen post, vid sidan av `{near}`",
    "to change that one, write its label as it stands; where this takes its place, end it with `ends {near}`",
    "ska den ändras, skriv dess etikett som den står; ersätts den av den här, avsluta den med `upphör {near}`",
    Severity.WARNING,
)
TWO_SAY = Problem(
    "AV341",
    "`{first}` and `{second}` both say {what_en}, and only one of them can",
    "`{first}` och `{second}` säger båda {what_sv}, och bara det ena kan göra det",
    "keep one of them",
    "behåll ett av dem",
)
