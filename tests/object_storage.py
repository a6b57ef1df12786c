"""Object storage on loopback: moto's application, which may be told to answer errors."""

import os
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
Environ = dict[str, Any]
Fault = Callable[[Environ], str | None]


@contextmanager
def served_bucket(fault: Fault = lambda _: None) -> Iterator[str]:
    """Serve an empty bucket and yield its URL; the environment leads there meanwhile.

    `fault` is asked at each request, may wait, and returns None or the status of an error to answer: "500 …" in place
    of what was asked for, "after 500 …" once that was done.
    """
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from s3fs import S3FileSystem
    from werkzeug.serving import make_server

    moto = DomainDispatcherApplication(create_backend_app)

    def application(environ: Environ, start_response: Any) -> Iterable[bytes]:
        status = fault(environ)
        if status and status.startswith("after "):
            status = status.removeprefix("after ")
            for _ in moto(environ, lambda *_: None):
                pass
        if status:
            start_response(status, [("Content-Length", "0")])
            return [b""]
        answer: Iterable[bytes] = moto(environ, start_response)
        return answer

    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with patch.dict(os.environ, {**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}"}):
            bucket = f"bucket-{uuid.uuid4().hex[:12]}"
            S3FileSystem.clear_instance_cache()
            S3FileSystem(skip_instance_cache=True).call_s3("create_bucket", Bucket=bucket)
            yield f"s3://{bucket}"
            S3FileSystem.clear_instance_cache()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
