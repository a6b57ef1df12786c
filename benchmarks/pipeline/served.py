"""The server process: `python -m benchmarks.pipeline.served FOLDER` serves pages as one site on loopback.

A number in place of the folder serves so many generated pages. `/sitemap.xml` lists all; any other host of loopback
(127.0.0.0/8) is answered too. The first line printed is the port.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.pipeline import generated
from benchmarks.pipeline.pages import HTML
from tests.loopback import Loopback, Reply

Body = Callable[[str], bytes | None]


def main() -> None:
    """Serve until the standard input ends."""
    what = sys.argv[1]
    ids, body = _generated(int(what)) if what.isdecimal() else _stored(Path(what))
    port = 0

    def answer(path: str) -> Reply:
        if path == "/sitemap.xml":
            site = f"http://127.0.0.1:{port}"
            urls = "".join(f"<url><loc>{site}/p/{name}.html</loc></url>" for name in ids)
            head = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            return Reply(body=f"{head}{urls}</urlset>".encode(), headers={"Content-Type": "application/xml"})
        found = body(path.removeprefix("/p/").removesuffix(".html")) if path.startswith("/p/") else None
        return Reply(404) if found is None else Reply(body=found)

    with Loopback(answer, host="0.0.0.0") as site:  # noqa: S104 (every address of 127.0.0.0/8)
        port = site.port
        print(port, flush=True)
        sys.stdin.read()


@contextmanager
def serving(what: str, core: int) -> Iterator[int]:
    """Run a server process on a core; yield its port."""
    command = ["taskset", "-c", str(core), sys.executable, "-m", "benchmarks.pipeline.served", what]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdin
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def _stored(folder: Path) -> tuple[list[str], Body]:
    ids = [json.loads(line)["id"] for line in (folder / "pages.jsonl").read_bytes().splitlines()]
    bodies = {name: (folder / HTML / f"{name}.html").read_bytes() for name in ids}
    return ids, bodies.get


def _generated(number: int) -> tuple[list[str], Body]:
    def body(name: str) -> bytes | None:
        return generated.page(int(name[1:])).body if name[1:].isdecimal() else None

    return [f"g{at:06}" for at in range(number)], body


if __name__ == "__main__":
    main()
