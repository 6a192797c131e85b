"""A database behind an address: it is asked in SQL, and what is small comes here.

A driver reaches one kind of database; everything else is the same for all. Its modules, in import order::

    into             segments as a table or a view, published with the run's folder
    postgres_into    the same in PostgreSQL
    mysql_into       the same in MariaDB and MySQL
    driver           what the engine needs of a driver
    relations        relations put into a query, and a query parted between here and there
    waiting          a call that an interruption cancels
    postgres         PostgreSQL, through ADBC
    mysql            MariaDB and MySQL, through PyMySQL
    sqlite           an SQLite file in place, through the standard library
    engine           the engine
    drivers          which driver reaches which kind of database
"""
