-- The year's sums over rows as an analyst writes them: join the lists, sum by provider, DECIMAL throughout.
-- {data} is the folder with the Parquet files, {terms} the folder with the lists. finish.sql goes on from here.

CREATE VIEW prices AS FROM read_csv('{terms}/prices.csv', delim = ';', header = true, columns = {{
    'item': 'VARCHAR', 'profession': 'VARCHAR', 'from': 'DATE', 'to': 'DATE', 'price': 'DECIMAL(10, 2)'}});
CREATE VIEW weights AS FROM read_csv('{terms}/drg.csv', delim = ';', header = true, columns = {{
    'drg': 'VARCHAR', 'weight': 'DECIMAL(8, 3)', 'limit': 'DECIMAL(12, 2)'}});

CREATE TABLE visits AS
SELECT a.provider, sum(a.quantity * p.price) AS kr
FROM '{data}/activity.parquet' a
JOIN prices p ON p.item = a.item AND p.profession = a.profession AND a.performed BETWEEN p."from" AND p."to"
WHERE a.performed BETWEEN DATE '2023-01-01' AND DATE '2023-12-31'
GROUP BY a.provider;

CREATE TABLE stays AS
SELECT s.provider, sum(w.weight) AS points, sum(greatest(s.cost - w."limit", 0)) AS outliers
FROM '{data}/admission.parquet' s
JOIN weights w ON w.drg = s.drg
WHERE s.discharged BETWEEN DATE '2023-01-01' AND DATE '2023-12-31'
GROUP BY s.provider;
