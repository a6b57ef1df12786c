"""The process that fuzzes one target: `python -m benchmarks.fuzz.process TARGET FINDS OPTIONS …`.

It ends by itself, with the exit codes of libFuzzer, whose options follow the target's name and the folder of finds.
"""

import importlib
import logging
import shlex
import sys
from pathlib import Path

import atheris

from benchmarks.fuzz.watch import Watch


def main() -> None:
    """Instrument the project's modules, then hand over to libFuzzer, which does not return."""
    _, name, finds, *options = sys.argv
    logging.disable(logging.CRITICAL)
    with atheris.instrument_imports(include=["archive", "crawler"], enable_loader_override=False):
        target = importlib.import_module("benchmarks.fuzz.targets").TARGETS[name]
        watch = Watch(target.check, Path(finds))
        for folder in options:  # the seeds import what is imported at first use
            for seed in sorted(Path(folder).glob("*")) if not folder.startswith("-") else ():
                watch(seed.read_bytes())
        watch(b"")
    # To merge corpora, libFuzzer starts its program again: this command, with the options, by a shell.
    program = shlex.join([sys.executable, "-m", "benchmarks.fuzz.process", name, finds])
    atheris.Setup([program, *options], watch)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
