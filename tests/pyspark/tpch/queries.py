"""TPC-H queries as client programs write them: SQL text, and the DataFrame API."""

import datetime as dt

from pyspark.sql import functions as F

TABLES = ["customer", "lineitem", "nation", "orders", "part", "region", "supplier"]

SQL = {
    "q01": """
        select l_returnflag, l_linestatus, sum(l_quantity) as sum_qty,
               sum(l_extendedprice) as sum_base_price,
               sum(l_extendedprice * (1 - l_discount)) as sum_disc_price,
               sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) as sum_charge,
               avg(l_quantity) as avg_qty, avg(l_extendedprice) as avg_price,
               avg(l_discount) as avg_disc, count(*) as count_order
        from lineitem
        where l_shipdate <= date '1998-12-01' - interval '90' day
        group by l_returnflag, l_linestatus
        order by l_returnflag, l_linestatus""",
    "q03": """
        select l_orderkey, sum(l_extendedprice * (1 - l_discount)) as revenue,
               o_orderdate, o_shippriority
        from customer, orders, lineitem
        where c_mktsegment = 'BUILDING' and c_custkey = o_custkey and l_orderkey = o_orderkey
          and o_orderdate < date '1995-03-15' and l_shipdate > date '1995-03-15'
        group by l_orderkey, o_orderdate, o_shippriority
        order by revenue desc, o_orderdate
        limit 10""",
    "q05": """
        select n_name, sum(l_extendedprice * (1 - l_discount)) as revenue
        from customer, orders, lineitem, supplier, nation, region
        where c_custkey = o_custkey and l_orderkey = o_orderkey and l_suppkey = s_suppkey
          and c_nationkey = s_nationkey and s_nationkey = n_nationkey
          and n_regionkey = r_regionkey and r_name = 'ASIA'
          and o_orderdate >= date '1994-01-01'
          and o_orderdate < date '1994-01-01' + interval '1' year
        group by n_name
        order by revenue desc""",
    "q06": """
        select sum(l_extendedprice * l_discount) as revenue
        from lineitem
        where l_shipdate >= date '1994-01-01'
          and l_shipdate < date '1994-01-01' + interval '1' year
          and l_discount between .06 - 0.01 and .06 + 0.01 and l_quantity < 24""",
    "q10": """
        select c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) as revenue,
               c_acctbal, n_name, c_address, c_phone, c_comment
        from customer, orders, lineitem, nation
        where c_custkey = o_custkey and l_orderkey = o_orderkey
          and o_orderdate >= date '1993-10-01'
          and o_orderdate < date '1993-10-01' + interval '3' month
          and l_returnflag = 'R' and c_nationkey = n_nationkey
        group by c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment
        order by revenue desc
        limit 20""",
    "q12": """
        select l_shipmode,
               sum(case when o_orderpriority = '1-URGENT' or o_orderpriority = '2-HIGH'
                        then 1 else 0 end) as high_line_count,
               sum(case when o_orderpriority <> '1-URGENT' and o_orderpriority <> '2-HIGH'
                        then 1 else 0 end) as low_line_count
        from orders, lineitem
        where o_orderkey = l_orderkey and l_shipmode in ('MAIL', 'SHIP')
          and l_commitdate < l_receiptdate and l_shipdate < l_commitdate
          and l_receiptdate >= date '1994-01-01'
          and l_receiptdate < date '1994-01-01' + interval '1' year
        group by l_shipmode
        order by l_shipmode""",
    "q14": """
        select 100.00 * sum(case when p_type like 'PROMO%'
                                 then l_extendedprice * (1 - l_discount) else 0 end)
               / sum(l_extendedprice * (1 - l_discount)) as promo_revenue
        from lineitem, part
        where l_partkey = p_partkey and l_shipdate >= date '1995-09-01'
          and l_shipdate < date '1995-09-01' + interval '1' month""",
    "q18": """
        select c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity)
        from customer, orders, lineitem
        where o_orderkey in (select l_orderkey from lineitem
                             group by l_orderkey having sum(l_quantity) > 300)
          and c_custkey = o_custkey and o_orderkey = l_orderkey
        group by c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
        order by o_totalprice desc, o_orderdate
        limit 100""",
}


def revenue(lineitem):
    return lineitem.l_extendedprice * (1 - lineitem.l_discount)


def q01(t):
    li = t["lineitem"]
    price = revenue(li)
    return (
        li.filter(li.l_shipdate <= F.lit(dt.date(1998, 12, 1)) - F.expr("interval 90 days"))
        .groupBy("l_returnflag", "l_linestatus")
        .agg(
            F.sum("l_quantity").alias("sum_qty"),
            F.sum("l_extendedprice").alias("sum_base_price"),
            F.sum(price).alias("sum_disc_price"),
            F.sum(price * (1 + li.l_tax)).alias("sum_charge"),
            F.avg("l_quantity").alias("avg_qty"),
            F.avg("l_extendedprice").alias("avg_price"),
            F.avg("l_discount").alias("avg_disc"),
            F.count(F.lit(1)).alias("count_order"),
        )
        .sort("l_returnflag", "l_linestatus")
    )


def q03(t):
    day = dt.date(1995, 3, 15)
    customer = t["customer"].filter(F.col("c_mktsegment") == "BUILDING")
    orders = t["orders"].filter(F.col("o_orderdate") < day)
    li = t["lineitem"].filter(F.col("l_shipdate") > day)
    return (
        customer.join(orders, customer.c_custkey == orders.o_custkey)
        .join(li, orders.o_orderkey == li.l_orderkey)
        .groupBy("l_orderkey", "o_orderdate", "o_shippriority")
        .agg(F.sum(revenue(li)).alias("revenue"))
        .select("l_orderkey", "revenue", "o_orderdate", "o_shippriority")
        .sort(F.desc("revenue"), "o_orderdate")
        .limit(10)
    )


def q05(t):
    region = t["region"].filter("r_name = 'ASIA'")
    orders = t["orders"].where("o_orderdate >= '1994-01-01' and o_orderdate < '1995-01-01'")
    li, supplier, customer, nation = t["lineitem"], t["supplier"], t["customer"], t["nation"]
    return (
        region.join(nation, region.r_regionkey == nation.n_regionkey)
        .join(supplier, nation.n_nationkey == supplier.s_nationkey)
        .join(li, supplier.s_suppkey == li.l_suppkey)
        .join(orders, li.l_orderkey == orders.o_orderkey)
        .join(
            customer,
            (orders.o_custkey == customer.c_custkey)
            & (supplier.s_nationkey == customer.c_nationkey),
        )
        .groupBy(nation.n_name)
        .agg(F.sum(revenue(li)).alias("revenue"))
        .orderBy(F.col("revenue").desc())
    )


def q06(t):
    li = t["lineitem"]
    return li.filter(
        (li.l_shipdate >= dt.date(1994, 1, 1))
        & (li.l_shipdate < F.lit(dt.date(1994, 1, 1)) + F.expr("interval 1 year"))
        & li.l_discount.between(0.05, 0.07)
        & (li.l_quantity < 24)
    ).agg(F.sum(li.l_extendedprice * li.l_discount).alias("revenue"))


def q10(t):
    orders = t["orders"].filter("o_orderdate >= date'1993-10-01'")
    orders = orders.filter(orders.o_orderdate < F.lit("1994-01-01").cast("date"))
    li = t["lineitem"].filter(F.col("l_returnflag") == "R")
    customer, nation = t["customer"], t["nation"]
    keys = ["c_custkey", "c_name", "c_acctbal", "c_phone", "n_name", "c_address", "c_comment"]
    return (
        customer.join(orders, customer["c_custkey"] == orders["o_custkey"])
        .join(li, li["l_orderkey"] == orders["o_orderkey"])
        .join(nation, customer["c_nationkey"] == nation["n_nationkey"])
        .withColumn("volume", revenue(li))
        .groupBy(*keys)
        .agg(F.sum("volume").alias("revenue"))
        .select("c_custkey", "c_name", "revenue", "c_acctbal", "n_name", "c_address", "c_phone",
                "c_comment")
        .orderBy("revenue", ascending=False)
        .limit(20)
    )


def q12(t):
    li = t["lineitem"].filter(
        F.col("l_shipmode").isin("MAIL", "SHIP")
        & (F.col("l_commitdate") < F.col("l_receiptdate"))
        & (F.col("l_shipdate") < F.col("l_commitdate"))
        & F.col("l_receiptdate").between(dt.date(1994, 1, 1), dt.date(1994, 12, 31))
    )
    urgent = F.col("o_orderpriority").isin(["1-URGENT", "2-HIGH"])
    return (
        t["orders"].join(li, F.col("o_orderkey") == F.col("l_orderkey"))
        .groupBy("l_shipmode")
        .agg(
            F.sum(F.when(urgent, 1).otherwise(0)).alias("high_line_count"),
            F.sum(F.when(~urgent, F.lit(1)).otherwise(F.lit(0))).alias("low_line_count"),
        )
        .sort("l_shipmode")
    )


def q14(t):
    li, part = t["lineitem"], t["part"]
    month = li.filter((li.l_shipdate >= "1995-09-01") & (li.l_shipdate < "1995-10-01"))
    promo = F.when(part.p_type.like("PROMO%"), revenue(li)).otherwise(F.lit(0))
    return month.join(part, li.l_partkey == part.p_partkey).select(
        (F.lit(100.0) * F.sum(promo) / F.sum(revenue(li))).alias("promo_revenue")
    )


def q18(t):
    li = t["lineitem"]
    large = li.groupBy("l_orderkey").agg(F.sum("l_quantity").alias("q")).filter("q > 300")
    orders = t["orders"].join(large, F.col("o_orderkey") == large.l_orderkey, "leftsemi")
    return (
        t["customer"].join(orders, F.col("c_custkey") == F.col("o_custkey"))
        .join(li, F.col("o_orderkey") == li.l_orderkey)
        .groupBy("c_name", "c_custkey", "o_orderkey", "o_orderdate", "o_totalprice")
        .agg(F.sum("l_quantity"))
        .sort(F.col("o_totalprice").desc(), F.col("o_orderdate"))
        .limit(100)
    )


FRAMES = {f.__name__: f for f in (q01, q03, q05, q06, q10, q12, q14, q18)}
