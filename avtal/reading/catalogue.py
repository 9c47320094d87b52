"""The sentences of every data problem, in Swedish and English: the reason and what to do.

Guarantees: a code is never reused for another mistake; `docs/data.md` lists every code.
"""

from __future__ import annotations

Sentences = tuple[str, str]
CATALOGUE: dict[str, tuple[Sentences, Sentences]] = {
    # whole files
    "AVD01": (
        ("Filen finns inte eller kan inte läsas", "Kontrollera sökvägen och behörigheten"),
        ("The file is missing or cannot be read", "Check the path and the permissions"),
    ),
    "AVD02": (
        ("Filtypen `{ending}` kan inte läsas", "Spara som .csv, .xlsx eller .parquet"),
        ("Files of type `{ending}` cannot be read", "Save as .csv, .xlsx or .parquet"),
    ),
    "AVD03": (
        ("Filen är {size}, gränsen är {limit}", "Dela upp filen, eller lämna den som Parquet"),
        ("The file is {size}, the limit is {limit}", "Split the file, or deliver it as Parquet"),
    ),
    "AVD04": (
        (
            "Filnamnet stämmer inte med något underlag i avtalet",
            'Ange underlaget med `fact = "…"` i mapping.toml, eller filen under `ignore`',
        ),
        (
            "The file's name matches no fact of the contract",
            'Name the fact with `fact = "…"` in mapping.toml, or the file under `ignore`',
        ),
    ),
    "AVD05": (
        ("Mappningen är felaktig: {detail}", "Rätta mapping.toml; formen visas i docs/data.md"),
        ("The mapping is wrong: {detail}", "Mend mapping.toml; docs/data.md shows its form"),
    ),
    "AVD06": (
        ("Mappningen nämner filen `{name}`, som inte finns här", "Rätta namnet, eller ta bort avsnittet"),
        ("The mapping names the file `{name}`, which is not here", "Mend the name, or remove the section"),
    ),
    "AVD07": (
        ("Texten är inte giltig {encoding}", "Spara om filen som UTF-8"),
        ("The text is not valid {encoding}", "Save the file again as UTF-8"),
    ),
    "AVD08": (
        ("Filen blandar UTF-8 och en äldre teckenkodning", "Spara om alla delar som UTF-8 innan de läggs ihop"),
        ("The file mixes UTF-8 with an older encoding", "Save every part as UTF-8 before joining them"),
    ),
    "AVD09": (
        ("Filen innehåller nolltecken och är ingen textfil", "Exportera den på nytt som CSV i UTF-8"),
        ("The file holds NUL characters and is no text file", "Export it again as CSV in UTF-8"),
    ),
    "AVD10": (
        (
            "Raden kan inte delas i celler: ett citattecken öppnas eller stängs fel, eller en cell är för lång",
            'Omge cellen med " och dubbla citattecken inuti den',
        ),
        (
            "The row cannot be split into cells: a quote is opened or closed wrongly, or a cell is too long",
            'Put " around the cell and double the quotes inside it',
        ),
    ),
    "AVD11": (
        ("Filen är tom: den saknar rubrikrad", "Lägg till rubrikraden, även när det inte finns några rader"),
        ("The file is empty: it has no heading row", "Add the heading row, even when there are no rows"),
    ),
    "AVD12": (
        (
            "Rubrikerna tycks stå på rad {line}, efter inledande titelrader",
            "Ta bort raderna ovanför rubrikerna, eller skriv `header = {line}` i mapping.toml",
        ),
        (
            "The headings seem to stand on row {line}, below title lines",
            "Remove the lines above the headings, or write `header = {line}` in mapping.toml",
        ),
    ),
    "AVD13": (
        ("Rubriken står två gånger", "Ge varje kolumn en egen rubrik"),
        ("The heading occurs twice", "Give every column a heading of its own"),
    ),
    "AVD14": (
        (
            "Rubriken stämmer inte med någon kolumn i underlaget {fact}",
            "Ange kolumnen under [file.columns] i mapping.toml, eller rubriken under `ignore`",
        ),
        (
            "The heading matches no column of the fact {fact}",
            "Name the column under [file.columns] in mapping.toml, or the heading under `ignore`",
        ),
    ),
    "AVD15": (
        (
            "Två rubriker ger samma kolumn {name}: `{first}` och `{second}`",
            "Lägg den som inte ska läsas under `ignore` i mapping.toml",
        ),
        (
            "Two headings give one column {name}: `{first}` and `{second}`",
            "Put the one that is not to be read under `ignore` in mapping.toml",
        ),
    ),
    "AVD16": (
        (
            "Underlaget {fact} kräver kolumnen {column}, men filen saknar den",
            "Lägg till den, eller säg i mapping.toml vilken rubrik som är den",
        ),
        (
            "The fact {fact} requires the column {column}, which the file lacks",
            "Add it, or say in mapping.toml which heading is the one",
        ),
    ),
    "AVD17": (
        ("Mappningen nämner rubriken `{name}`, som filen saknar", "Rätta rubriken i mapping.toml"),
        ("The mapping names the heading `{name}`, which the file lacks", "Mend the heading in mapping.toml"),
    ),
    "AVD18": (
        ("Raden har {found} celler, rubrikraden har {expected}", "Kontrollera skiljetecken och citattecken på raden"),
        ("The row has {found} cells, the headings are {expected}", "Check separators and quotes on the row"),
    ),
    "AVD19": (
        ("Cellen saknar rubrik", "Ge kolumnen en rubrik, eller töm den"),
        ("The cell has no heading above it", "Give the column a heading, or empty it"),
    ),
    # cells
    "AVD20": (
        ("Värde saknas", "Fyll i cellen; ett saknat värde läses aldrig som noll"),
        ("The value is missing", "Fill in the cell; a missing value is never read as zero"),
    ),
    "AVD21": (
        ("`{value}` är inget tal", "Skriv talet med siffror, till exempel 1 234,50"),
        ("`{value}` is not a number", "Write the number in digits, for example 1 234.50"),
    ),
    "AVD22": (
        (
            "`{value}` kan vara både tusental och decimaler",
            'Skriv utan tusentalstecken, eller ange `decimal = ","` eller `decimal = "."` i mapping.toml',
        ),
        (
            "`{value}` may have either thousands or decimals",
            'Write it without a thousands sign, or give `decimal = ","` or `decimal = "."` in mapping.toml',
        ),
    ),
    "AVD23": (
        (
            "`{value}` har decimaltecknet `{found}`, men {because} visar att decimaltecknet är `{expected}`",
            "Använd samma decimaltecken i hela kolumnen",
        ),
        (
            "`{value}` has the decimal sign `{found}`, but {because} shows the decimal sign to be `{expected}`",
            "Use one decimal sign throughout the column",
        ),
    ),
    "AVD24": (
        ("Enheten `{unit}` går inte att läsa som {expected}", "Lämna värdet i {expected}"),
        ("The unit `{unit}` cannot be read as {expected}", "Deliver the value in {expected}"),
    ),
    "AVD25": (
        ("Talet har för många siffror", "Högst 18 siffror före och 6 efter decimaltecknet; avrunda i källan"),
        (
            "The number has too many digits",
            "At most 18 digits before and 6 after the sign; round at the source",
        ),
    ),
    "AVD26": (
        ("`{value}` ligger utanför det tillåtna, {range}", "Rätta värdet, eller gränsen i avtalets underlag"),
        ("`{value}` is outside what is allowed, {range}", "Mend the value, or the range in the contract's fact"),
    ),
    "AVD27": (
        ("Minustecknet i `{value}` är skrivet på ett sätt som inte läses", "Skriv -12,50: minus först och utan blank"),
        ("The minus in `{value}` is written in a form that is not read", "Write -12.50: the minus first, no blank"),
    ),
    "AVD28": (
        ("`{value}` är inget datum i känd form", "Skriv ÅÅÅÅ-MM-DD, som 2012-01-31; ge löpnummer datumformat i Excel"),
        ("`{value}` is not a date in a known form", "Write YYYY-MM-DD, as 2012-01-31; format serial numbers as dates"),
    ),
    "AVD29": (
        ("Datumet `{value}` finns inte", "Rätta dagen eller månaden"),
        ("The date `{value}` does not exist", "Mend the day or the month"),
    ),
    "AVD30": (
        ("Datumet `{value}` ligger utanför 1900–2100", "Rätta året, eller lämna cellen tom om datum saknas"),
        ("The date `{value}` is outside 1900–2100", "Mend the year, or leave the cell empty if there is no date"),
    ),
    "AVD31": (
        ("`{value}` har ett klockslag, men kolumnen är ett datum", "Lämna bara datumet"),
        ("`{value}` has a time of day, but the column is a date", "Deliver the date alone"),
    ),
    "AVD32": (
        ("`{value}` är varken ja eller nej", "Skriv ja eller nej"),
        ("`{value}` is neither yes nor no", "Write yes or no"),
    ),
    "AVD33": (
        ("`{value}` är inte ett av {choices}", "Rätta värdet, eller översätt det under [file.values] i mapping.toml"),
        ("`{value}` is not one of {choices}", "Mend the value, or translate it under [file.values] in mapping.toml"),
    ),
    "AVD34": (
        ("Cellen innehåller det osynliga tecknet {character}", "Ta bort tecknet"),
        ("The cell holds the invisible character {character}", "Remove the character"),
    ),
    "AVD35": (
        ("Bokstäver i cellen är kodade i två delar (inte NFC)", "Spara texten på nytt med sammansatta tecken"),
        ("Letters in the cell are coded in two parts (not NFC)", "Save the text again with composed characters"),
    ),
    "AVD36": (
        (
            "Cellen är {found}, men kolumnen är {expected}",
            "Formatera kolumnen som {expected} och skriv om värdet",
        ),
        (
            "The cell is {found}, but the column is {expected}",
            "Format the column as {expected} and retype the value",
        ),
    ),
    "AVD37": (
        (
            "`{value}` är ett tal som inte säkert är den kod som skrevs",
            "Formatera cellen som text och skriv om den",
        ),
        (
            "`{value}` is a number that may not be the code that was typed",
            "Format the cell as text and retype it",
        ),
    ),
    "AVD38": (
        ("Nyckeln {keys} förekommer också på {other}", "Ta bort den ena raden, eller rätta nyckeln"),
        ("The key {keys} also occurs at {other}", "Remove one of the rows, or mend the key"),
    ),
    "AVD39": (
        ("Cellen är längre än {limit} tecken", "Korta texten, eller lägg rubriken under `ignore`"),
        ("The cell is longer than {limit} characters", "Shorten the text, or put the heading under `ignore`"),
    ),
    # workbooks and Parquet
    "AVD40": (
        ("Filen går inte att läsa som {kind}", "Öppna den i programmet som gjorde den och spara på nytt"),
        ("The file cannot be read as {kind}", "Open it in the program that made it and save it again"),
    ),
    "AVD41": (
        (
            "Bladet har {count} celler med formler, den första i {cell}",
            "Kopiera bladet och klistra in som värden, så att beloppen ligger fast",
        ),
        (
            "The sheet has {count} formula cells, the first at {cell}",
            "Copy the sheet and paste as values, so that the amounts stand fast",
        ),
    ),
    "AVD42": (
        ("Arbetsboken avvisas: {detail}", "Spara den på nytt i ett kalkylprogram, eller lämna CSV"),
        ("The workbook is refused: {detail}", "Save it again in a spreadsheet program, or deliver CSV"),
    ),
    "AVD43": (
        ("Arbetsboken har flera blad: {sheets}", 'Ange vilket med `sheet = "…"` i mapping.toml'),
        ("The workbook has several sheets: {sheets}", 'Say which with `sheet = "…"` in mapping.toml'),
    ),
    "AVD44": (
        ("Arbetsboken saknar bladet `{name}`; den har {sheets}", "Rätta `sheet` i mapping.toml"),
        ("The workbook has no sheet `{name}`; it has {sheets}", "Mend `sheet` in mapping.toml"),
    ),
    "AVD45": (
        ("Läsningen avbröts: filen kräver mer tid eller minne än tillåtet", "Dela upp filen, eller lämna CSV"),
        ("Reading was stopped: the file asks for more time or memory than allowed", "Split the file, or deliver CSV"),
    ),
    "AVD46": (
        ("Cellen har Excels felvärde", "Rätta formeln i källan och klistra in värdet"),
        ("The cell holds an Excel error value", "Mend the formula at the source and paste the value"),
    ),
    "AVD47": (
        (
            "Kolumnen är flyttal ({type}), som inte bär belopp exakt",
            "Lämna kolumnen som DECIMAL eller text",
        ),
        (
            "The column is floating point ({type}), which does not carry amounts exactly",
            "Deliver the column as DECIMAL or text",
        ),
    ),
    "AVD48": (
        ("Kolumntypen {type} kan inte läsas", "Lämna text, DECIMAL med högst 38 siffror, heltal, datum eller ja/nej"),
        ("Columns of type {type} cannot be read", "Deliver text, DECIMAL up to 38 digits, integer, date or yes/no"),
    ),
    "AVD49": (
        ("Filen ändrades under läsningen", "Kör igen när filen är färdigskriven"),
        ("The file changed while it was read", "Run again when the file is complete"),
    ),
    "AVD50": (
        ("Filnamnet innehåller något av tecknen * ? [ ]", "Byt namn på filen"),
        ("The file name has one of the characters * ? [ ]", "Rename the file"),
    ),
    "AVD51": (
        ("Databasen kan inte läsas ({reason})", "Kontrollera adressen, behörigheten och att tabellen går att läsa"),
        ("The database cannot be read ({reason})", "Check the address, the rights, and that the table can be read"),
    ),
    "AVD52": (
        (
            "Att läsa ur en databas kräver SQLAlchemy",
            "Installera det: pip install 'avtal[sql]', och databasens drivrutin",
        ),
        ("Reading from a database needs SQLAlchemy", "Install it: pip install 'avtal[sql]', and the database's driver"),
    ),
    "AVD53": (
        ("Databasen har ingen tabell eller vy med det namnet", "Rätta namnet, med schema om det behövs: schema.tabell"),
        ("The database has no table or view of that name", "Mend the name, with its schema if need be: schema.table"),
    ),
    "AVD54": (
        (
            "Miljövariabeln {name}, som ska ha databasens adress, saknas",
            "Sätt den, till exempel till postgresql+psycopg://värd/databas",
        ),
        (
            "The environment variable {name}, which is to have the database's address, is not set",
            "Set it, for example to postgresql+psycopg://host/database",
        ),
    ),
    "AVD55": (
        (
            "Tabellen ska ligga på servern som räknar, men ingen server är angiven",
            "Ange den med --engine, eller skriv databasens adress: adress#tabell",
        ),
        (
            "The table is to lie on the server that reckons, but no server is given",
            "Name it with --engine, or write the database's address: address#table",
        ),
    ),
    "AVD56": (
        (
            "Kolumnen av typ {type} har mer än {limit} olika värden i en form som servern inte kan pröva",
            "Gör den till DECIMAL, heltal eller datum i en vy, eller läs tabellen hit: adress#tabell utan --engine",
        ),
        (
            "The column of type {type} has more than {limit} different values in a form that the server can't check",
            "Make it DECIMAL, integer or date in a view, or read the table here: address#table without --engine",
        ),
    ),
    "AVD57": (
        (
            "Underlaget {fact} ges både av en tabell på servern och av filen {name}",
            "Lägg filens rader i tabellen eller i en vy, eller ta bort filen",
        ),
        (
            "The fact {fact} is given both by a table on the server and by the file {name}",
            "Put the file's rows into the table or a view, or leave the file out",
        ),
    ),
    "AVD58": (
        ("{value} ligger utanför avtalets tid, {days}, där inget i det ser", "Rätta dagen, eller ta bort raden"),
        ("{value} lies outside the contract's days, {days}, where nothing in it looks", "Mend or drop the row"),
    ),
    "AVD59": (
        (
            "Databasens fil finns inte",
            "Kontrollera sökvägen i adressen: sqlite:///mapp/fil.db, eller fyra snedstreck när den börjar från roten",
        ),
        (
            "The database's file does not exist",
            "Check the path in the address: sqlite:///folder/file.db, or four slashes when it begins at the root",
        ),
    ),
    "AVD60": (
        ("Filen är UTF-8, men mappningen säger {encoding}", "Ta bort `encoding` för filen i mapping.toml"),
        ("The file is UTF-8, but the mapping says {encoding}", "Take `encoding` of the file out of mapping.toml"),
    ),
    "AVD61": (
        ("Drivrutinen för {kind} saknas", "Installera den: pip install '{package}'"),
        ("The driver of {kind} is missing", "Install it: pip install '{package}'"),
    ),
    "AVD62": (
        (
            "Databaser av slaget {kind} är okända här",
            "Rätta adressens början, som postgresql+psycopg://, eller installera slagets tillägg till SQLAlchemy",
        ),
        (
            "Databases of the kind {kind} are not known here",
            "Mend how the address begins, as postgresql+psycopg://, or install SQLAlchemy's extension for the kind",
        ),
    ),
    "AVD63": (
        (
            "Mappen ligger mer än {limit} mappar ner och läses inte",
            "Flytta upp filerna, eller ange mappen själv med --data",
        ),
        ("The folder lies more than {limit} folders down and is not read", "Move the files up, or name it by --data"),
    ),
    "AVD99": (
        ("Ytterligare {count} fel i filen visas inte", "Rätta de visade och kör igen"),
        ("Another {count} problems in the file are not shown", "Mend those shown and run again"),
    ),
}
"""Code → ((reason, what to do) in Swedish, the same in English). `docs/data.md` lists every code."""
