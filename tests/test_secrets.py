"""Passwords in URLs and keys of object storage are written nowhere; tests/test_proxy.py has those of proxies."""

import gzip
import os
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from crawler.cluster.shard_task import DRIVER, ShardResult, crawl_shard
from crawler.shards.leases import acquire
from crawler.shards.s3_store import S3Store
from crawler.shards.store import StoreError, StoreFaultError
from tests.archives import make_archive
from tests.commands import run, run_process
from tests.loopback import Asked, Loopback, Reply, article_html
from tests.object_storage import Environ, served_bucket
from tests.test_cluster import an_order

SECRET = b"open-sesame"
ENCODED = b"bWU6b3Blbi1zZXNhbWU="  # of me:open-sesame, as in a header
HTML = {"Content-Type": "text/html"}


def found_in(*texts: bytes) -> list[bytes]:
    """The texts that have the secret, compressed or not."""
    plain = [gzip.decompress(text) if text.startswith(b"\x1f\x8b") else text for text in texts]
    return [text for text in plain if SECRET in text or ENCODED in text]


def files(folder: Path) -> list[bytes]:
    """All files but those that the user wrote."""
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".toml"]


def pages(asked: Asked) -> Reply:
    if asked.path == "/list/1":
        return Reply(200, b"<a href='/a/1'>One</a> <a href='/a/2'>Two</a>", HTML)
    return (
        Reply(200, article_html(asked.path, f"Told at length of {asked.path}."), HTML)
        if "/a/" in asked.path
        else Reply(404)
    )


def test_passwords_in_urls_are_written_nowhere(tmp_path: Path) -> None:
    """Of URLs on the command line and in site files: they are neither sent nor kept nor shown."""
    with Loopback(respond=pages) as site:
        base = site.url.replace("://", f"://me:{SECRET.decode()}@")
        (tmp_path / "sites").mkdir()
        (tmp_path / "sites" / "loop.toml").write_text(
            f"name = 'loop'\nhome = '{base}/'\nlistings = ['{base}/list/1', '{base}/list/missing']\n"
            "articles = ['/a/']\nallow_private = true\ndelay = 0\n"
        )
        contact, sites = ("--contact", "me@example.org"), ("--sites", "sites")
        done = [
            run_process(*command, cwd=tmp_path)
            for command in (
                ("crawl", f"{base}/a/9", f"{base}/missing", "http://me:open-sesame@127.0.0.1:99999/", *contact),
                ("crawl", f"{base}/a/9", f"{base}/missing", "--allow-private", *contact),
                ("crawl", *sites, *contact, "--report", "report.json", "--metrics", "metrics.prom"),
                ("sites", *sites),
                ("sites", "check", *sites, "loop", *contact),
            )
        ]
        done += [
            run(*command, cwd=tmp_path)
            for command in (
                ("report",), ("report", "--json"), ("show", f"{base}/missing"), ("check",),
                ("export", "--format", "jsonl", "--output", "a.jsonl"),
            )
        ]  # fmt: skip
        assert not any("Authorization" in asked.headers for asked in site.asked)
    assert [each.returncode for each in done] == [2, 1, 1, 0, 1, 0, 0, 2, 0, 0]
    assert found_in(*((each.stdout + each.stderr).encode() for each in done)) == []
    assert found_in(*files(tmp_path)) == []


@pytest.mark.parametrize("status", [None, "403 Forbidden", "500 Internal Server Error"])
def test_keys_of_object_storage_are_written_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, status: str | None
) -> None:
    faults: list[str] = []
    keys = {"AWS_ACCESS_KEY_ID": SECRET.decode(), "AWS_SECRET_ACCESS_KEY": SECRET.decode()}

    def fault(_: Environ) -> str | None:
        return faults[0] if faults else None

    with Loopback(respond=pages) as site, served_bucket(fault) as url, patch.dict(os.environ, keys):
        order = replace(an_order(tmp_path, site)[1], place=f"{url}/shards", settle=0)
        store = S3Store(order.place)
        acquire(store, DRIVER, owner="the driver", seconds=order.seconds)
        if status:
            faults.append(status)
            with pytest.raises(StoreFaultError) as error:
                crawl_shard(order)
            assert found_in(str(error.value).encode()) == []
            faults.clear()
        else:
            result = crawl_shard(order)
            assert result == ShardResult(shard=0, state="crawled"), result
            bucket = [store._files.cat_file(path) for path in store._files.find(url)]
            assert any(b"SQLite format 3" in content for content in bucket)
            assert found_in(*bucket, *files(tmp_path)) == []
    assert found_in(caplog.text.encode()) == []


def test_keys_in_an_address_are_refused_or_left_out(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(StoreError, match="has keys: give them by AWS_ACCESS_KEY_ID") as error:
        S3Store("s3://me:open-sesame@bucket/shards")
    assert found_in(str(error.value).encode()) == []
    make_archive(tmp_path / "healthnews.db")
    with served_bucket() as url:
        for address in (url.replace("://", "://me:open-sesame@"), "gs2://me:open-sesame@bucket/a"):
            done = run("export", "--format", "parquet", "--output", address, cwd=tmp_path)
            assert done.returncode in (1, 2)
            assert "bucket" in done.stderr
            assert found_in((done.stdout + done.stderr).encode()) == []
