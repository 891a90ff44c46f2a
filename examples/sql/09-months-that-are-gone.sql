-- ¿Cuánto se ha dicho cada mes en cada red? También de los meses cuyas publicaciones ya se han borrado.
-- How much was said each month on each network? Also of months whose posts have been deleted.
-- Sin tag: cada mención una vez. Con tag: una vez por etiqueta.
-- Without a tag each mention counts once; with one, once for each tag.
SELECT substr(day, 1, 7) AS month, network, sum(count) AS mentions
FROM read_days
WHERE institution = :institution AND tag IS NULL
GROUP BY month, network
ORDER BY month, network;
