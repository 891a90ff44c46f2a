-- ¿Qué textos se repiten en más lugares distintos (notas de agencia, cadenas, reposts)?
-- Which texts are repeated in most different venues (agency copies, chain letters, reposts)?
SELECT story, count(DISTINCT venue) AS venues, count(*) AS copies, substr(min(published), 1, 10) AS began
FROM read_mentions
WHERE institution = :institution AND published >= :since AND published < :until
GROUP BY story
HAVING count(DISTINCT venue) > 1
ORDER BY venues DESC, copies DESC, story
LIMIT 10;
