-- ¿De qué se queja cada barrio? Los pares más nombrados; donde nadie nombra un barrio, no se sabe.
-- What does each district complain about? The most named pairs; where nobody names a district, it is not known.
SELECT m.district, m.service, count(*) AS complaints
FROM read_mentions m JOIN read_tags t ON t.mention = m.id
WHERE m.institution = :institution AND m.published >= :since AND m.published < :until
  AND m.district IS NOT NULL AND m.place != 'own' AND t.tag = 'complaint'
GROUP BY m.district, m.service
ORDER BY complaints DESC, m.district, m.service
LIMIT 20;
