//! The objects of all buckets in the store.

use axum::http::{HeaderMap, HeaderName, header};
use rusqlite::{OptionalExtension, params};

use super::{Address, S3};

/// Where they are.
pub(super) const TABLES: &str = "CREATE TABLE IF NOT EXISTS s3_objects (
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    content_type TEXT NOT NULL,
    cache_control TEXT,
    etag TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (bucket, key)
) STRICT;";

/// What S3 knows of an object beside its bytes.
pub(super) struct Object {
    pub(super) content_type: String,
    pub(super) cache_control: Option<String>,
    /// The MD5 of its bytes, as of an object that was put at once
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html>).
    pub(super) etag: String,
}

impl Object {
    /// The object that a request puts.
    pub(super) fn sent(headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name: HeaderName| Some(headers.get(name)?.to_str().ok()?.to_owned());
        let content_type = text(header::CONTENT_TYPE);
        Self {
            content_type: content_type.unwrap_or_else(|| "binary/octet-stream".to_owned()),
            cache_control: text(header::CACHE_CONTROL),
            etag: format!("\"{:x}\"", md5::compute(body)),
        }
    }
}

impl S3 {
    pub(super) fn put(
        &self,
        address: &Address,
        object: &Object,
        body: &[u8],
    ) -> rusqlite::Result<()> {
        let put = "INSERT OR REPLACE INTO s3_objects
            (bucket, key, content_type, cache_control, etag, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let Address { bucket, key } = address;
        let Object { content_type, cache_control, etag } = object;
        self.store.with(|connection| {
            connection
                .execute(put, params![bucket, key, content_type, cache_control, etag, body])
                .map(drop)
        })
    }

    pub(super) fn get(
        &self,
        bucket: &str,
        key: &str,
    ) -> rusqlite::Result<Option<(Object, Vec<u8>)>> {
        let get = "SELECT content_type, cache_control, etag, body FROM s3_objects
            WHERE bucket = ?1 AND key = ?2";
        self.store.with(|connection| {
            connection
                .query_row(get, params![bucket, key], |row| {
                    let (content_type, cache_control) = (row.get(0)?, row.get(1)?);
                    let object = Object { content_type, cache_control, etag: row.get(2)? };
                    Ok((object, row.get(3)?))
                })
                .optional()
        })
    }
}
