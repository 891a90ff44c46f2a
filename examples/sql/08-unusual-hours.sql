-- ¿En cuántas horas se dijo más de lo normal, de cada servicio? Las horas que no se oyeron (heard = 0) no cuentan.
-- In how many hours was more said than is normal, of each service? Hours that were not heard (heard = 0) do not count.
SELECT service, count(*) AS known, count(*) FILTER (WHERE voices > high) AS unusual, max(voices) AS most
FROM read_hours
WHERE institution = :institution AND at >= :since AND at < :until
  AND service IS NOT NULL AND district IS NULL AND heard > 0
GROUP BY service
HAVING count(*) FILTER (WHERE voices > high) > 0
ORDER BY unusual DESC, service;
