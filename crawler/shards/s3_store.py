"""A store on object storage that speaks S3, by s3fs, with conditional writes (If-None-Match, If-Match).

Keys, endpoint and region are those of the environment or of AWS's files (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL …).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archive.urls.users import without_user
from crawler.shards.store import ConflictError, Record, StoreError, StoreFaultError

# A lease is over before a request that hangs is given up by default, after minutes.
CLIENT = {"connect_timeout": 10, "read_timeout": 20, "retries": {"max_attempts": 4, "mode": "standard"}}
REFUSED = {412, 409}  # the condition is not met; another conditional write of the same object is under way
NO_BUCKET = "NoSuchBucket"


class S3Store:
    """The store at s3://BUCKET/PATH. The bucket has to exist."""

    def __init__(self, url: str) -> None:
        """Raises StoreError where s3fs is not installed or the URL names no bucket."""
        try:
            from s3fs import S3FileSystem
        except ImportError as error:
            raise StoreError(f"{url} needs s3fs: pip install 'health-news-archive[s3]'.") from error
        self.url = url
        self._bucket, _, path = url.removeprefix("s3://").rstrip("/").partition("/")
        if "@" in self._bucket:
            raise StoreError(f"{without_user(url)} has keys: give them by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
        if not self._bucket:
            raise StoreError(f"{url} names no bucket: give s3://BUCKET/PATH.")
        self._prefix = f"{path}/" if path else ""
        self._files: Any = S3FileSystem(config_kwargs=CLIENT, use_listings_cache=False)

    def read(self, name: str) -> Record | None:
        try:
            with self._reporting():
                answer = self._files.call_s3("get_object", Bucket=self._bucket, Key=self._key(name))
                return Record(self._body(answer), answer["ETag"], answer["LastModified"].timestamp())
        except FileNotFoundError:
            return None

    def create(self, name: str, data: bytes) -> str:
        return self._put(name, data, IfNoneMatch="*")

    def replace(self, name: str, data: bytes, version: str) -> str:
        return self._put(name, data, IfMatch=version)

    def delete(self, name: str) -> None:
        with self._reporting():
            self._files.call_s3("delete_object", Bucket=self._bucket, Key=self._key(name))

    def records(self, folder: str) -> list[str]:
        return sorted(name for name, kind in self._listed(folder) if kind == "file")

    def upload(self, path: Path, name: str) -> None:
        with self._reporting():
            self._files.put_file(str(path), self._path(name))

    def download(self, name: str, path: Path) -> None:
        with self._reporting():
            self._files.get_file(self._path(name), str(path))

    def folders(self, folder: str) -> list[str]:
        return sorted(name for name, kind in self._listed(folder) if kind == "directory")

    def delete_files(self, folder: str) -> None:
        with self._reporting():
            for path in self._files.find(self._path(folder)):
                self._files.rm_file(path)

    def _listed(self, folder: str) -> list[tuple[str, str]]:
        try:
            with self._reporting():
                found = self._files.ls(self._path(folder), detail=True, refresh=True)
        except FileNotFoundError:
            return []
        return [(entry["name"].rstrip("/").rpartition("/")[2], entry["type"]) for entry in found]

    def _put(self, name: str, data: bytes, **condition: str) -> str:
        """Write on a condition. One that was tried again after a lost answer finds itself there."""
        try:
            with self._reporting():
                answer = self._files.call_s3(
                    "put_object", Bucket=self._bucket, Key=self._key(name), Body=data, **condition
                )
            return str(answer["ETag"])
        except ConflictError:
            found = self.read(name)
            if found and found.data == data:
                return found.version
            raise
        except FileNotFoundError as error:  # If-Match of an object that is gone
            raise ConflictError(name) from error

    def _body(self, answer: Any) -> bytes:
        from fsspec.asyn import sync

        return bytes(sync(self._files.loop, answer["Body"].read))

    def _key(self, name: str) -> str:
        return f"{self._prefix}{name}"

    def _path(self, name: str) -> str:
        return f"{self._bucket}/{self._key(name)}".rstrip("/")

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """Turn the errors of the client into those of a store."""
        from botocore.exceptions import BotoCoreError

        try:
            yield
        except (OSError, BotoCoreError) as error:
            status, code = _answer(error)
            if status in REFUSED or isinstance(error, FileExistsError):
                raise ConflictError(str(error)) from error
            if isinstance(error, FileNotFoundError) and code != NO_BUCKET:
                raise
            said = without_user(str(error))
            raise StoreFaultError(f"{self.url} cannot be reached or written ({said}): see to it.") from error


def _answer(error: BaseException) -> tuple[int, str]:
    """Return the HTTP status and the code in the error of botocore from which an error was made; 0 and "" without."""
    response = getattr(error.__cause__, "response", None) or getattr(error, "response", None) or {}
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0
    return int(status), str(response.get("Error", {}).get("Code", ""))
