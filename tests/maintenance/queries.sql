-- project: recompute
SELECT id, g, upper(name) AS name, v * 2 + 1 AS w FROM a WHERE v > 1
-- bag: recompute
SELECT y, t FROM c WHERE y < 2
-- bag_cast: recompute
SELECT y::text AS y, coalesce(t, '-') AS t FROM c
-- inner_join: recompute
SELECT b.id, a.name, b.x FROM a JOIN b ON b.a_id = a.id
-- inner_join_bag: recompute
SELECT a.name, c.y FROM a JOIN b ON b.a_id = a.id JOIN c ON c.b_id = b.id
-- left_join: recompute
SELECT a.id, a.name, b.id AS b_id, b.x FROM a LEFT JOIN b ON b.a_id = a.id AND b.x > 1
-- right_join: recompute
SELECT a.id, b.id AS b_id, b.s FROM a RIGHT JOIN b ON b.a_id = a.id
-- full_join: recompute
SELECT a.id, p.id AS p_id, a.v, p.z FROM a FULL JOIN p ON p.id = a.id
-- full_using: recompute
SELECT id, a.v, i.w FROM a FULL JOIN i USING (id)
-- full_chain: recompute
SELECT coalesce(x.id, y.id) AS id, x.n, y.m, z.o FROM (SELECT a_id AS id, count(*) AS n FROM b GROUP BY a_id) x FULL JOIN (SELECT id, sum(z) AS m FROM p GROUP BY id) y ON x.id = y.id FULL JOIN (SELECT id, max(w) AS o FROM i GROUP BY id) z ON y.id = z.id
-- using_join: recompute
SELECT id, a.name, p.z FROM a JOIN p USING (id)
-- natural_join: recompute
SELECT * FROM (SELECT id, v FROM a) l NATURAL JOIN (SELECT id, z FROM p) r
-- cross_join: stacked
SELECT a.id, q.w FROM a CROSS JOIN (SELECT DISTINCT w FROM i) q
-- self_join: recompute
SELECT l.id, r.id AS other FROM a l JOIN a r ON l.g = r.g AND l.id < r.id
-- theta_join: recompute
SELECT a.id, b.id AS b_id FROM a JOIN b ON b.x > a.v
-- from_subquery: recompute
SELECT q.id, q.n, a.name FROM (SELECT a_id AS id, count(*) AS n FROM b GROUP BY a_id) q JOIN a ON a.id = q.id
-- cte_twice: recompute
WITH t AS (SELECT a_id, sum(x) AS total FROM b GROUP BY a_id) SELECT l.a_id, l.total, r.total AS again FROM t l JOIN t r ON l.a_id = r.a_id
-- exists: recompute
SELECT id, name FROM a WHERE EXISTS (SELECT FROM b WHERE b.a_id = a.id AND b.x > 1)
-- not_exists: recompute
SELECT id, name FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.a_id = a.id)
-- in_subquery: recompute
SELECT id, v FROM a WHERE id IN (SELECT a_id FROM b WHERE x = 1)
-- not_in: recompute
SELECT id, v FROM a WHERE g NOT IN (SELECT y FROM c WHERE t = 't1')
-- correlated_scalar: recompute
SELECT id, (SELECT count(*) FROM b WHERE b.a_id = a.id) AS n, (SELECT max(b.s) FROM b WHERE b.a_id = a.id) AS s FROM a
-- uncorrelated_scalar: stacked
SELECT id, v, (SELECT max(x) FROM b) AS top FROM a
-- above_average: stacked
SELECT id, v FROM a WHERE v > (SELECT avg(x) FROM b)
-- lateral_top: recompute
SELECT a.id, l.x, l.s FROM a CROSS JOIN LATERAL (SELECT b.x, b.s FROM b WHERE b.a_id = a.id ORDER BY b.x, b.id LIMIT 2) l
-- srf: recompute
SELECT i.id, e.tag FROM i CROSS JOIN LATERAL jsonb_array_elements_text(i.j -> 'tags') AS e (tag)
-- srf_generate: recompute
SELECT a.id, n FROM a, generate_series(1, a.v) AS n
-- count_all: algebraic
SELECT g, count(*) AS n FROM a GROUP BY g
-- sums: algebraic
SELECT a_id, count(*) AS n, count(x) AS nx, sum(x) AS sx, avg(x) AS ax FROM b GROUP BY a_id
-- sum_expression: algebraic
SELECT x % 2 AS odd, sum(x * 3) AS s, count(*) FILTER (WHERE s IS NOT NULL) AS named FROM b GROUP BY x % 2
-- minmax: algebraic
SELECT a_id, min(x) AS low, max(s) AS high FROM b GROUP BY a_id
-- bools: algebraic
SELECT y, bool_and(t IS NOT NULL) AS every_t, bool_or(t = 't1') AS some FROM c GROUP BY y
-- having: algebraic
SELECT a_id, sum(x) AS s FROM b GROUP BY a_id HAVING count(*) > 1 AND sum(x) < 9
-- join_aggregate: algebraic
SELECT a.name, count(*) AS n, sum(b.x) AS s FROM a JOIN b ON b.a_id = a.id GROUP BY a.name
-- join3_aggregate: algebraic
SELECT a.g, count(*) AS n, sum(c.y) AS s FROM a JOIN b ON b.a_id = a.id JOIN c ON c.b_id = b.id WHERE b.x < 4 GROUP BY a.g
-- total: algebraic
SELECT count(*) AS n, sum(x) AS s, avg(x) AS a FROM b
-- partitioned: algebraic
SELECT k, sum(z) AS s, count(*) AS n FROM p GROUP BY k
-- inherited: recompute
SELECT w, sum(d) AS s, count(*) AS n FROM i GROUP BY w
-- numeric_sum: recompute
SELECT id, sum(d) AS s, avg(d) AS m FROM i GROUP BY id
-- deviations: recompute
SELECT a_id, stddev(x) AS sd, variance(x) AS var, bit_or(x) AS bits FROM b GROUP BY a_id
-- distinct_count: recompute
SELECT a_id, count(DISTINCT x) AS n FROM b GROUP BY a_id
-- strings: recompute
SELECT a_id, string_agg(s, ',' ORDER BY s, id) AS all_s, array_agg(x ORDER BY id) AS xs FROM b GROUP BY a_id
-- jsons: recompute
SELECT a.id, a.name, jsonb_agg(b ORDER BY b.id) FILTER (WHERE b.id IS NOT NULL) AS bs FROM a LEFT JOIN b ON b.a_id = a.id GROUP BY a.id
-- json_objects: recompute
SELECT a_id, json_object_agg(id, s ORDER BY id) AS o, jsonb_agg(DISTINCT x) AS d FROM b GROUP BY a_id
-- unordered_json: recompute
SELECT a.id, jsonb_agg(b) AS bs FROM a LEFT JOIN b ON b.a_id = a.id GROUP BY a.id
-- percentile: recompute
SELECT a_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY x) AS middle, mode() WITHIN GROUP (ORDER BY x) AS usual FROM b GROUP BY a_id
-- total_strings: recompute
SELECT string_agg(name, ',' ORDER BY id) AS names FROM a
-- whole_row: recompute
SELECT a.id, to_jsonb(a) AS j FROM a
-- distinct: recompute
SELECT DISTINCT x, s FROM b
-- distinct_join: recompute
SELECT DISTINCT a.name, c.t FROM a JOIN b ON b.a_id = a.id JOIN c ON c.b_id = b.id
-- distinct_on: recompute
SELECT DISTINCT ON (a_id) a_id, x, id FROM b ORDER BY a_id, x DESC, id
-- union: recompute
SELECT id, v FROM a UNION SELECT a_id, x::int FROM b
-- union_all: recompute
SELECT id, v, 'a' AS src FROM a UNION ALL SELECT a_id, x, 'b' FROM b WHERE x > 0
-- intersect: recompute
SELECT id, v FROM a INTERSECT SELECT a_id, x::int FROM b
-- intersect_all: recompute
SELECT y FROM c INTERSECT ALL SELECT x::int FROM b
-- except: recompute
SELECT id FROM a EXCEPT SELECT a_id FROM b WHERE x > 1
-- except_all: recompute
SELECT x FROM b EXCEPT ALL SELECT y FROM c
-- union_grouped: recompute
SELECT a_id, sum(x) AS s FROM b GROUP BY a_id UNION ALL SELECT id, sum(z) FROM p GROUP BY id
-- rollup: recompute
SELECT g, name, count(*) AS n, sum(v) AS s, grouping(g, name) AS l FROM a GROUP BY ROLLUP (g, name)
-- cube: recompute
SELECT y, t, count(*) AS n FROM c GROUP BY CUBE (y, t)
-- grouping_sets: recompute
SELECT x, s, count(*) AS n FROM b GROUP BY GROUPING SETS ((x), (s), ())
-- window_rank: recompute
SELECT id, a_id, x, row_number() OVER (PARTITION BY a_id ORDER BY x, id) AS n, sum(x) OVER (PARTITION BY a_id ORDER BY id) AS running FROM b
-- window_named: recompute
SELECT id, g, lag(v) OVER w AS before, count(*) OVER w AS n FROM a WINDOW w AS (PARTITION BY g ORDER BY v, id)
-- window_outer: recompute
SELECT * FROM (SELECT id, a_id, rank() OVER (PARTITION BY a_id ORDER BY x, id) AS r FROM b) q WHERE r <= 2
-- window_join: recompute
SELECT a.name, q.id, q.r FROM (SELECT id, a_id, rank() OVER (PARTITION BY a_id ORDER BY x, id) AS r FROM b) q JOIN a ON a.id = q.a_id
-- top_n: recompute
SELECT id, v, name FROM a ORDER BY v DESC, id LIMIT 3
-- ordered_groups: algebraic
SELECT a_id, count(*) AS n FROM b GROUP BY a_id ORDER BY n DESC, a_id NULLS LAST LIMIT 2
-- offset_expression: recompute
SELECT id, name FROM a ORDER BY v % 3, id OFFSET 1
-- grouped_twice: stacked
SELECT n, count(*) AS groups FROM (SELECT a_id, count(*) AS n FROM b GROUP BY a_id) q GROUP BY n
-- having_outside: stacked
SELECT q.total, count(*) AS n FROM (SELECT a.g, sum(b.x) AS total FROM a JOIN b ON b.a_id = a.id GROUP BY a.g) q WHERE q.total > 1 GROUP BY q.total
-- count_distinct_rows: stacked
SELECT count(*) AS n FROM (SELECT DISTINCT x, s FROM b) q
-- max_of_counts: stacked
SELECT max(n) AS most, min(n) AS least FROM (SELECT a_id, count(*) AS n FROM b GROUP BY a_id) q
-- aggregate_join_value: stacked
SELECT b.id, q.m FROM (SELECT g, max(v) AS m FROM a GROUP BY g) q JOIN b ON b.x = q.m
-- left_join_group: stacked
SELECT a.name, count(b.id) AS n, coalesce(sum(b.x), 0) AS s FROM a LEFT JOIN b ON b.a_id = a.id GROUP BY a.name
-- group_by_nullable_side: stacked
SELECT b.s, count(*) AS n FROM a LEFT JOIN b ON b.a_id = a.id GROUP BY b.s
-- case_and_in: recompute
SELECT id, CASE WHEN v IN (1, 2) THEN 'few' WHEN v BETWEEN 3 AND 4 THEN 'some' ELSE 'many' END AS c, name LIKE 'n%' AS l FROM a
-- exists_in_select: recompute
SELECT id, EXISTS (SELECT FROM b WHERE b.a_id = a.id) AS has, id = ANY (SELECT b_id FROM c) AS any_c FROM a
-- nested_correlation: recompute
SELECT id FROM a WHERE EXISTS (SELECT FROM b WHERE b.a_id = a.id AND NOT EXISTS (SELECT FROM c WHERE c.b_id = b.id AND c.y = 1))
-- composite: recompute
SELECT p.id, p.k, p.z, a.name FROM p LEFT JOIN a ON a.id = p.id
-- composite_group: algebraic
SELECT id, k, count(*) AS n, sum(z) AS s FROM p GROUP BY id, k
-- values_join: recompute
SELECT a.id, m.label FROM a JOIN (VALUES (0, 'zero'), (1, 'one')) AS m (g, label) ON m.g = a.g
-- only: recompute
SELECT id, w FROM ONLY i WHERE w > 0
-- one_row_of_a_join: algebraic
SELECT count(*) AS n, sum(b.x) AS s, count(b.s) AS named FROM a JOIN b ON b.a_id = a.id WHERE a.v > 0
-- not_null_sums: algebraic
SELECT b.s, sum(a.v) AS total, sum(a.v + 1) AS more, avg(a.v) AS mean, count(a.v) AS n, count(*) AS rows FROM a JOIN b ON b.a_id = a.id GROUP BY b.s
-- pairs: algebraic
SELECT a_id, regr_count(x, id) AS pairs, regr_count(x, a_id) FILTER (WHERE x > 1) AS some FROM b GROUP BY a_id
-- exists_sums: stacked
SELECT a.g, count(*) AS n, sum(a.v) AS s FROM a WHERE EXISTS (SELECT FROM b WHERE b.a_id = a.id AND b.x > 1) GROUP BY a.g
-- not_in_total: stacked
SELECT count(*) AS n, sum(v) AS s FROM a WHERE id NOT IN (SELECT b_id FROM c WHERE b_id IS NOT NULL)
-- correlated_sums: stacked
SELECT a.name, sum(b.x) AS s FROM a JOIN b ON b.a_id = a.id WHERE b.x <= (SELECT avg(o.x) FROM b o WHERE o.a_id = a.id) GROUP BY a.name
-- derived_sums: algebraic
SELECT q.k, sum(q.y) AS s, count(*) AS n FROM (SELECT b.x + 1 AS k, a.v * 2 AS y FROM a JOIN b ON b.a_id = a.id WHERE a.v > 0) q GROUP BY q.k
-- self_join_sums: algebraic
SELECT l.name, count(*) AS n, sum(r.v) AS s FROM a l JOIN a r ON r.g = l.g GROUP BY l.name
-- self_join_three: algebraic
SELECT l.x, count(*) AS n, sum(m.x + r.x) FILTER (WHERE r.x > 0) AS s FROM b l JOIN b m ON m.a_id = l.a_id JOIN b r ON r.x = m.x GROUP BY l.x
-- self_join_and_other: algebraic
SELECT count(*) AS n, sum(l.x * r.x) AS s FROM b l JOIN a ON a.id = l.a_id JOIN b r ON r.a_id = a.id WHERE a.v < 4
-- having_threshold: stacked
SELECT g, sum(v) AS s FROM a GROUP BY g HAVING sum(v) > (SELECT sum(v) * 0.2 FROM a)
-- threshold: stacked
SELECT id, v FROM a WHERE v > (SELECT avg(v) FROM a)
-- threshold_sums: stacked
SELECT g, count(*) AS n FROM a WHERE v >= (SELECT avg(x) FROM b) AND NOT EXISTS (SELECT FROM b WHERE b.a_id = a.id AND b.x = 0) GROUP BY g
-- largest_of_sums: stacked
WITH t AS (SELECT a_id, sum(x) AS total FROM b GROUP BY a_id) SELECT a.id, a.name, t.total FROM a JOIN t ON t.a_id = a.id WHERE t.total = (SELECT max(total) FROM t)
-- extremes_of_a_join: algebraic
SELECT a.g, min(b.x) AS least, max(b.s) AS last, count(*) AS n FROM a JOIN b ON b.a_id = a.id GROUP BY a.g
-- in_grouped: recompute
SELECT a.id, a.name FROM a WHERE a.id IN (SELECT a_id FROM b GROUP BY a_id HAVING sum(x) > 2)
-- not_in_pairs: stacked
SELECT p.id, p.k FROM p WHERE (p.id, p.k) IN (SELECT b.id, b.x FROM b) OR p.id NOT IN (SELECT c.b_id FROM c)
-- constant_in_derived: stacked
SELECT q.k, q.g, count(*) AS n FROM (SELECT 5 AS k, g FROM a) q GROUP BY q.k, q.g
-- float_sums_of_groups: stacked
SELECT q.n, sum(q.f) AS s FROM (SELECT a_id, count(*) AS n, sum(x::float8) AS f FROM b GROUP BY a_id) q GROUP BY q.n
-- sums_of_a_part_and_a_table: stacked
SELECT a.name, sum(q.n) AS s, count(*) AS groups FROM (SELECT b.a_id, count(*) AS n FROM b JOIN c ON c.b_id = b.id GROUP BY b.a_id) q JOIN a ON a.id = q.a_id GROUP BY a.name
-- sums_of_two_parts: stacked
SELECT l.n, count(*) AS pairs, sum(r.m) AS s FROM (SELECT a_id, count(*) AS n FROM b GROUP BY a_id) l JOIN (SELECT id, max(z) AS m FROM p GROUP BY id) r ON r.id = l.a_id GROUP BY l.n
-- a_part_joined_to_itself: stacked
WITH t AS (SELECT a_id, count(*) AS n FROM b GROUP BY a_id) SELECT l.n, count(*) AS pairs FROM t l JOIN t r ON r.n = l.n GROUP BY l.n
-- ratio_of_one_rows: stacked
SELECT o.n::numeric(15, 4) / (q.n + 1)::numeric(15, 4) AS ratio FROM (SELECT count(*) AS n FROM b WHERE x > 1) o, (SELECT count(*) AS n FROM c WHERE y > 0) q
-- scalars_shown: stacked
SELECT a.id, CASE WHEN (SELECT count(*) FROM b WHERE x > 2) > 3 THEN (SELECT sum(v) FROM a) ELSE (SELECT max(y) FROM c) END AS chosen FROM a WHERE a.id < 4
-- unions_joined_often: stacked
WITH t AS (SELECT a_id AS id, 'b' AS kind, count(*) AS n FROM b GROUP BY a_id UNION ALL SELECT id, 'p', sum(z) FROM p GROUP BY id UNION ALL SELECT id, 'i', max(w) FROM i GROUP BY id) SELECT t1.id, t1.n, t2.n AS n2, t3.n AS n3, t4.n AS n4, t5.n AS n5 FROM t t1, t t2, t t3, t t4, t t5 WHERE t1.id = t2.id AND t2.id = t3.id AND t3.id = t4.id AND t4.id = t5.id AND t1.kind = 'b' AND t2.kind = 'p' AND t3.kind = 'i' AND t4.kind = 'b' AND t5.kind = 'p'
-- windows_differ: recompute
SELECT id, g, v, rank() OVER (PARTITION BY g ORDER BY v) AS of_group, row_number() OVER (PARTITION BY v ORDER BY id) AS of_value, sum(v) OVER () AS total FROM a
-- window_of_groups: algebraic
SELECT row_number() OVER (ORDER BY count(*) DESC, name) AS place, name, count(*) AS n, sum(sum(v)) OVER (ORDER BY name) AS running FROM a GROUP BY name
-- window_filtered: recompute
SELECT id, name, place FROM (SELECT id, name, v, row_number() OVER w AS place FROM a WHERE v > 0 WINDOW w AS (ORDER BY v DESC, id)) q WHERE place <= 3
-- window_joined: recompute
SELECT a.id, b.id AS b_id, dense_rank() OVER (ORDER BY a.v) AS place FROM a LEFT JOIN b ON b.a_id = a.id
-- present_time: recompute
SELECT id, v < extract(year FROM now()) AS past, CASE WHEN current_date > make_date(2000 + v, 1, 1) THEN name END AS name FROM a
-- present_time_of_groups: algebraic
SELECT g, count(*) AS n, now() > to_timestamp(sum(v)) AS past FROM a GROUP BY g
-- present_time_counted: stacked
SELECT g, count(*) FILTER (WHERE to_timestamp(v * 600000000.0) < now()) AS past, count(*) AS n FROM a GROUP BY g
-- present_time_joined: stacked
SELECT b.x, count(*) AS n FROM a JOIN b ON b.a_id = a.id WHERE to_timestamp(a.v * 600000000.0) < now() GROUP BY b.x
-- present_day_exists: stacked
SELECT a.id FROM a WHERE EXISTS (SELECT FROM b WHERE b.a_id = a.id AND make_date(2000, 1, 1) + b.x * 6000 < current_date)
-- empty_array: recompute
SELECT g, coalesce((array_agg(name ORDER BY id) FILTER (WHERE v > 2))::text[], ARRAY[]::text[]) AS names FROM a GROUP BY g
-- without_a_key: recompute
SELECT coalesce(b.s, 'none') AS k, string_agg(a.name, ',' ORDER BY a.id) AS names FROM a LEFT JOIN b ON b.a_id = a.id GROUP BY 1
-- groups_of_arrays: recompute
SELECT ARRAY[g, v] AS gv, string_agg(name, ',' ORDER BY id) AS names FROM a GROUP BY 1
-- above_what_has_no_key: stacked
SELECT c.y, count(*) AS n FROM c JOIN (SELECT coalesce(b.x, -1) AS k, array_agg(DISTINCT a.g) AS gs FROM a LEFT JOIN b ON b.a_id = a.id GROUP BY 1) q ON q.k = c.y GROUP BY c.y
-- a_derived_table_of_a_row: recompute
SELECT a.id, (SELECT b.x FROM b WHERE b.id = (SELECT max(c.y) FROM c WHERE c.b_id = a.id)) AS x, (SELECT max(s.id) FROM (SELECT b.id FROM b LEFT JOIN c ON c.b_id = b.id WHERE b.a_id = a.id) s) AS y FROM a
-- by_settings: recompute
SELECT id, (timestamptz '2024-03-30 00:00+00' + v * interval '7 hours')::date AS day, to_char(v, 'FM00') || id AS code FROM a
-- by_settings_grouped: algebraic
SELECT date_trunc('day', timestamptz '2024-03-30 00:00+00' + v * interval '7 hours') AS day, to_char(date_trunc('day', timestamptz '2024-03-30 00:00+00' + v * interval '7 hours'), 'DD.MM.') AS shown, count(*) AS n FROM a GROUP BY 1
-- by_settings_of_sums: recompute
SELECT g, to_char(sum(v), 'FM0D00') AS s FROM a GROUP BY g
-- inherited_child: recompute
SELECT w, string_agg(j::text, ',' ORDER BY j::text) AS js FROM i_child GROUP BY w
-- inherited_child_sums: algebraic
SELECT w, count(*) AS n, sum(d) AS s FROM i_child GROUP BY w
-- inherited_child_joined: recompute
SELECT i_child.w, p.z FROM i_child JOIN p ON p.id = i_child.id
-- recursion: recompute
WITH RECURSIVE r AS (SELECT id, x, 0 AS steps FROM b WHERE x = 0 UNION ALL SELECT b.id, b.x, r.steps + 1 FROM r JOIN b ON b.a_id = r.x WHERE r.steps < 2) SELECT id, x, steps FROM r
-- recursion_of_pairs: recompute
WITH RECURSIVE r(source, target) AS (SELECT a_id, x FROM b UNION SELECT r.source, b.x FROM r JOIN b ON b.a_id = r.target) SELECT * FROM r
-- recursion_summed: stacked
WITH RECURSIVE r AS (SELECT a_id, x FROM b WHERE a_id IS NOT NULL UNION SELECT r.a_id, b.x FROM r JOIN b ON b.a_id = r.x) SELECT r.a_id, count(*) AS n, max(a.v) AS v FROM r LEFT JOIN a ON a.id = r.x GROUP BY r.a_id
-- recursion_over_two: stacked
WITH RECURSIVE r AS (SELECT id, g FROM a WHERE v > 2 UNION SELECT a.id, a.g FROM r JOIN b ON b.x = r.g JOIN a ON a.id = b.a_id) SELECT r.id, count(c.y) AS n FROM r JOIN b ON b.a_id = r.id LEFT JOIN c ON c.b_id = b.id GROUP BY r.id
-- recursion_with_paths: recompute
WITH RECURSIVE r AS (SELECT id, ARRAY[id] AS path FROM a WHERE g IS NULL UNION ALL SELECT b.x, r.path || b.x FROM r JOIN b ON b.a_id = r.id WHERE b.x <> ALL (r.path)) SELECT id, path FROM r ORDER BY path LIMIT 20
-- recursion_of_numbers: stacked
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT n.i, count(a.id) AS c FROM n LEFT JOIN a ON a.v = n.i GROUP BY n.i
