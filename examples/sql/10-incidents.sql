-- ¿Qué incidentes ha habido, hasta qué nivel llegaron y cuántos minutos duraron? Sin final: siguen abiertos.
-- Which incidents were there, how high did they get, and how many minutes did they last? Without an end: still open.
SELECT id, peak, service, voices, (strftime('%s', ended) - strftime('%s', opened)) / 60 AS minutes
FROM read_incidents
WHERE institution = :institution AND opened >= :since AND opened < :until
ORDER BY opened, id;
