SELECT foo_events.event, sum(foo_events.count) AS total
FROM foo_events
GROUP BY foo_events.event
