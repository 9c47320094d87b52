-- The same sums over rows, tuned: visits are counted by what their price depends on, before any list is joined.

CREATE VIEW prices AS FROM read_csv('{terms}/prices.csv', delim = ';', header = true, columns = {{
    'item': 'VARCHAR', 'profession': 'VARCHAR', 'from': 'DATE', 'to': 'DATE', 'price': 'DECIMAL(10, 2)'}});
CREATE VIEW weights AS FROM read_csv('{terms}/drg.csv', delim = ';', header = true, columns = {{
    'drg': 'VARCHAR', 'weight': 'DECIMAL(8, 3)', 'limit': 'DECIMAL(12, 2)'}});

CREATE TABLE visits AS
WITH counted AS (
    -- The price list is raised once a year: two stretches of days stand for 365 days.
    SELECT provider, item, profession, performed >= DATE '2023-05-01' AS raised, sum(quantity) AS quantity
    FROM '{data}/activity.parquet'
    WHERE performed BETWEEN DATE '2023-01-01' AND DATE '2023-12-31'
    GROUP BY ALL
)
SELECT c.provider, sum(c.quantity * p.price) AS kr
FROM counted c
JOIN prices p ON p.item = c.item AND p.profession = c.profession AND c.raised = (p."from" >= DATE '2023-05-01')
GROUP BY c.provider;

-- A limit is held against each cost, so there is nothing to count first: 800 rows are joined to all.
CREATE TABLE stays AS
SELECT s.provider, sum(w.weight) AS points, sum(s.cost - w."limit") FILTER (WHERE s.cost > w."limit") AS outliers
FROM '{data}/admission.parquet' s
JOIN weights w ON w.drg = s.drg
WHERE s.discharged BETWEEN DATE '2023-01-01' AND DATE '2023-12-31'
GROUP BY s.provider;
