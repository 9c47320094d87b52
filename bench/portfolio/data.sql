-- A year's contacts, made of arithmetic on their numbers alone: the same in every run and version.
-- {contacts} contacts; {terms} is the folder with the lists, {data} where the files go. `slots` holds each provider as
-- many times as its size, so that a number drawn evenly falls on a provider by its size.

CREATE MACRO step(state, shift, factor) AS xor(state, state >> shift) * factor % 2147483647;
CREATE MACRO mix(number, salt) AS
    step(step(step((number % 2147483647 * 48271 + salt * 7919) % 2147483647, 15, 44485709), 13, 69621), 16, 40692);

CREATE TABLE lists AS
    SELECT row_number() OVER () - 1 AS place, drg, "limit" FROM read_csv('{terms}/drg.csv', delim = ';');

COPY (
    SELECT
        {id} AS id,
        provider,
        DATE '2023-01-01' + (mix(i, 2) % 365)::INTEGER AS performed,
        ['BESÖK', 'NYBESÖK', 'ÅTERBESÖK', 'TELEFON', 'VIDEO', 'HEMBESÖK', 'GRUPP', 'TEAM', 'DAGVÅRD', 'PROV', 'BEHANDLING',
         'KONSULT'][1 + mix(i, 3) % 12] AS item,
        ['LÄKARE', 'SJUKSKÖT', 'FYSIO', 'ARBTERAP', 'PSYKOLOG', 'KURATOR', 'DIETIST', 'LOGOPED'][1 + mix(i, 4) % 8] AS profession,
        (CASE WHEN mix(i, 5) % 20 = 0 THEN 1 + mix(i, 6) % 4 ELSE 1 END)::INTEGER AS quantity
    FROM (SELECT range AS i, mix(range, 1) % (SELECT count(*) FROM slots) AS slot FROM range({contacts}) WHERE range % 5 <> 0)
    JOIN slots USING (slot)
) TO '{data}/activity.parquet' (FORMAT parquet);

COPY (
    SELECT
        {id} AS id,
        provider,
        DATE '2023-01-01' + (mix(i, 2) % 365)::INTEGER AS discharged,
        drg,
        -- One in twenty costs more than its group's limit, a few exactly the limit.
        CASE
            WHEN i % 499 = 0 THEN "limit"::DECIMAL(12, 2)
            WHEN mix(i, 7) % 20 = 0 THEN ("limit" * (1001 + mix(i, 8) % 3000) // 10 + mix(i, 9) % 100)::DECIMAL(12, 0) * 0.01
            ELSE ("limit" * (150 + mix(i, 8) % 800) // 10 + mix(i, 9) % 100)::DECIMAL(12, 0) * 0.01
        END::DECIMAL(12, 2) AS cost
    FROM (
        SELECT
            range AS i,
            mix(range, 1) % (SELECT count(*) FROM slots) AS slot,
            800 * (mix(range, 10) % 4096) * (mix(range, 10) % 4096) // 16777216 AS place
        FROM range({contacts}) WHERE range % 5 = 0
    )
    JOIN slots USING (slot)
    JOIN lists USING (place)
) TO '{data}/admission.parquet' (FORMAT parquet);

COPY (
    SELECT
        provider,
        indicator::VARCHAR AS indicator,
        DATE '2023-12-31' AS measured,
        CASE WHEN mix(place * 1000 + indicator, 11) % 50 = 0 THEN NULL
             ELSE (350 + mix(place * 1000 + indicator, 12) % 650)::DECIMAL(6, 0) * 0.1 END::DECIMAL(6, 1) AS value
    FROM (SELECT min(slot) AS place, provider FROM slots GROUP BY provider), (SELECT unnest(range(101, 141)) AS indicator)
    -- One result in a hundred is not reported at all.
    WHERE mix(place * 1000 + indicator, 13) % 100 <> 0
    ORDER BY provider, indicator
) TO '{data}/result.parquet' (FORMAT parquet);
