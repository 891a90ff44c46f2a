-- ¿Qué parte de lo que dice la gente está fuera de nuestras páginas, antes y después de la riada (:middle)?
-- What share of what people say is off our own pages, before and after the flood (:middle)?
SELECT CASE WHEN published < :middle THEN 'before' ELSE 'after' END AS "when",
       count(*) AS mentions,
       count(*) FILTER (WHERE place = 'off_page') AS off_page,
       round(1.0 * count(*) FILTER (WHERE place = 'off_page') / count(*), 3) AS share
FROM read_mentions
WHERE institution = :institution AND published >= :since AND published < :until AND place != 'own'
GROUP BY 1
ORDER BY 1 DESC;
