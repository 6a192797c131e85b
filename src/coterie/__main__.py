"""The program: a verb runs, and ends with an exit code.

What can go wrong becomes at most three lines.
"""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import NoReturn

A_BUG = 1
HIGHEST_STREAM = 2
TERMINATED = (143, "Terminated.")
STOPS = {signal.SIGINT: (130, "Interrupted."), signal.SIGTERM: TERMINATED}
if hasattr(signal, "SIGHUP"):  # Windows has none
    STOPS[signal.SIGHUP] = TERMINATED
AGAIN_SECONDS = 0.02  # until a stop that could not be raised, or was swallowed, is looked at again
NEW_OBJECTS = 200_000  # between two searches for garbage: a short run makes fewer, and all of them are needed


def main() -> NoReturn:
    """Run the command line, and end the process with its exit code."""
    stops: list[int] = []
    raised = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal raised
        if number in STOPS:
            stops.append(number)
        elif raised and sys.exc_info()[0] is not None:
            _look_again()
            return  # it is on its way out, and what is removed there must not be disturbed
        if _look_again() and _importing(frame):
            return
        raised = True
        raise KeyboardInterrupt  # unwinding removes what was half written

    gc.set_threshold(NEW_OBJECTS)
    _open_streams()
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, stop)
    for number in STOPS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        code = _run(sys.argv[1:], stops)
    except KeyboardInterrupt:  # it came as the verb returned
        code, _ = STOPS[signal.Signals(stops[0])]
    finally:
        _look_again(0)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError):  # the reader has gone, or nobody ever listened
            stream.flush()
    # Straight out: at interpreter exit, extension modules would print notes of their own after the message.
    os._exit(code)


def _look_again(after: float = AGAIN_SECONDS) -> bool:
    """Have a stop looked at again, and say whether there is a clock for it: Windows has none.

    What is raised in a destructor, or under native code that asks whether a thing has an attribute, is lost.
    """
    clock = hasattr(signal, "setitimer")
    if clock:
        signal.setitimer(signal.ITIMER_REAL, after)
    return clock


def _importing(frame: FrameType | None) -> bool:
    """Return whether a module is being imported.

    The machinery of imports may swallow what is raised in it, and native modules abort half imported.
    """
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _run(arguments: list[str], stops: Sequence[int] = ()) -> int:
    """Run a verb, its imports included, and return its exit code.

    After a stop whatever was raised is its echo: engines make errors of it.
    """
    try:
        return _verb(arguments)
    except (KeyboardInterrupt, EOFError):
        _look_again(0)
    except (BrokenPipeError, SystemExit):
        return 0  # the reader has gone (click makes an exit of it); the work itself is done
    except Exception as error:
        if not stops:
            return _answer(error)
        _look_again(0)
    code, said = STOPS[signal.Signals(stops[0])] if stops else STOPS[signal.SIGINT]
    with suppress(OSError):  # the terminal may have gone
        print(said, file=sys.stderr)
    return code


def _open_streams() -> None:
    """Let the streams show what they can, and keep closed ones from becoming the next file that is opened."""
    while (free := os.open(os.devnull, os.O_RDWR)) <= HIGHEST_STREAM:
        pass
    os.close(free)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - it stays open as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _verb(arguments: list[str]) -> int:
    from coterie.cli import Interrupted, cli

    try:
        return int(cli.main(arguments, prog_name="coterie", standalone_mode=False) or 0)
    except Interrupted as interruption:
        raise KeyboardInterrupt from interruption


def _answer(error: Exception) -> int:
    from coterie import errors
    from coterie.cli import fail

    if isinstance(error, errors.CoterieError):
        return fail(error)
    if isinstance(error, OSError) and error.errno is not None and error.filename is None:
        return fail(errors.cannot_print(error.strerror or str(error)))  # what click prints by itself, such as help
    if isinstance(error, MemoryError):
        return fail(errors.out_of_memory("the process may not have more"))
    return _report_bug(error)


def _report_bug(error: Exception) -> int:
    """Say in one line that coterie is at fault.

    Where the error came from goes to a private file, without values.
    """
    import tempfile
    import traceback

    from coterie import errors

    frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    handle, path = tempfile.mkstemp(prefix="coterie-crash-", suffix=".txt")
    with os.fdopen(handle, "w") as file:
        file.write("\n".join([type(error).__name__, *frames]) + "\n")
    print(f"A bug in coterie ({type(error).__name__}). Where it happened: {errors.shown(path, 200)}", file=sys.stderr)
    return A_BUG


if __name__ == "__main__":
    main()
