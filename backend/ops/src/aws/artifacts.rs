//! The bucket that AWS reads the functions' package and the template from.
//!
//! It belongs to no stack, since stacks are created from its files. There is one for an account and a
//! region, with each stack's files under the stack's name, and each file named by its content. Older
//! files stay: rolling an update back needs the previous package.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::cli::{Aws, Caller, argument};

/// The part of the bucket that belongs to one stack.
pub(super) struct Artifacts<'a> {
    aws: &'a Aws,
    /// The bucket's name.
    pub(super) bucket: String,
    /// The account that the bucket must belong to: anyone may have taken its name.
    owner: &'a str,
    stack: &'a str,
}

impl<'a> Artifacts<'a> {
    /// The part that belongs to `stack` in the caller's account.
    pub(super) fn new(aws: &'a Aws, caller: &'a Caller, stack: &'a str) -> Self {
        // The names of buckets are taken worldwide; this one says whose it is.
        let bucket = format!("tiffin-artifacts-{}-{}", caller.account, aws.region());
        Self { aws, bucket, owner: &caller.account, stack }
    }

    /// Makes the bucket if it is not there, closed to the public. One of another account is an
    /// error.
    pub(super) fn ensure(&self) -> Result<()> {
        if self.exists()? {
            return Ok(());
        }
        let region = format!("LocationConstraint={}", self.aws.region());
        // The one region that must not be named: docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        let location: &[&str] = match self.aws.region() {
            "us-east-1" => &[],
            _ => &["--create-bucket-configuration", &region],
        };
        let create = [&[self.bucket.as_str()], location].concat();
        self.aws.ask("s3api create-bucket --bucket", &create)?;
        let closed = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";
        let close = [self.bucket.as_str(), "--public-access-block-configuration", closed];
        self.aws.ask("s3api put-public-access-block --bucket", &close).map(drop)
    }

    /// Puts a file there under a name of its content, unless it is there; its key.
    pub(super) fn put(&self, file: &Path, name: &str) -> Result<String> {
        let key = format!("{}/{name}", self.stack);
        let object = [self.bucket.as_str(), "--expected-bucket-owner", self.owner, "--key", &key];
        if self.aws.find("s3api head-object --bucket", &object)?.is_some() {
            println!("    {name} is there already");
            return Ok(key);
        }
        let put = [object.as_slice(), &["--body", argument(file)?]].concat();
        self.aws.ask("s3api put-object --bucket", &put)?;
        Ok(key)
    }

    /// Where CloudFormation reads a file, by its key.
    pub(super) fn url(&self, key: &str) -> String {
        let region = self.aws.region();
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("https://s3.{region}.{suffix}/{}/{key}", self.bucket)
    }

    /// Removes what belongs to the stack, and the bucket if nothing else is in it.
    pub(super) fn remove(&self) -> Result<()> {
        if !self.exists()? {
            return Ok(());
        }
        let prefix = format!("s3://{}/{}/", self.bucket, self.stack);
        self.aws.ask("s3 rm --recursive --only-show-errors", &[&prefix])?;
        let left = self.aws.ask("s3api list-objects-v2 --max-keys 1 --bucket", &[&self.bucket])?;
        match left["Contents"].as_array() {
            Some(objects) if !objects.is_empty() => Ok(()),
            _ => self.aws.ask("s3api delete-bucket --bucket", &[&self.bucket]).map(drop),
        }
    }

    fn exists(&self) -> Result<bool> {
        let bucket = [self.bucket.as_str(), "--expected-bucket-owner", self.owner];
        let found = self.aws.find("s3api head-bucket --bucket", &bucket);
        Ok(found.with_context(|| format!("the bucket {}", self.bucket))?.is_some())
    }
}
