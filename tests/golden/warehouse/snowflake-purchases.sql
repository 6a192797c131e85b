-- Segments of a run of coterie, as SQL for Snowflake; this dialect is parsed again but NOT executed in coterie's tests, but on a fake of it (fakesnow).
-- coterie 0.1.0, run 0 (SHA-256 of its run.json)
-- 2 segments of 100 customers
-- The table must have a row for each purchase, or for each line of an order, and these columns:
--   who (text, or a whole number): who bought
--   day (a date or a timestamp): when
--   pieces (number): how many pieces
--   price (number): the price of a piece
--   basket (text, or a whole number): the order that it belongs to
--   kind (text): what it was
-- Recency counts to 2025-12-31; later purchases are left out. Amounts below 0 are returns, which are taken off the money.
-- What forms the segments is made of them:
--   average_order (number): income was divided by its usual range
--   median_gap (number): spending score was divided by its usual range
--   favorite_category (text)
-- Mind: names are exact: what was created without quotes is called in capitals there.
-- Mind: the day of a moment with a zone is the one that it is in the session's zone.
WITH "rows" /* each purchase: customer (c), order (o), day since 1970 (d), amount (a), category (k), whether returned */ AS (
  SELECT
    CASE
      WHEN TRIM(CAST("who" AS VARCHAR)) IN (
        '',
        'NA',
        'N/A',
        'n/a',
        'na',
        'NULL',
        'null',
        'Null',
        'NaN',
        'nan',
        'NAN',
        'None',
        'none',
        '-',
        '--',
        '?',
        '.',
        '#N/A',
        '<NA>',
        'n.a.',
        'N.A.',
        '(null)',
        '\\N',
        '#NULL!',
        'NaT',
        '0000-00-00',
        '0000-00-00 00:00:00'
      )
      THEN NULL
      ELSE CAST("who" AS VARCHAR)
    END AS "c",
    CASE
      WHEN TRIM(CAST("basket" AS VARCHAR)) IN (
        '',
        'NA',
        'N/A',
        'n/a',
        'na',
        'NULL',
        'null',
        'Null',
        'NaN',
        'nan',
        'NAN',
        'None',
        'none',
        '-',
        '--',
        '?',
        '.',
        '#N/A',
        '<NA>',
        'n.a.',
        'N.A.',
        '(null)',
        '\\N',
        '#NULL!',
        'NaT',
        '0000-00-00',
        '0000-00-00 00:00:00'
      )
      THEN NULL
      ELSE CAST("basket" AS VARCHAR)
    END AS "o",
    DATEDIFF(DAY, CAST('1970-01-01' AS DATE), CAST("day" AS DATE)) AS "d",
    CAST("pieces" AS DOUBLE) * CAST("price" AS DOUBLE) AS "a",
    CASE
      WHEN (
        CAST("pieces" AS DOUBLE) * CAST("price" AS DOUBLE) < 0.0e0
        OR CAST("pieces" AS DOUBLE) < 0.0e0
      )
      THEN 1
    END AS "back",
    NULLIF(TRIM(CAST("kind" AS VARCHAR)), '') AS "k"
  FROM "shop"."orders"
), "lines" /* those with a customer, a day and an amount, which is counted in whole units (u), so that sums are exact */ AS (
  SELECT
    "c",
    "o",
    "d",
    "back",
    "k",
    CAST(FLOOR((
      "a" * 1000000000.0e0 + 0.5e0
    )) AS BIGINT) AS "u"
  FROM "rows"
  WHERE
    NOT (
      "c" IS NULL
    ) AND NOT (
      "d" IS NULL
    ) AND ABS("a") < 1e+21
), "counted" /* up to the day that counts */ AS (
  SELECT
    *
  FROM "lines"
  WHERE
    "d" <= 20453
), "order_sums" /* the orders: their day, what was bought (b) and returned (r) */ AS (
  SELECT
    "c",
    CAST(MIN(CASE WHEN "back" IS NULL THEN "d" END) AS BIGINT) AS "d",
    CAST(SUM(CASE WHEN "back" IS NULL THEN "u" END) AS BIGINT) AS "b",
    CAST(SUM(CASE WHEN "back" = 1 THEN ABS("u") END) AS BIGINT) AS "r"
  FROM "counted"
  GROUP BY
    "c",
    "o",
    CASE WHEN "o" IS NULL THEN "d" END
), "gaps" /* the days since the customer's order before (g), and his first day (f) */ AS (
  SELECT
    *,
    NULLIF((
      "d" - LAG("d") OVER (PARTITION BY "c" ORDER BY "d" ASC)
    ), 0) AS "g",
    MIN("d") OVER (PARTITION BY "c" ORDER BY "d" ASC) AS "f"
  FROM "order_sums"
), "ranks" /* each gap's place among the customer's (k) of how many (n) */ AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY "c" ORDER BY "g" ASC) AS "k",
    COUNT("g") OVER (
      PARTITION BY "c"
      ORDER BY "g" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "n"
  FROM "gaps"
), "customer_sums" /* the customers: what their orders come to */ AS (
  SELECT
    "c",
    "c" AS "customer_id",
    COUNT("d") AS "frequency",
    (
      (
        CAST((
          COALESCE(SUM("b"), 0) - COALESCE(SUM("r"), 0)
        ) AS DOUBLE) / 1000000000.0e0
      ) / NULLIF(CAST(COUNT("d") AS DOUBLE), 0.0e0)
    ) AS "average_order",
    CASE
      WHEN COUNT(CASE WHEN "n" <= 2 * "k" AND 2 * "k" <= (
        "n" + 2
      ) THEN "g" END) > 0
      THEN (
        CAST(SUM(CASE WHEN "n" <= 2 * "k" AND 2 * "k" <= (
          "n" + 2
        ) THEN "g" END) AS DOUBLE) / CAST(COUNT(CASE WHEN "n" <= 2 * "k" AND 2 * "k" <= (
          "n" + 2
        ) THEN "g" END) AS DOUBLE)
      )
    END AS "median_gap"
  FROM "ranks"
  GROUP BY
    "c"
), "spent" /* what each customer spent on each category */ AS (
  SELECT
    "c",
    "k",
    SUM("u") AS "v"
  FROM "counted"
  WHERE
    "back" IS NULL AND NOT (
      "k" IS NULL
    )
  GROUP BY
    "c",
    "k"
), "ranked" /* the customer's categories, the dearest first */ AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY "c" ORDER BY "v" DESC NULLS LAST, "k" ASC) AS "p",
    SUM("v") OVER (
      PARTITION BY "c"
      ORDER BY "v" DESC NULLS LAST, "k" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS "t"
  FROM "spent"
), "favorites" /* the first of them, and its share */ AS (
  SELECT
    "c",
    "k" AS "favorite_category",
    CASE WHEN "t" > 0 THEN (
      CAST("v" AS DOUBLE) / CAST("t" AS DOUBLE)
    ) END AS "favorite_share"
  FROM "ranked"
  WHERE
    "p" = 1
), "made" /* those who bought: the columns that form the segments */ AS (
  SELECT
    "customer_sums"."customer_id",
    "customer_sums"."frequency",
    "customer_sums"."average_order",
    "customer_sums"."median_gap",
    "favorites"."favorite_category",
    "favorites"."favorite_share"
  FROM "customer_sums"
  LEFT JOIN "favorites"
    ON "customer_sums"."c" = "favorites"."c"
  WHERE
    "customer_sums"."frequency" > 0
), "cells" /* each column as a number, as text, or as days since 1970 */ AS (
  SELECT
    CASE
      WHEN CAST("customer_id" AS VARCHAR) = ''
      THEN NULL
      ELSE CAST("customer_id" AS VARCHAR)
    END AS "__c_id", /* who */
    CAST("average_order" AS DOUBLE) AS "average_order",
    CAST("median_gap" AS DOUBLE) AS "median_gap",
    CASE
      WHEN TRIM(CAST("favorite_category" AS VARCHAR)) = ''
      THEN NULL
      ELSE CAST("favorite_category" AS VARCHAR)
    END AS "favorite_category"
  FROM "made"
), "known" /* levels as they were when the segments were formed; numbers that can be counted with */ AS (
  SELECT
    "__c_id",
    CASE
      WHEN (
        -1e+300
      ) <= "average_order" AND "average_order" <= 1e+300
      THEN "average_order"
    END AS "average_order",
    CASE
      WHEN (
        -1e+300
      ) <= "median_gap" AND "median_gap" <= 1e+300
      THEN "median_gap"
    END AS "median_gap",
    CASE
      WHEN "favorite_category" IN ('basic', 'it\'s /* all */', 'rare')
      THEN "favorite_category"
      WHEN LOWER(TRIM("favorite_category")) = 'basic'
      THEN 'basic'
      WHEN LOWER(TRIM("favorite_category")) = 'it\'s /* all */'
      THEN 'it\'s /* all */'
      WHEN LOWER(TRIM("favorite_category")) = 'rare'
      THEN 'rare'
      ELSE "favorite_category"
    END AS "favorite_category"
  FROM "cells"
), "scaled" /* the prepared columns before their caps and weights */ AS (
  SELECT
    "__c_id",
    (
      LN(
        (
          1.0e0 + CASE WHEN "average_order" < 0.0e0 THEN 0.0e0 ELSE "average_order" END * 0.02e0
        )
      ) - 0.0e0
    ) * 0.010084965837178227e0 AS "__c_u0", /* average_order */
    (
      "median_gap" - 0.4495e0
    ) * 0.010157182397602904e0 AS "__c_u1", /* median_gap */
    CASE
      WHEN "favorite_category" = 'basic'
      THEN 0.9e0
      WHEN NOT (
        "favorite_category" IS NULL
      )
      THEN 0.0e0
    END AS "__c_u2", /* favorite_category=basic */
    CASE
      WHEN "favorite_category" = 'it\'s /* all */'
      THEN 0.9e0
      WHEN NOT (
        "favorite_category" IS NULL
      )
      THEN 0.0e0
    END AS "__c_u3", /* favorite_category=it's / * all * / */
    CASE
      WHEN "favorite_category" = 'basic'
      THEN 0.0e0
      WHEN "favorite_category" = 'it\'s /* all */'
      THEN 0.0e0
      WHEN NOT (
        "favorite_category" IS NULL
      )
      THEN 0.9e0
    END AS "__c_u4" /* favorite_category=other */
  FROM "known"
), "prepared" /* the prepared columns: what distances are taken between */ AS (
  SELECT
    "__c_id",
    CASE
      WHEN "__c_u0" < (
        -0.5e0
      )
      THEN (
        -0.5e0
      )
      WHEN "__c_u0" > 1.5e0
      THEN 1.5e0
      ELSE "__c_u0"
    END AS "__c_f0", /* average_order */
    "__c_u1" AS "__c_f1", /* median_gap */
    "__c_u2" AS "__c_f2", /* favorite_category=basic */
    "__c_u3" AS "__c_f3", /* favorite_category=it's / * all * / */
    "__c_u4" AS "__c_f4" /* favorite_category=other */
  FROM "scaled"
), "distances" /* the squared distance to each center; a missing value adds nothing */ AS (
  SELECT
    *,
    (
      COALESCE((
        "__c_f0" - 0.1e0
      ) * (
        "__c_f0" - 0.1e0
      ), 0.0e0) + COALESCE((
        "__c_f1" - 0.2e0
      ) * (
        "__c_f1" - 0.2e0
      ), 0.0e0) + COALESCE((
        "__c_f2" - 0.9e0
      ) * (
        "__c_f2" - 0.9e0
      ), 0.0e0) + COALESCE((
        "__c_f3" - 0.0e0
      ) * (
        "__c_f3" - 0.0e0
      ), 0.0e0) + COALESCE((
        "__c_f4" - 0.0e0
      ) * (
        "__c_f4" - 0.0e0
      ), 0.0e0)
    ) AS "__c_d0", /* to a center of A Average customers */
    (
      COALESCE((
        "__c_f0" - 0.8e0
      ) * (
        "__c_f0" - 0.8e0
      ), 0.0e0) + COALESCE((
        "__c_f1" - 0.9e0
      ) * (
        "__c_f1" - 0.9e0
      ), 0.0e0) + COALESCE((
        "__c_f2" - 0.0e0
      ) * (
        "__c_f2" - 0.0e0
      ), 0.0e0) + COALESCE((
        "__c_f3" - 0.5e0
      ) * (
        "__c_f3" - 0.5e0
      ), 0.0e0) + COALESCE((
        "__c_f4" - 0.4e0
      ) * (
        "__c_f4" - 0.4e0
      ), 0.0e0)
    ) AS "__c_d1" /* to a center of B High income, high spending */
  FROM "prepared"
), "least" /* the least of these distances */ AS (
  SELECT
    *,
    LEAST("__c_d0", "__c_d1") AS "__c_least"
  FROM "distances"
), "nearest" /* the segment of the nearest center; none where every value is missing */ AS (
  SELECT
    *,
    CASE
      WHEN "__c_f0" IS NULL
      AND "__c_f1" IS NULL
      AND "__c_f2" IS NULL
      AND "__c_f3" IS NULL
      AND "__c_f4" IS NULL
      THEN NULL
      WHEN "__c_d0" <= (
        "__c_least" + 1e-12
      )
      THEN 1
      WHEN "__c_d1" <= (
        "__c_least" + 1e-12
      )
      THEN 2
    END AS "__c_segment"
  FROM "least"
), "roots" /* the distance to the nearest center, and to the nearest one of another segment */ AS (
  SELECT
    "__c_id",
    "__c_segment",
    SQRT("__c_least") AS "__c_near",
    SQRT(
      LEAST(
        CASE WHEN "__c_segment" = 1 THEN 1e+300 ELSE "__c_d0" END,
        CASE WHEN "__c_segment" = 2 THEN 1e+300 ELSE "__c_d1" END
      )
    ) AS "__c_next"
  FROM "nearest"
), "margins" /* 0 on a border between segments, towards 1 deep inside */ AS (
  SELECT
    "__c_id" AS "id",
    CAST("__c_segment" AS INT) AS "segment",
    CASE
      WHEN "__c_segment" IS NULL
      THEN NULL
      WHEN (
        "__c_next" + "__c_near"
      ) = 0.0e0
      THEN 0.0e0
      ELSE (
        (
          "__c_next" - "__c_near"
        ) / (
          "__c_next" + "__c_near"
        )
      )
    END AS "margin"
  FROM "roots"
)
SELECT
  "id", /* who */
  "segment", /* the segment's number; NULL: not assigned */
  CASE
    WHEN "segment" = 1
    THEN 'Average customers'
    WHEN "segment" = 2
    THEN 'High income, high spending'
  END AS "name", /* what the segment is called */
  "margin", /* 0 on a border between segments, towards 1 deep inside */
  CASE
    WHEN CASE WHEN "segment" = 1 THEN 0.2e0 WHEN "segment" = 2 THEN 0.2e0 END <= "margin"
    THEN 'core'
    WHEN CASE WHEN "segment" = 1 THEN 0.1e0 WHEN "segment" = 2 THEN 0.1e0 END <= "margin"
    THEN 'probable'
    ELSE CASE WHEN NOT (
      "segment" IS NULL
    ) THEN 'borderline' END
  END AS "confidence" /* core, probable or borderline */
FROM "margins"
