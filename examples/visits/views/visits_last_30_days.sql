-- The last thirty days, of days that are kept: exact whenever it is read.
SELECT section, sum(count) AS visits, count(DISTINCT user_id) AS users
FROM visits_kept
WHERE visit_date > (now() AT TIME ZONE 'UTC')::date - 30
GROUP BY section
