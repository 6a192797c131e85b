"""Spark as an engine: a session here, or behind Spark Connect, that is asked in SQL alone.

It is a database whose answers are DataFrames and whose large results are folders of parts. Its modules, in import
order::

    types            Spark's types as kinds
    refusals         what Spark refused, in coterie's words
    session          a session of Spark: found, started, let go
    driver           what the engine needs of Spark
    parts            a folder of parts that Spark wrote
    engine           the engine
"""
