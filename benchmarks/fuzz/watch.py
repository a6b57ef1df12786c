"""Run a target on one input, and keep the inputs that are finds."""

import hashlib
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

LONGEST_STEP = 20.0  # seconds of CPU time


class SlowError(BaseException):
    """A step takes more than LONGEST_STEP. It is no Exception, so that no parser catches it."""


class Watch:
    """A target that saves the inputs for which it raises: one for each place in the code, the smallest.

    `finds` is the folder that they are written to, created when first needed, each with its traceback beside it. Makes
    the handler of SIGPROF, so it has to be used in the main thread.
    """

    def __init__(self, check: Callable[[bytes], None], finds: Path, longest_step: float = LONGEST_STEP) -> None:
        self.check, self.finds, self.longest_step = check, finds, longest_step
        signal.signal(signal.SIGPROF, _raise_slow)

    def __call__(self, data: bytes) -> None:
        """Run the target once. Raises nothing but KeyboardInterrupt and SystemExit."""
        signal.setitimer(signal.ITIMER_PROF, self.longest_step)
        try:
            self.check(data)
        except (Exception, SlowError) as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self._save(data, error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _save(self, data: bytes, error: BaseException) -> None:
        self.finds.mkdir(parents=True, exist_ok=True)
        path = self.finds / _place(error)
        if not path.exists() or path.stat().st_size > len(data):
            path.write_bytes(data)
            path.with_suffix(".txt").write_text("".join(traceback.format_exception(error, limit=40)), encoding="utf-8")


def _raise_slow(_number: int, _frame: FrameType | None) -> None:
    raise SlowError(f"more than {LONGEST_STEP:.0f} s of CPU time")


def _place(error: BaseException) -> str:
    """Return a name for the kind of an error and the project's innermost line that it passed.

    A step that is too slow is interrupted at any line: its name says the function.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename and "benchmarks" not in frame.filename]
    last = (own or list(frames))[-1]
    line = "" if isinstance(error, (SlowError, RecursionError, MemoryError)) else last.lineno
    digest = hashlib.sha1(f"{last.filename} {last.name} {line}".encode(), usedforsecurity=False).hexdigest()[:8]
    return f"{type(error).__name__}-{Path(last.filename).stem}-{digest}"
