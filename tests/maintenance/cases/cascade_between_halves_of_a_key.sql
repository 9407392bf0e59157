-- view: immediate
-- SELECT DISTINCT a.name, c.t FROM a JOIN b ON b.a_id = a.id JOIN c ON c.b_id = b.id
-- view: on_commit
-- SELECT DISTINCT a.name, c.t FROM a JOIN b ON b.a_id = a.id JOIN c ON c.b_id = b.id
DELETE FROM b WHERE id = 5;
DELETE FROM a WHERE id = 2;
