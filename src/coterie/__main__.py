"""The program: runs a verb and turns what can go wrong into at most three lines and an exit code."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

INTERRUPTED, TERMINATED, A_BUG = 130, 143, 1


class Terminated(BaseException):
    """The system asked the process to end; unwinding removes what was half written."""


def main() -> NoReturn:
    """Run the command line, and end the process with the contract's exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    code = _run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # the reader may have gone; nothing is left to say then
            stream.flush()
    # Straight out: at interpreter exit, extension modules would print notes of their own after the message.
    os._exit(code)


def _run(arguments: list[str]) -> int:
    """Run a verb, its imports included: what interrupts either ends here."""
    try:
        return _verb(arguments)
    except (KeyboardInterrupt, EOFError):
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except Terminated:
        print("Terminated.", file=sys.stderr)
        return TERMINATED
    except (BrokenPipeError, SystemExit):
        return 0  # the reader has gone (click makes an exit of it); the work itself is done


def _verb(arguments: list[str]) -> int:
    from coterie import errors
    from coterie.cli import Interrupted, cli, fail

    try:
        return int(cli.main(arguments, prog_name="coterie", standalone_mode=False) or 0)
    except errors.CoterieError as error:
        return fail(error)
    except Interrupted as interruption:
        raise KeyboardInterrupt from interruption
    except (EOFError, BrokenPipeError):
        raise
    except MemoryError:
        return fail(errors.out_of_memory("the process may not have more"))
    except Exception as error:
        return _report_bug(error)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def _report_bug(error: Exception) -> int:
    """Say in one line that coterie is at fault; where the error came from goes to a private file, without values."""
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
