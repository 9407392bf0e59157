-- line inserted: one row, $1 says which, from 0 for the first to 1 for the last
INSERT INTO lineitem SELECT l_orderkey, l_partkey, l_suppkey, 100, l_quantity, l_extendedprice, l_discount, l_tax, l_returnflag, l_linestatus, l_shipdate, l_commitdate, l_receiptdate, l_shipinstruct, l_shipmode, l_comment FROM lineitem WHERE (l_orderkey, l_linenumber) = (SELECT l_orderkey, l_linenumber FROM lineitem WHERE l_orderkey >= (SELECT (max(o_orderkey) * $1)::bigint FROM orders) ORDER BY 1, 2 LIMIT 1)
-- line updated: one row, $1 says which, from 0 for the first to 1 for the last
UPDATE lineitem SET l_quantity = l_quantity + 1, l_extendedprice = l_extendedprice + 7, l_receiptdate = l_receiptdate + 20 WHERE (l_orderkey, l_linenumber) = (SELECT l_orderkey, l_linenumber FROM lineitem WHERE l_orderkey >= (SELECT (max(o_orderkey) * $1)::bigint FROM orders) ORDER BY 1, 2 LIMIT 1)
-- line deleted: one row, $1 says which, from 0 for the first to 1 for the last
DELETE FROM lineitem WHERE (l_orderkey, l_linenumber) = (SELECT l_orderkey, l_linenumber FROM lineitem WHERE l_orderkey >= (SELECT (max(o_orderkey) * $1)::bigint FROM orders) ORDER BY 1, 2 LIMIT 1)
-- order inserted: one row, $1 says which, from 0 for the first to 1 for the last
INSERT INTO orders SELECT (SELECT max(o_orderkey) + 1 FROM orders), o_custkey, o_orderstatus, o_totalprice, o_orderdate, o_orderpriority, o_clerk, o_shippriority, o_comment FROM orders WHERE o_orderkey = (SELECT o_orderkey FROM orders WHERE o_orderkey >= (SELECT (max(o_orderkey) * $1)::bigint FROM orders) ORDER BY 1 LIMIT 1)
-- order updated: one row, $1 says which, from 0 for the first to 1 for the last
UPDATE orders SET o_orderdate = o_orderdate + 30, o_orderpriority = '1-URGENT' WHERE o_orderkey = (SELECT o_orderkey FROM orders WHERE o_orderkey >= (SELECT (max(o_orderkey) * $1)::bigint FROM orders) ORDER BY 1 LIMIT 1)
-- supply updated: one row, $1 says which, from 0 for the first to 1 for the last
UPDATE partsupp SET ps_supplycost = ps_supplycost + 1, ps_availqty = ps_availqty + 9 WHERE (ps_partkey, ps_suppkey) = (SELECT ps_partkey, ps_suppkey FROM partsupp WHERE ps_partkey >= (SELECT (max(p_partkey) * $1)::int FROM part) ORDER BY 1, 2 LIMIT 1)
