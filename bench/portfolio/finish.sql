-- From the sums over rows to what each provider is paid; by_hand.sql or tuned.sql comes before.

CREATE VIEW terms AS FROM read_csv('{terms}/terms.csv', delim = ';', header = true, columns = {{
    'provider': 'VARCHAR', 'block': 'DECIMAL(14, 2)', 'target': 'DECIMAL(12, 3)', 'price': 'DECIMAL(10, 2)'}});
CREATE VIEW goals AS FROM read_csv('{terms}/goals.csv', delim = ';', header = true, columns = {{
    'provider': 'VARCHAR', 'indicator': 'INTEGER', 'min': 'DECIMAL(6, 1)', 'target': 'DECIMAL(6, 1)'}});

CREATE TABLE care AS
SELECT
    t.provider,
    coalesce(v.kr, 0)::DECIMAL(18, 2) AS visits,
    coalesce(s.outliers, 0)::DECIMAL(18, 2) AS outliers,
    t.price,
    CASE WHEN coalesce(s.points, 0) > t.target THEN t.target + 0.30 * (s.points - t.target)
         ELSE t.target - 0.25 * (t.target - coalesce(s.points, 0)) END::DECIMAL(18, 5) AS production,
    t.block
FROM terms t
LEFT JOIN visits v ON v.provider = t.provider
LEFT JOIN stays s ON s.provider = t.provider;

CREATE TABLE paid AS
SELECT *, round(outliers + price::DECIMAL(14, 2) * production::DECIMAL(18, 5), 2)::DECIMAL(18, 2) AS drg FROM care;

CREATE TABLE held AS
SELECT provider, round(0.02 * (visits + drg + block), 2)::DECIMAL(18, 2) AS kr FROM paid;

-- Goals in öre and tenths of a per cent, so that the quotient is rounded once, from whole numbers.
CREATE TABLE earned AS
WITH placed AS (
    SELECT
        g.provider,
        g.indicator,
        (h.kr * 100)::BIGINT AS whole,
        CASE
            WHEN r.value IS NULL THEN 0
            WHEN g.target IS NULL THEN CASE WHEN r.value > g.min THEN 1 ELSE 0 END
            WHEN g.target > g.min THEN least(greatest(((r.value - g.min) * 10)::BIGINT, 0), ((g.target - g.min) * 10)::BIGINT)
            ELSE least(greatest(((g.min - r.value) * 10)::BIGINT, 0), ((g.min - g.target) * 10)::BIGINT)
        END::BIGINT AS gone,
        CASE WHEN g.target IS NULL THEN 1 ELSE abs((g.target - g.min) * 10)::BIGINT END AS whole_way
    FROM goals g
    JOIN held h ON h.provider = g.provider
    LEFT JOIN '{data}/result.parquet' r ON r.provider = g.provider AND r.indicator = g.indicator::VARCHAR
)
SELECT provider, indicator, (2 * whole * gone + 40 * whole_way) // (80 * whole_way) AS ore FROM placed;

CREATE TABLE settlement AS
WITH clauses AS (
    SELECT provider, 1 AS place, 'price_list["Besök"]' AS clause, (visits * 100)::BIGINT AS ore FROM paid
    UNION ALL SELECT provider, 2, 'drg["Sluten vård"]', (drg * 100)::BIGINT FROM paid
    UNION ALL SELECT provider, 3, 'block["Uppdrag"]', (block * 100)::BIGINT FROM paid
    UNION ALL SELECT provider, 4, 'withheld["Kvalitet"]', -(kr * 100)::BIGINT FROM held
    UNION ALL SELECT provider, indicator, 'withheld["Kvalitet"]/p4p[' || indicator || ']', ore FROM earned
)
FROM clauses
UNION ALL
SELECT provider, 999, 'total', sum(ore)::BIGINT FROM clauses GROUP BY provider;
