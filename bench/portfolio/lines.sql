-- A payment line per contact and clause, and one for each amount that is worked out as a whole.

COPY (
    SELECT a.provider, a.id::VARCHAR AS contact, 'price_list["Besök"]' AS clause, '' AS part, a.performed AS day,
           a.quantity::DECIMAL(18, 5) AS quantity, p.price::DECIMAL(18, 2) AS unit_price,
           (a.quantity * p.price)::DECIMAL(18, 2) AS amount
    FROM '{data}/activity.parquet' a
    JOIN prices p ON p.item = a.item AND p.profession = a.profession AND a.performed BETWEEN p."from" AND p."to"
    WHERE a.performed BETWEEN DATE '2023-01-01' AND DATE '2023-12-31'
    UNION ALL
    SELECT s.provider, s.id::VARCHAR, 'drg["Sluten vård"]', 'outlier', s.discharged, NULL, NULL, (s.cost - w."limit")::DECIMAL(18, 2)
    FROM '{data}/admission.parquet' s
    JOIN weights w ON w.drg = s.drg
    WHERE s.discharged BETWEEN DATE '2023-01-01' AND DATE '2023-12-31' AND s.cost > w."limit"
    UNION ALL
    SELECT provider, '', 'drg["Sluten vård"]', 'production', NULL, production, price, drg - outliers FROM paid
    UNION ALL
    SELECT provider, '', clause, '', NULL, NULL, NULL, (ore::DECIMAL(18, 0) * 0.01)::DECIMAL(18, 2)
    FROM settlement WHERE place > 2 AND place < 999
) TO '{lines}' (FORMAT parquet);
