-- ¿Qué lugar ha crecido más en el período sin que estemos allí? Menciones en la segunda mitad y en la primera.
-- Which venue has grown most in the period without us being there? Mentions in its second half and in its first.
SELECT network, venue,
       count(*) FILTER (WHERE published < :middle) AS earlier,
       count(*) FILTER (WHERE published >= :middle) AS now,
       count(*) FILTER (WHERE published >= :middle) - count(*) FILTER (WHERE published < :middle) AS growth
FROM read_mentions
WHERE institution = :institution AND published >= :since AND published < :until
GROUP BY network, venue
HAVING count(*) FILTER (WHERE place != 'off_page') = 0
ORDER BY growth DESC, network, venue
LIMIT 10;
