-- Segments of a run of coterie, as SQL for SQL Server; this dialect is parsed again but NOT executed in coterie's tests.
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
-- Mind: it needs SQL Server 2022 or later, or Azure SQL.
-- Mind: the day of a moment with a zone is the one that it is in the session's zone.
WITH [rows] /* each purchase: customer (c), order (o), day since 1970 (d), amount (a), category (k), whether returned */ AS (
  SELECT
  TOP 9223372036854775807
    CAST(CAST(CASE
      WHEN CAST(CAST(TRIM(CAST([who] AS NVARCHAR(4000))) AS NVARCHAR(4000)) AS VARBINARY(8000)) IN (
        CAST(CAST(N'' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'NA' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'N/A' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'n/a' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'na' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'NULL' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'null' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'Null' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'NaN' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'nan' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'NAN' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'None' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'none' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'-' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'--' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'?' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'.' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'#N/A' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'<NA>' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'n.a.' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'N.A.' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'(null)' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'\N' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'#NULL!' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'NaT' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'0000-00-00' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'0000-00-00 00:00:00' AS NVARCHAR(4000)) AS VARBINARY(8000))
      )
      THEN NULL
      ELSE CAST([who] AS NVARCHAR(4000))
    END AS NVARCHAR(4000)) AS VARBINARY(8000)) AS [c],
    CAST(CAST(CASE
      WHEN CAST(CAST(TRIM(CAST([basket] AS NVARCHAR(4000))) AS NVARCHAR(4000)) AS VARBINARY(8000)) IN (
        CAST(CAST(N'' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'NA' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'N/A' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'n/a' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'na' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'NULL' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'null' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'Null' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'NaN' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'nan' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'NAN' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'None' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'none' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'-' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'--' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'?' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'.' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'#N/A' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'<NA>' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'n.a.' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'N.A.' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'(null)' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'\N' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'#NULL!' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'NaT' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'0000-00-00' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'0000-00-00 00:00:00' AS NVARCHAR(4000)) AS VARBINARY(8000))
      )
      THEN NULL
      ELSE CAST([basket] AS NVARCHAR(4000))
    END AS NVARCHAR(4000)) AS VARBINARY(8000)) AS [o],
    DATEDIFF(DAY, CAST('1970-01-01' AS DATE), CAST([day] AS DATE)) AS [d],
    CASE
      WHEN LEN(CAST([pieces] AS NVARCHAR(4000))) > 0
      THEN CAST([pieces] AS FLOAT)
    END * CASE WHEN LEN(CAST([price] AS NVARCHAR(4000))) > 0 THEN CAST([price] AS FLOAT) END AS [a],
    CASE
      WHEN (
        CASE
          WHEN LEN(CAST([pieces] AS NVARCHAR(4000))) > 0
          THEN CAST([pieces] AS FLOAT)
        END * CASE WHEN LEN(CAST([price] AS NVARCHAR(4000))) > 0 THEN CAST([price] AS FLOAT) END < 0.0e0
        OR CASE
          WHEN LEN(CAST([pieces] AS NVARCHAR(4000))) > 0
          THEN CAST([pieces] AS FLOAT)
        END < 0.0e0
      )
      THEN 1
    END AS [back],
    CAST(CAST(NULLIF(TRIM(CAST([kind] AS NVARCHAR(4000))), N'') AS NVARCHAR(4000)) AS VARBINARY(8000)) AS [k]
  FROM [shop].[orders]
), [lines] /* those with a customer, a day and an amount, which is counted in whole units (u), so that sums are exact */ AS (
  SELECT
  TOP 9223372036854775807
    [c],
    [o],
    [d],
    [back],
    [k],
    CAST(FLOOR((
      [a] * 1000000000.0e0 + 0.5e0
    )) AS BIGINT) AS [u]
  FROM [rows]
  WHERE
    NOT (
      [c] IS NULL
    ) AND NOT (
      [d] IS NULL
    ) AND ABS([a]) < 1e+21
), [counted] /* up to the day that counts */ AS (
  SELECT
  TOP 9223372036854775807
    *
  FROM [lines]
  WHERE
    [d] <= 20453
), [order_sums] /* the orders: their day, what was bought (b) and returned (r) */ AS (
  SELECT
  TOP 9223372036854775807
    [c],
    CAST(MIN(CASE WHEN [back] IS NULL THEN [d] END) AS BIGINT) AS [d],
    CAST(SUM(CASE WHEN [back] IS NULL THEN [u] END) AS BIGINT) AS [b],
    CAST(SUM(CASE WHEN [back] = 1 THEN ABS([u]) END) AS BIGINT) AS [r]
  FROM [counted]
  GROUP BY
    [c],
    [o],
    CASE WHEN [o] IS NULL THEN [d] END
), [gaps] /* the days since the customer's order before (g), and his first day (f) */ AS (
  SELECT
  TOP 9223372036854775807
    *,
    NULLIF(
      (
        [d] - LAG([d]) OVER (PARTITION BY [c] ORDER BY CASE WHEN [d] IS NULL THEN 1 ELSE 0 END, [d] ASC)
      ),
      0
    ) AS [g],
    MIN([d]) OVER (PARTITION BY [c] ORDER BY CASE WHEN [d] IS NULL THEN 1 ELSE 0 END, [d] ASC) AS [f]
  FROM [order_sums]
), [ranks] /* each gap's place among the customer's (k) of how many (n) */ AS (
  SELECT
  TOP 9223372036854775807
    *,
    ROW_NUMBER() OVER (PARTITION BY [c] ORDER BY CASE WHEN [g] IS NULL THEN 1 ELSE 0 END, [g] ASC) AS [k],
    COUNT([g]) OVER (
      PARTITION BY [c]
      ORDER BY [g] ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS [n]
  FROM [gaps]
), [customer_sums] /* the customers: what their orders come to */ AS (
  SELECT
  TOP 9223372036854775807
    [c],
    CAST([c] AS NVARCHAR(4000)) AS [customer_id],
    COUNT([d]) AS [frequency],
    (
      CAST((
        CAST((
          COALESCE(SUM([b]), 0) - COALESCE(SUM([r]), 0)
        ) AS FLOAT) / 1000000000.0e0
      ) AS FLOAT) / NULLIF(CAST(COUNT([d]) AS FLOAT), 0.0e0)
    ) AS [average_order],
    CASE
      WHEN COUNT(CASE WHEN [n] <= 2 * [k] AND 2 * [k] <= (
        [n] + 2
      ) THEN [g] END) > 0
      THEN (
        CAST(SUM(CASE WHEN [n] <= 2 * [k] AND 2 * [k] <= (
          [n] + 2
        ) THEN [g] END) AS FLOAT) / CAST(COUNT(CASE WHEN [n] <= 2 * [k] AND 2 * [k] <= (
          [n] + 2
        ) THEN [g] END) AS FLOAT)
      )
    END AS [median_gap]
  FROM [ranks]
  GROUP BY
    [c]
), [spent] /* what each customer spent on each category */ AS (
  SELECT
  TOP 9223372036854775807
    [c],
    [k],
    SUM([u]) AS [v]
  FROM [counted]
  WHERE
    [back] IS NULL AND NOT (
      [k] IS NULL
    )
  GROUP BY
    [c],
    [k]
), [ranked] /* the customer's categories, the dearest first */ AS (
  SELECT
  TOP 9223372036854775807
    *,
    ROW_NUMBER() OVER (
      PARTITION BY [c]
      ORDER BY [v] DESC, CASE WHEN [k] IS NULL THEN 1 ELSE 0 END, [k] ASC
    ) AS [p],
    SUM([v]) OVER (
      PARTITION BY [c]
      ORDER BY [v] DESC, [k] ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS [t]
  FROM [spent]
), [favorites] /* the first of them, and its share */ AS (
  SELECT
  TOP 9223372036854775807
    [c],
    CAST([k] AS NVARCHAR(4000)) AS [favorite_category],
    CASE WHEN [t] > 0 THEN (
      CAST([v] AS FLOAT) / CAST([t] AS FLOAT)
    ) END AS [favorite_share]
  FROM [ranked]
  WHERE
    [p] = 1
), [made] /* those who bought: the columns that form the segments */ AS (
  SELECT
  TOP 9223372036854775807
    [customer_sums].[customer_id],
    [customer_sums].[frequency],
    [customer_sums].[average_order],
    [customer_sums].[median_gap],
    [favorites].[favorite_category],
    [favorites].[favorite_share]
  FROM [customer_sums]
  LEFT JOIN [favorites]
    ON [customer_sums].[c] = [favorites].[c]
  WHERE
    [customer_sums].[frequency] > 0
), [cells] /* each column as a number, as text, or as days since 1970 */ AS (
  SELECT
  TOP 9223372036854775807
    CASE
      WHEN CAST(CAST(CAST([customer_id] AS NVARCHAR(4000)) AS NVARCHAR(4000)) AS VARBINARY(8000)) = CAST(CAST(N'' AS NVARCHAR(4000)) AS VARBINARY(8000))
      THEN NULL
      ELSE CAST([customer_id] AS NVARCHAR(4000))
    END AS [__c_id], /* who */
    CASE
      WHEN LEN(CAST([average_order] AS NVARCHAR(4000))) > 0
      THEN CAST([average_order] AS FLOAT)
    END AS [average_order],
    CASE
      WHEN LEN(CAST([median_gap] AS NVARCHAR(4000))) > 0
      THEN CAST([median_gap] AS FLOAT)
    END AS [median_gap],
    CASE
      WHEN CAST(CAST(TRIM(CAST([favorite_category] AS NVARCHAR(4000))) AS NVARCHAR(4000)) AS VARBINARY(8000)) = CAST(CAST(N'' AS NVARCHAR(4000)) AS VARBINARY(8000))
      THEN NULL
      ELSE CAST([favorite_category] AS NVARCHAR(4000))
    END AS [favorite_category]
  FROM [made]
), [known] /* levels as they were when the segments were formed; numbers that can be counted with */ AS (
  SELECT
  TOP 9223372036854775807
    [__c_id],
    CASE
      WHEN (
        -1e+300
      ) <= [average_order] AND [average_order] <= 1e+300
      THEN [average_order]
    END AS [average_order],
    CASE
      WHEN (
        -1e+300
      ) <= [median_gap] AND [median_gap] <= 1e+300
      THEN [median_gap]
    END AS [median_gap],
    CASE
      WHEN CAST(CAST([favorite_category] AS NVARCHAR(4000)) AS VARBINARY(8000)) IN (
        CAST(CAST(N'basic' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'it''s /* all */' AS NVARCHAR(4000)) AS VARBINARY(8000)),
        CAST(CAST(N'rare' AS NVARCHAR(4000)) AS VARBINARY(8000))
      )
      THEN [favorite_category]
      WHEN CAST(CAST(LOWER(TRIM([favorite_category])) AS NVARCHAR(4000)) AS VARBINARY(8000)) = CAST(CAST(N'basic' AS NVARCHAR(4000)) AS VARBINARY(8000))
      THEN N'basic'
      WHEN CAST(CAST(LOWER(TRIM([favorite_category])) AS NVARCHAR(4000)) AS VARBINARY(8000)) = CAST(CAST(N'it''s /* all */' AS NVARCHAR(4000)) AS VARBINARY(8000))
      THEN N'it''s /* all */'
      WHEN CAST(CAST(LOWER(TRIM([favorite_category])) AS NVARCHAR(4000)) AS VARBINARY(8000)) = CAST(CAST(N'rare' AS NVARCHAR(4000)) AS VARBINARY(8000))
      THEN N'rare'
      ELSE [favorite_category]
    END AS [favorite_category]
  FROM [cells]
), [scaled] /* the prepared columns before their caps and weights */ AS (
  SELECT
  TOP 9223372036854775807
    [__c_id],
    (
      LOG(
        (
          1.0e0 + CASE WHEN [average_order] < 0.0e0 THEN 0.0e0 ELSE [average_order] END * 0.02e0
        )
      ) - 0.0e0
    ) * 0.010084965837178227e0 AS [__c_u0], /* average_order */
    (
      [median_gap] - 0.4495e0
    ) * 0.010157182397602904e0 AS [__c_u1], /* median_gap */
    CASE
      WHEN CAST(CAST([favorite_category] AS NVARCHAR(4000)) AS VARBINARY(8000)) = CAST(CAST(N'basic' AS NVARCHAR(4000)) AS VARBINARY(8000))
      THEN 0.9e0
      WHEN NOT (
        [favorite_category] IS NULL
      )
      THEN 0.0e0
    END AS [__c_u2], /* favorite_category=basic */
    CASE
      WHEN CAST(CAST([favorite_category] AS NVARCHAR(4000)) AS VARBINARY(8000)) = CAST(CAST(N'it''s /* all */' AS NVARCHAR(4000)) AS VARBINARY(8000))
      THEN 0.9e0
      WHEN NOT (
        [favorite_category] IS NULL
      )
      THEN 0.0e0
    END AS [__c_u3], /* favorite_category=it's / * all * / */
    CASE
      WHEN CAST(CAST([favorite_category] AS NVARCHAR(4000)) AS VARBINARY(8000)) = CAST(CAST(N'basic' AS NVARCHAR(4000)) AS VARBINARY(8000))
      THEN 0.0e0
      WHEN CAST(CAST([favorite_category] AS NVARCHAR(4000)) AS VARBINARY(8000)) = CAST(CAST(N'it''s /* all */' AS NVARCHAR(4000)) AS VARBINARY(8000))
      THEN 0.0e0
      WHEN NOT (
        [favorite_category] IS NULL
      )
      THEN 0.9e0
    END AS [__c_u4] /* favorite_category=other */
  FROM [known]
), [prepared] /* the prepared columns: what distances are taken between */ AS (
  SELECT
  TOP 9223372036854775807
    [__c_id],
    CASE
      WHEN [__c_u0] < (
        -0.5e0
      )
      THEN (
        -0.5e0
      )
      WHEN [__c_u0] > 1.5e0
      THEN 1.5e0
      ELSE [__c_u0]
    END AS [__c_f0], /* average_order */
    [__c_u1] AS [__c_f1], /* median_gap */
    [__c_u2] AS [__c_f2], /* favorite_category=basic */
    [__c_u3] AS [__c_f3], /* favorite_category=it's / * all * / */
    [__c_u4] AS [__c_f4] /* favorite_category=other */
  FROM [scaled]
), [distances] /* the squared distance to each center; a missing value adds nothing */ AS (
  SELECT
  TOP 9223372036854775807
    *,
    (
      COALESCE((
        [__c_f0] - 0.1e0
      ) * (
        [__c_f0] - 0.1e0
      ), 0.0e0) + COALESCE((
        [__c_f1] - 0.2e0
      ) * (
        [__c_f1] - 0.2e0
      ), 0.0e0) + COALESCE((
        [__c_f2] - 0.9e0
      ) * (
        [__c_f2] - 0.9e0
      ), 0.0e0) + COALESCE((
        [__c_f3] - 0.0e0
      ) * (
        [__c_f3] - 0.0e0
      ), 0.0e0) + COALESCE((
        [__c_f4] - 0.0e0
      ) * (
        [__c_f4] - 0.0e0
      ), 0.0e0)
    ) AS [__c_d0], /* to a center of A Average customers */
    (
      COALESCE((
        [__c_f0] - 0.8e0
      ) * (
        [__c_f0] - 0.8e0
      ), 0.0e0) + COALESCE((
        [__c_f1] - 0.9e0
      ) * (
        [__c_f1] - 0.9e0
      ), 0.0e0) + COALESCE((
        [__c_f2] - 0.0e0
      ) * (
        [__c_f2] - 0.0e0
      ), 0.0e0) + COALESCE((
        [__c_f3] - 0.5e0
      ) * (
        [__c_f3] - 0.5e0
      ), 0.0e0) + COALESCE((
        [__c_f4] - 0.4e0
      ) * (
        [__c_f4] - 0.4e0
      ), 0.0e0)
    ) AS [__c_d1] /* to a center of B High income, high spending */
  FROM [prepared]
), [least] /* the least of these distances */ AS (
  SELECT
  TOP 9223372036854775807
    *,
    LEAST([__c_d0], [__c_d1]) AS [__c_least]
  FROM [distances]
), [nearest] /* the segment of the nearest center; none where every value is missing */ AS (
  SELECT
  TOP 9223372036854775807
    *,
    CASE
      WHEN [__c_f0] IS NULL
      AND [__c_f1] IS NULL
      AND [__c_f2] IS NULL
      AND [__c_f3] IS NULL
      AND [__c_f4] IS NULL
      THEN NULL
      WHEN [__c_d0] <= (
        [__c_least] + 1e-12
      )
      THEN 1
      WHEN [__c_d1] <= (
        [__c_least] + 1e-12
      )
      THEN 2
    END AS [__c_segment]
  FROM [least]
), [roots] /* the distance to the nearest center, and to the nearest one of another segment */ AS (
  SELECT
  TOP 9223372036854775807
    [__c_id],
    [__c_segment],
    SQRT([__c_least]) AS [__c_near],
    SQRT(
      LEAST(
        CASE WHEN [__c_segment] = 1 THEN 1e+300 ELSE [__c_d0] END,
        CASE WHEN [__c_segment] = 2 THEN 1e+300 ELSE [__c_d1] END
      )
    ) AS [__c_next]
  FROM [nearest]
), [margins] /* 0 on a border between segments, towards 1 deep inside */ AS (
  SELECT
  TOP 9223372036854775807
    [__c_id] AS [id],
    CAST([__c_segment] AS INTEGER) AS [segment],
    CASE
      WHEN [__c_segment] IS NULL
      THEN NULL
      WHEN (
        [__c_next] + [__c_near]
      ) = 0.0e0
      THEN 0.0e0
      ELSE (
        CAST((
          [__c_next] - [__c_near]
        ) AS FLOAT) / (
          [__c_next] + [__c_near]
        )
      )
    END AS [margin]
  FROM [roots]
)
SELECT
  [id], /* who */
  [segment], /* the segment's number; NULL: not assigned */
  CASE
    WHEN [segment] = 1
    THEN N'Average customers'
    WHEN [segment] = 2
    THEN N'High income, high spending'
  END AS [name], /* what the segment is called */
  [margin], /* 0 on a border between segments, towards 1 deep inside */
  CASE
    WHEN CASE WHEN [segment] = 1 THEN 0.2e0 WHEN [segment] = 2 THEN 0.2e0 END <= [margin]
    THEN N'core'
    WHEN CASE WHEN [segment] = 1 THEN 0.1e0 WHEN [segment] = 2 THEN 0.1e0 END <= [margin]
    THEN N'probable'
    ELSE CASE WHEN NOT (
      [segment] IS NULL
    ) THEN N'borderline' END
  END AS [confidence] /* core, probable or borderline */
FROM [margins]
