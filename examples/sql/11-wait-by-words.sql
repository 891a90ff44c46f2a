-- ¿Cuánto espera, en mediana, una pregunta en la que se dice una palabra (:word, «padron»), según el día de la semana?
-- What is the median wait of a question in which a word (:word, "padron") is said, by weekday?
-- Las palabras están en las menciones y la espera en otra tabla: en ES|QL hacen falta dos consultas (python/11…).
-- Words are in the mentions, waits in another table: with Elasticsearch it takes two questions (python/11…).
-- mention_text es el índice de palabras del archivo: sin mayúsculas ni tildes.
-- mention_text is the file's index of words: without capitals and accents.
WITH waits AS (
    SELECT (strftime('%w', a.asked) + 6) % 7 + 1 AS weekday, a.wait
    FROM read_attention a JOIN read_mentions m ON m.id = a.mention
    WHERE a.institution = :institution AND a.asked >= :since AND a.asked < :until
      AND a.wait IS NOT NULL AND '|' || a.kinds || '|' LIKE '%|question|%'
      AND m.number IN (SELECT rowid FROM mention_text WHERE mention_text MATCH :word)
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
