"""A session of Spark: one that is there already, one that is started in this machine, or one of a Connect server."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from coterie import errors
from coterie.doors import distinct
from coterie.engines.address import Address

PATIENCE = 15.0  # seconds until a server that does not answer is none
ZONE = "spark.sql.session.timeZone"
WAREHOUSE = Path("spark-warehouse")
SHUFFLED = "spark.sql.shuffle.partitions"
USUAL_SHUFFLED = "200"  # far more than one machine wants
OWN = {
    "spark.app.name": "coterie",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


@distinct
class Session:
    """A session, where it is, and how it is let go of.

    ``own`` says that nobody else uses it; ``here`` that it sees this machine's files.
    """

    spark: Any
    place: str
    own: bool
    here: bool
    close: Callable[[], None]


def session_of(frame: Any) -> Session:
    """Return the session that a DataFrame belongs to, which is its user's."""
    return Session(frame.sparkSession, "the session of the DataFrame", own=False, here=False, close=_nothing)


def open_session(address: Address, memory: str | None) -> Session:
    """Return a session of coterie's own.

    Raises
    ------
    MissingExtra : pyspark is not installed, or what Spark Connect needs.
    AccessError : no server answers; there is no Java.
    """
    try:
        import pyspark  # noqa: F401
    except ImportError as error:
        raise errors.missing_extra("pyspark", "spark") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of packages that are not ours
        return _connect(address) if address.given.startswith("sc://") else _start(address, memory)


def _connect(address: Address) -> Session:
    """Return a session of a Spark Connect server."""
    host, _, port = address.place.rpartition(":")
    try:
        socket.create_connection((host, int(port)), PATIENCE).close()  # Spark itself would try for ten minutes
    except OSError as error:
        raise errors.no_server(address.place, error.strerror or str(error)) from error
    try:
        from pyspark.sql.connect.session import SparkSession
    except ImportError as error:
        raise errors.missing_extra("pyspark[connect]", "spark") from error
    try:
        spark: Any = SparkSession.builder.remote(address.given).create()
        spark.conf.set(ZONE, "UTC")
    except Exception as error:
        said = address.without_secrets(str(error).strip().splitlines()[0])
        raise errors.no_server(address.place, said) from error
    return Session(spark, address.place, own=True, here=False, close=spark.stop)


def _start(address: Address, memory: str | None) -> Session:
    """Return a session of a Spark in this machine, which is started unless this process has one."""
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    try:
        spark = SparkSession.active().newSession()
        close: Callable[[], None] = _nothing
    except PySparkException:
        conf = SparkConf().setMaster(address.given).setAll(list(OWN.items()))
        if memory is not None:
            conf.set("spark.driver.memory", f"{_megabytes(memory)}m")
        spark = SparkSession(SparkContext(conf=conf, gateway=_gateway(conf)))
        spark.sparkContext.setLogLevel("OFF")
        close = partial(_stop, spark, WAREHOUSE.exists())
    spark.conf.set(ZONE, "UTC")
    if spark.conf.get(SHUFFLED) == USUAL_SHUFFLED:
        spark.conf.set(SHUFFLED, str(2 * (os.cpu_count() or 1)))
    return Session(spark, address.place, own=True, here=True, close=close)


def _stop(spark: Any, was_there: bool) -> None:
    """End Spark, and remove the folder that it makes for tables that nobody made."""
    spark.stop()
    if not was_there:
        with suppress(OSError):  # it holds something, or is somewhere else
            WAREHOUSE.rmdir()


def _gateway(conf: Any) -> Any:
    """Start Java, whose remarks at its start nobody should take for coterie's; return the way to it."""
    from pyspark import java_gateway
    from pyspark.errors import PySparkException

    launch: Callable[..., Any] = java_gateway.launch_gateway

    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise errors.no_java("there is no java on the PATH, and JAVA_HOME is not set")
    with tempfile.TemporaryFile() as said:
        try:
            return launch(conf, {"stdout": said, "stderr": said})
        except (PySparkException, OSError) as error:
            said.seek(0)
            lines = said.read().decode(errors="replace").split("\n")
            told = next((line.strip() for line in reversed(lines) if line.strip()), str(error))
            raise errors.no_java(told) from error


def _megabytes(memory: str) -> int:
    """Return a size such as ``4GB``, which was looked at before, in units that Spark reads."""
    units = {"K": 1 / 1024, "M": 1.0, "G": 1024.0, "T": 1024.0**2}
    digits = memory.strip().rstrip("bBiI").rstrip()
    letter = digits[-1].upper()
    return max(1, round(float(digits.rstrip("kKmMgGtT ")) * units[letter])) if letter in units else 1


def _nothing() -> None:
    """Leave what is somebody else's as it is."""
