-- view: immediate
-- SELECT b.s, count(*) AS n FROM a LEFT JOIN b ON b.a_id = a.id GROUP BY b.s
INSERT INTO a VALUES (20, 1, 'n9', 3);
UPDATE b SET a_id = 20 WHERE id = 1;
DELETE FROM b WHERE a_id = 20;
