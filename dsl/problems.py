"""What can be wrong with a text before its meaning is asked for: AV001 to AV099."""

from __future__ import annotations

from dsl.diagnostics import Problem, Severity

UNREADABLE = Problem(
    "AV001",
    "`{found}` was not expected here",
    "`{found}` väntades inte här",
    "expected {expected_en}",
    "här väntades {expected_sv}",
)
UNFINISHED = Problem(
    "AV002",
    "the line ends too early",
    "raden slutar för tidigt",
    "expected {expected_en}",
    "här väntades {expected_sv}",
)
BAD_CHARACTER = Problem(
    "AV003",
    "the character {character} has no meaning here",
    "tecknet {character} har ingen betydelse här",
    "remove it, or put the text in straight quotes",
    'ta bort det, eller sätt texten inom raka citattecken "…"',
)
HIDDEN_CHARACTER = Problem(
    "AV004",
    "the text holds {character}, which a reader can't see or tell apart",
    "texten innehåller {character}, som en läsare inte kan se eller skilja från ett annat",
    "write it anew with ordinary letters, digits and blanks",
    "skriv om det med vanliga bokstäver, siffror och blanksteg",
)
TAB = Problem(
    "AV005",
    "a tab stands in the line",
    "raden innehåller en tabb",
    "indent with two blanks a level",
    "dra in med två blanksteg per nivå",
)
INDENTATION = Problem(
    "AV006",
    "the line is indented by {found} blanks, which fits no line above it",
    "raden är indragen {found} blanksteg, vilket inte passar någon rad ovanför",
    "indent by two blanks a level: {expected}",
    "dra in två blanksteg per nivå: {expected}",
)
UNCLOSED = Problem(
    "AV007",
    "the parenthesis `{found}` is never closed",
    "parentesen `{found}` stängs aldrig",
    "close it on the same line, or on one of the next that are indented deeper",
    "stäng den på samma rad, eller på någon av de följande som är djupare indragna",
)
UNCLOSED_TEXT = Problem(
    "AV008",
    "the text is not closed on its line",
    "texten avslutas inte på sin rad",
    'end it with `"`',
    'avsluta den med `"`',
)
TOO_LARGE = Problem(
    "AV009",
    "the file holds {found} bytes; {limit} is the limit",
    "filen har {found} byte; gränsen är {limit}",
    "split it, or keep long tables as CSV files beside it",
    "dela den, eller lägg långa tabeller som CSV-filer bredvid",
)
TOO_MANY = Problem(
    "AV010",
    "the file holds more than {limit} words and signs",
    "filen har fler än {limit} ord och tecken",
    "split it, or keep long tables as CSV files beside it",
    "dela den, eller lägg långa tabeller som CSV-filer bredvid",
)
TOO_DEEP = Problem(
    "AV011",
    "parentheses, expressions or blocks are nested deeper than {limit} levels",
    "parenteser, uttryck eller block är nästlade djupare än {limit} nivåer",
    "name the inner parts with `let`",
    "namnge de inre delarna med `låt`",
)
NUMBER_TOO_LONG = Problem(
    "AV012",
    "the number {found} has more than 18 digits, or more than 6 decimals",
    "talet {found} har fler än 18 siffror, eller fler än 6 decimaler",
    "use a larger unit, such as `mkr`",
    "använd en större enhet, till exempel `mkr`",
)
NO_SUCH_DATE = Problem(
    "AV013",
    "the date {found} does not exist",
    "datumet {found} finns inte",
    "{do_en}",
    "{do_sv}",
)
TIGHT_DIVISION = Problem(
    "AV014",
    "`/` without blanks around it is part of a unit, not a division",
    "`/` utan blanksteg omkring hör till en enhet och är ingen division",
    "write ` / ` to divide, and `kr/point` for a unit",
    "skriv ` / ` för att dividera, och `kr/poäng` för en enhet",
)
COMMENT_INSIDE = Problem(
    "AV015",
    "a comment stands inside an open parenthesis",
    "en kommentar står inne i en öppen parentes",
    "put the comment on a line above",
    "lägg kommentaren på en rad ovanför",
)
BLOCK_NOT_ALLOWED = Problem(
    "AV016",
    "nothing may be indented below `{head}`",
    "inget får stå indraget under `{head}`",
    "move the line out to the margin of the line above",
    "flytta ut raden till samma indrag som raden ovanför",
)
TABLE_ROW_OPEN = Problem(
    "AV018",
    "the table row does not end with `|`",
    "tabellraden slutar inte med `|`",
    "end every row with `|`",
    "avsluta varje rad med `|`",
)
RESERVED = Problem(
    "AV019",
    "`{found}` is a word of the language and can't be used as a name",
    "`{found}` är ett ord i språket och kan inte användas som namn",
    "choose another name",
    "välj ett annat namn",
)
THREE_DECIMALS = Problem(
    "AV020",
    "{found} is read with three decimals, as {read_en}",
    "{found} läses med tre decimaler, som {read_sv}",
    "write {grouped} if thousands are meant; a comma or a point always starts the decimals",
    "skriv {grouped} om tusental avses; ett komma eller en punkt inleder alltid decimalerna",
    Severity.WARNING,
)
UNQUOTED_CODE = Problem(
    "AV021",
    "`{found}` is neither a number nor a name",
    "`{found}` är varken ett tal eller ett namn",
    'write a code in quotes, as "{found}", and a blank between a number and its unit',
    'skriv en kod inom citattecken, "{found}", och ett blanksteg mellan ett tal och dess enhet',
)
TWO_SPELLS = Problem(
    "AV022",
    "rows can be grouped by one spell only",
    "rader kan bara grupperas efter ett förlopp",
    "keep one of them",
    "behåll ett av dem",
)
CURLY_QUOTE = Problem(
    "AV023",
    "`{found}` does not enclose a text",
    "`{found}` omger ingen text",
    'use straight quotes: "…"',
    'använd raka citattecken: "…"',
)
WRONG_SIGN = Problem(
    "AV024",
    "`{found}` is no sign of the language",
    "`{found}` är inget tecken i språket",
    "write `{right_en}`",
    "skriv `{right_sv}`",
)
UNOPENED = Problem(
    "AV025",
    "`{found}` closes a parenthesis that was never opened",
    "`{found}` stänger en parentes som aldrig har öppnats",
    "remove it, or open the parenthesis before it",
    "ta bort den, eller öppna parentesen före den",
)
COMMA_IN_LIST = Problem(
    "AV026",
    "`({found})` holds one number with a decimal comma, not two members",
    "`({found})` innehåller ett enda tal med decimalkomma, inte två",
    "write ({list}) for two members",
    "skriv ({list}) för två",
)
TWO_STATEMENTS = Problem(
    "AV027",
    "`{found}` begins a statement of its own",
    "`{found}` börjar en egen sats",
    "write it on a line of its own",
    "skriv den på en egen rad",
)
DIGIT_GROUPS = Problem(
    "AV028",
    "the digits of {found} are not grouped as thousands",
    "siffrorna i {found} är inte grupperade som tusental",
    "write groups of three with a blank between them and one decimal comma or point: 38 500,50",
    "skriv grupper om tre med blanksteg emellan och ett decimalkomma eller en decimalpunkt: 38 500,50",
)
UNQUOTED_PATTERN = Problem(
    "AV029",
    "`{found}` is a code pattern without quotes",
    "`{found}` är ett kodmönster utan citattecken",
    'write it in quotes: "{found}"',
    'skriv det inom citattecken: "{found}"',
)
TOO_WRONG = Problem(
    "AV030",
    "the file has more than {limit} problems; the rest of it was not read",
    "filen har fler än {limit} fel; resten av den har inte lästs",
    "check that it is a contract, and mend the problems above first",
    "kontrollera att filen är ett avtal, och rätta först felen ovan",
)
NOT_UTF8 = Problem(
    "AV031",
    "the file is not UTF-8: byte {byte} at position {position}",
    "filen är inte UTF-8: byte {byte} på plats {position}",
    "save it as UTF-8; older programs on Windows save as ANSI (cp1252)",
    "spara den som UTF-8; äldre program i Windows sparar som ANSI (cp1252)",
)
MISSING_LET = Problem(
    "AV032",
    "`{name} =` begins no statement",
    "`{name} =` börjar ingen sats",
    "write `let {name} = …` to name a value, or `{name} …` without `=` for an argument",
    "skriv `låt {name} = …` för att namnge ett värde, eller `{name} …` utan `=` för ett argument",
)
AGGREGATE_INSIDE = Problem(
    "AV033",
    "`{found}` stands inside a larger expression",
    "`{found}` står inne i ett större uttryck",
    "put it in parentheses, as in `5 kr + (sum of …)`: then it is clear where it ends",
    "sätt det inom parentes, som i `5 kr + (summan av …)`: då är det tydligt var det slutar",
)
FOREIGN_DATE = Problem(
    "AV034",
    "`{found}` is not how a date is written",
    "`{found}` är inte så ett datum skrivs",
    "write year-month-day, as in 2012-01-31",
    "skriv år-månad-dag, som i 2012-01-31",
)
NAME_TOO_LONG = Problem(
    "AV036",
    "the name `{found}…` has more than {limit} letters",
    "namnet `{found}…` har fler än {limit} tecken",
    "choose a shorter name",
    "välj ett kortare namn",
)
ARGUMENT_SIGN = Problem(
    "AV035",
    "`{found}` does not belong between a keyword and its value",
    "`{found}` hör inte hemma mellan ett nyckelord och dess värde",
    "write the value right after its keyword: `{name} …`",
    "skriv värdet direkt efter nyckelordet: `{name} …`",
)
TEXT_FIRST = Problem(
    "AV037",
    "the line begins with a text: what it belongs to is missing before it",
    "raden börjar med en text: det som den hör till saknas före den",
    'write the form, or the word, that the text is for: `block "On call" 84 mkr/year`',
    'skriv den form, eller det ord, som texten gäller: `anslag "Jour" 84 mkr/år`',
)
UNKNOWN_START = Problem(
    "AV038",
    "no line begins with `{found}`",
    "ingen rad börjar med `{found}`",
    "check the first word of the line",
    "kontrollera radens första ord",
)
ABBREVIATED = Problem(
    "AV039",
    "`{found}` is written `{right_en}` here",
    "`{found}` skrivs `{right_sv}` här",
    "write the word out: `{right_en} 2012-01-31`",
    "skriv ut ordet: `{right_sv} 2012-01-31`",
)
