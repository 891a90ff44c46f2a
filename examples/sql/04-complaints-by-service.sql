-- ¿De qué servicios se queja más la gente que en la primera mitad del período?
-- About which services do people complain more than in the first half of the period?
SELECT m.service,
       count(*) FILTER (WHERE m.published < :middle) AS earlier,
       count(*) FILTER (WHERE m.published >= :middle) AS now,
       count(*) FILTER (WHERE m.published >= :middle) - count(*) FILTER (WHERE m.published < :middle) AS more
FROM read_mentions m JOIN read_tags t ON t.mention = m.id
WHERE m.institution = :institution AND m.published >= :since AND m.published < :until
  AND m.place != 'own' AND t.tag = 'complaint'
GROUP BY m.service
ORDER BY more DESC, m.service;
