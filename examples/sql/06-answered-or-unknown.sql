-- Por red, ¿cuántas preguntas y quejas tienen respuesta, cuántas esperan y de cuántas no se sabe?
-- By network, how many questions and complaints are answered, how many wait, and of how many is it not known?
SELECT network, count(*) AS total,
       count(*) FILTER (WHERE state = 'answered') AS with_answer,
       count(*) FILTER (WHERE state = 'waiting') AS waiting,
       count(*) FILTER (WHERE state = 'unknown') AS unknown
FROM read_attention
WHERE institution = :institution AND asked >= :since AND asked < :until
GROUP BY network
ORDER BY total DESC, network;
