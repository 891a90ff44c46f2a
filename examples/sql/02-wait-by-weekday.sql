-- ¿Cuánto espera, en mediana, una pregunta sobre trámites (padrón, citas, certificados) según el día de la semana?
-- What is the median wait of a question about paperwork (padrón, appointments, certificates) by weekday?
-- 1 es lunes; el día es el de UTC. Solo cuentan las contestadas; las horas son de reloj.
-- 1 is Monday; the day is that of UTC. Only those that were answered count; hours of the clock.
WITH waits AS (
    SELECT (strftime('%w', asked) + 6) % 7 + 1 AS weekday, wait
    FROM read_attention
    WHERE institution = :institution AND asked >= :since AND asked < :until
      AND service = 'paperwork' AND wait IS NOT NULL AND '|' || kinds || '|' LIKE '%|question|%'
), ranked AS (
    SELECT weekday, wait, row_number() OVER (PARTITION BY weekday ORDER BY wait) AS place,
           count(*) OVER (PARTITION BY weekday) AS answered
    FROM waits
)
SELECT weekday, answered, round(avg(wait) / 3600, 1) AS hours
FROM ranked
WHERE place IN ((answered + 1) / 2, (answered + 2) / 2)
GROUP BY weekday, answered
ORDER BY weekday;
