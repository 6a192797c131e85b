WITH "scaled" AS MATERIALIZED (SELECT "__c_id", (LN((1.0e0 +
CASE
WHEN "spend" < 0.0e0 THEN 0.0e0 ELSE "spend" END * 0.02e0)) - 1.1e0) * 0.8e0 AS "__c_u0", (SIGN("balance") * LN((ABS("balance") * 0.1e0 + SQRT((ABS("balance") * 0.1e0 * ABS("balance") * 0.1e0 + 1.0e0)))) - 0.0e0) * 0.5e0 AS "__c_u1",
CASE
WHEN "size" = 'Größe S' THEN 0.9e0
WHEN NOT ("size" IS NULL) THEN 0.0e0 END AS "__c_u2",
CASE
WHEN "size" = 'it''s' THEN 0.9e0
WHEN NOT ("size" IS NULL) THEN 0.0e0 END AS "__c_u3",
CASE
WHEN "size" = 'a\b' THEN 0.9e0
WHEN NOT ("size" IS NULL) THEN 0.0e0 END AS "__c_u4",
CASE
WHEN "size" = 'Größe S' THEN 0.0e0
WHEN "size" = 'it''s' THEN 0.0e0
WHEN "size" = 'a\b' THEN 0.0e0
WHEN NOT ("size" IS NULL) THEN 0.9e0 END AS "__c_u5",
CASE
WHEN "tier" = 'low' THEN 0.0e0
WHEN "tier" = 'middle' THEN 0.5e0
WHEN "tier" = 'high' THEN 1.0e0
WHEN "tier" IS NULL THEN NULL ELSE NULL END AS "__c_u6"
FROM "customers"), "prepared" AS MATERIALIZED (SELECT "__c_id",
CASE
WHEN "__c_u0" < (-2.5e0) THEN (-2.5e0)
WHEN "__c_u0" > 2.5e0 THEN 2.5e0 ELSE "__c_u0" END AS "__c_f0", "__c_u1" * 0.7e0 AS "__c_f1", "__c_u2" * 0.6e0 AS "__c_f2", "__c_u3" * 0.6e0 AS "__c_f3", "__c_u4" * 0.6e0 AS "__c_f4", "__c_u5" * 0.6e0 AS "__c_f5", "__c_u6" AS "__c_f6"
FROM "scaled"), "distances" AS MATERIALIZED (SELECT *, (COALESCE(("__c_f0" - (-0.9e0)) * ("__c_f0" - (-0.9e0)), 0.0e0) + COALESCE(("__c_f1" - 0.1e0) * ("__c_f1" - 0.1e0), 0.0e0) + COALESCE(("__c_f2" - 0.54e0) * ("__c_f2" - 0.54e0), 0.0e0) + COALESCE(("__c_f3" - 0.0e0) * ("__c_f3" - 0.0e0), 0.0e0) + COALESCE(("__c_f4" - 0.0e0) * ("__c_f4" - 0.0e0), 0.0e0) + COALESCE(("__c_f5" - 0.0e0) * ("__c_f5" - 0.0e0), 0.0e0) + COALESCE(("__c_f6" - 0.1e0) * ("__c_f6" - 0.1e0), 0.0e0)) AS "__c_d0", (COALESCE(("__c_f0" - 0.4e0) * ("__c_f0" - 0.4e0), 0.0e0) + COALESCE(("__c_f1" - 0.9e0) * ("__c_f1" - 0.9e0), 0.0e0) + COALESCE(("__c_f2" - 0.0e0) * ("__c_f2" - 0.0e0), 0.0e0) + COALESCE(("__c_f3" - 0.54e0) * ("__c_f3" - 0.54e0), 0.0e0) + COALESCE(("__c_f4" - 0.0e0) * ("__c_f4" - 0.0e0), 0.0e0) + COALESCE(("__c_f5" - 0.0e0) * ("__c_f5" - 0.0e0), 0.0e0) + COALESCE(("__c_f6" - 0.4e0) * ("__c_f6" - 0.4e0), 0.0e0)) AS "__c_d1", (COALESCE(("__c_f0" - 1.2e0) * ("__c_f0" - 1.2e0), 0.0e0) + COALESCE(("__c_f1" - (-0.6e0)) * ("__c_f1" - (-0.6e0)), 0.0e0) + COALESCE(("__c_f2" - 0.0e0) * ("__c_f2" - 0.0e0), 0.0e0) + COALESCE(("__c_f3" - 0.0e0) * ("__c_f3" - 0.0e0), 0.0e0) + COALESCE(("__c_f4" - 0.3e0) * ("__c_f4" - 0.3e0), 0.0e0) + COALESCE(("__c_f5" - 0.2e0) * ("__c_f5" - 0.2e0), 0.0e0) + COALESCE(("__c_f6" - 1.0e0) * ("__c_f6" - 1.0e0), 0.0e0)) AS "__c_d2", (COALESCE(("__c_f0" - 0.0e0) * ("__c_f0" - 0.0e0), 0.0e0) + COALESCE(("__c_f1" - 0.0e0) * ("__c_f1" - 0.0e0), 0.0e0) + COALESCE(("__c_f2" - 0.1e0) * ("__c_f2" - 0.1e0), 0.0e0) + COALESCE(("__c_f3" - 0.1e0) * ("__c_f3" - 0.1e0), 0.0e0) + COALESCE(("__c_f4" - 0.1e0) * ("__c_f4" - 0.1e0), 0.0e0) + COALESCE(("__c_f5" - 0.5e0) * ("__c_f5" - 0.5e0), 0.0e0) + COALESCE(("__c_f6" - 0.5e0) * ("__c_f6" - 0.5e0), 0.0e0)) AS "__c_d3"
FROM "prepared"), "least" AS MATERIALIZED (SELECT *, MIN("__c_d0", "__c_d1", "__c_d2", "__c_d3") AS "__c_least"
FROM "distances"), "nearest" AS MATERIALIZED (SELECT *,
CASE
WHEN "__c_f0" IS NULL AND "__c_f1" IS NULL AND "__c_f2" IS NULL AND "__c_f3" IS NULL AND "__c_f4" IS NULL AND "__c_f5" IS NULL AND "__c_f6" IS NULL THEN NULL
WHEN "__c_d0" <= ("__c_least" + 1e-12) THEN 1
WHEN "__c_d1" <= ("__c_least" + 1e-12) THEN 2
WHEN "__c_d2" <= ("__c_least" + 1e-12) THEN 3
WHEN "__c_d3" <= ("__c_least" + 1e-12) THEN 1 END AS "__c_segment"
FROM "least"), "roots" AS MATERIALIZED (SELECT "__c_id", "__c_segment", SQRT("__c_least") AS "__c_near", SQRT(MIN(CASE
WHEN "__c_segment" = 1 THEN 1e+300 ELSE "__c_d0" END,
CASE
WHEN "__c_segment" = 2 THEN 1e+300 ELSE "__c_d1" END,
CASE
WHEN "__c_segment" = 3 THEN 1e+300 ELSE "__c_d2" END,
CASE
WHEN "__c_segment" = 1 THEN 1e+300 ELSE "__c_d3" END)) AS "__c_next"
FROM "nearest"), "margins" AS MATERIALIZED (SELECT "__c_id" AS "id", CAST("__c_segment" AS INTEGER) AS "segment",
CASE
WHEN "__c_segment" IS NULL THEN NULL
WHEN ("__c_next" + "__c_near") = 0.0e0 THEN 0.0e0 ELSE (CAST(("__c_next" - "__c_near") AS REAL) / ("__c_next" + "__c_near")) END AS "margin"
FROM "roots")
SELECT "id", "segment",
CASE
WHEN "segment" = 1 THEN 'Low spend'
WHEN "segment" = 2 THEN 'It''s "new"'
WHEN "segment" = 3 THEN 'High spend' END AS "name", "margin",
CASE
WHEN "segment" = 3 THEN NULL
WHEN
CASE
WHEN "segment" = 1 THEN 0.4e0
WHEN "segment" = 2 THEN 0.3e0 END <= "margin" THEN 'core'
WHEN
CASE
WHEN "segment" = 1 THEN 0.2e0
WHEN "segment" = 2 THEN 0.1e0 END <= "margin" THEN 'probable' ELSE
CASE
WHEN NOT ("segment" IS NULL) THEN 'borderline' END END AS "confidence"
FROM "margins"
