"""Where shards may lie: a folder, or object storage."""

from pathlib import Path

from crawler.shards.store import Store, StoreError


def open_store(place: str) -> Store:
    """Return the store at a folder's path or an s3:// URL. Raises StoreError for another one."""
    scheme, separator, _ = place.partition("://")
    if not separator:
        from crawler.shards.folder_store import FolderStore

        return FolderStore(Path(place))
    if scheme == "s3":
        from crawler.shards.s3_store import S3Store

        return S3Store(place)
    raise StoreError(f"{place} is neither a folder nor s3://BUCKET/PATH: name one of these for the shards.")
