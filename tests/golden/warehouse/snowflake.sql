-- Segments of a run of coterie, as SQL for Snowflake; this dialect is parsed again but NOT executed in coterie's tests, but on a fake of it (fakesnow).
-- coterie 0.1.0, run 0 (SHA-256 of its run.json)
-- 2 segments of 100 customers
-- The table must have these columns:
--   customer_id (text, or a whole number): who
--   * / DROP (number): income was divided by its usual range
--   spending_score (number): spending score was divided by its usual range
--   plan (text)
-- Mind: names are exact: what was created without quotes is called in capitals there.
WITH "cells" /* each column as a number, as text, or as days since 1970 */ AS (
  SELECT
    CASE
      WHEN CAST("customer_id" AS VARCHAR) = ''
      THEN NULL
      ELSE CAST("customer_id" AS VARCHAR)
    END AS "__c_id", /* who */
    CAST("*/ DROP" AS DOUBLE) AS "*/ DROP",
    CAST("spending_score" AS DOUBLE) AS "spending_score",
    CASE
      WHEN TRIM(CAST("plan" AS VARCHAR)) = ''
      THEN NULL
      ELSE CAST("plan" AS VARCHAR)
    END AS "plan"
  FROM "crm"."customers"
), "known" /* levels as they were when the segments were formed; numbers that can be counted with */ AS (
  SELECT
    "__c_id",
    CASE WHEN (
      -1e+300
    ) <= "*/ DROP" AND "*/ DROP" <= 1e+300 THEN "*/ DROP" END AS "*/ DROP",
    CASE
      WHEN (
        -1e+300
      ) <= "spending_score" AND "spending_score" <= 1e+300
      THEN "spending_score"
    END AS "spending_score",
    CASE
      WHEN "plan" IN ('basic', 'it\'s /* all */', 'rare')
      THEN "plan"
      WHEN LOWER(TRIM("plan")) = 'basic'
      THEN 'basic'
      WHEN LOWER(TRIM("plan")) = 'it\'s /* all */'
      THEN 'it\'s /* all */'
      WHEN LOWER(TRIM("plan")) = 'rare'
      THEN 'rare'
      ELSE "plan"
    END AS "plan"
  FROM "cells"
), "scaled" /* the prepared columns before their caps and weights */ AS (
  SELECT
    "__c_id",
    (
      LN((
        1.0e0 + CASE WHEN "*/ DROP" < 0.0e0 THEN 0.0e0 ELSE "*/ DROP" END * 0.02e0
      )) - 0.0e0
    ) * 0.010084965837178227e0 AS "__c_u0", /* * / DROP */
    (
      "spending_score" - 0.4495e0
    ) * 0.010157182397602904e0 AS "__c_u1", /* spending_score */
    CASE WHEN "plan" = 'basic' THEN 0.9e0 WHEN NOT (
      "plan" IS NULL
    ) THEN 0.0e0 END AS "__c_u2", /* plan=basic */
    CASE
      WHEN "plan" = 'it\'s /* all */'
      THEN 0.9e0
      WHEN NOT (
        "plan" IS NULL
      )
      THEN 0.0e0
    END AS "__c_u3", /* plan=it's / * all * / */
    CASE
      WHEN "plan" = 'basic'
      THEN 0.0e0
      WHEN "plan" = 'it\'s /* all */'
      THEN 0.0e0
      WHEN NOT (
        "plan" IS NULL
      )
      THEN 0.9e0
    END AS "__c_u4" /* plan=other */
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
    END AS "__c_f0", /* * / DROP */
    "__c_u1" AS "__c_f1", /* spending_score */
    "__c_u2" AS "__c_f2", /* plan=basic */
    "__c_u3" AS "__c_f3", /* plan=it's / * all * / */
    "__c_u4" AS "__c_f4" /* plan=other */
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
