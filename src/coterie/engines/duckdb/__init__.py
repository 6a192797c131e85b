"""DuckDB in this process.

Its modules, in import order::

    refusals         what DuckDB refused, in coterie's words
    types            DuckDB's types as kinds
    cells            a cell of text as a value, in SQL
    lock             a database that opens nothing but its source
    text             a counted text, loaded strictly, then cell by cell
    last_row         a total at the end of what is read in place
    zones            instants as the clocks of a time zone show them
    typed_texts      a source that has types: its texts read as those of a text file
    parquet          whether Parquet files are parts of one table
    frames           a frame in memory, copied into a table
    database         a table of a DuckDB file, copied
    work             how far the query is that runs now
    written          a result as a file
    engine           the engine
    fetched          answers of a database, taken into this process
"""
