//! The bucket for what a deployment hands over to AWS: the functions' package and the template.
//!
//! It is not part of any stack, for a stack is made from what is in it. One for an account and a
//! region; each stack's files under the stack's name, each file named by its content. Older files
//! stay: taking an update back needs the package of before.

use std::path::Path;

use anyhow::{Result, bail};

use super::cli::{Aws, Caller, argument};

/// The part of the bucket that belongs to one stack.
#[derive(Clone, Debug)]
pub struct Artifacts<'a> {
    aws: &'a Aws,
    bucket: String,
    /// The account that the bucket must belong to: anyone may have taken its name.
    owner: String,
    stack: &'a str,
}

impl<'a> Artifacts<'a> {
    /// The part that belongs to `stack` in the caller's account.
    #[must_use]
    pub fn new(aws: &'a Aws, caller: &Caller, stack: &'a str) -> Self {
        // The names of buckets are taken worldwide; this one says whose it is.
        let bucket = format!("tiffin-artifacts-{}-{}", caller.account, aws.region());
        Self { aws, bucket, owner: caller.account.clone(), stack }
    }

    /// The bucket's name.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Makes the bucket if it is not there, closed to the public.
    ///
    /// # Errors
    /// If it cannot be made, or belongs to another account.
    pub fn ensure(&self) -> Result<()> {
        if self.exists()? {
            return Ok(());
        }
        let region = format!("LocationConstraint={}", self.aws.region());
        let mut create = vec!["create-bucket", "--bucket", &self.bucket];
        // The one region that must not be named: docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        if self.aws.region() != "us-east-1" {
            create.extend(["--create-bucket-configuration", &region]);
        }
        self.ask(&create)?;
        self.ask(&[
            "put-public-access-block",
            "--bucket",
            &self.bucket,
            "--public-access-block-configuration",
            "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
        ])
    }

    /// Puts a file there under a name of its content, unless it is there; its key.
    ///
    /// # Errors
    /// If it cannot be uploaded.
    pub fn put(&self, file: &Path, name: &str) -> Result<String> {
        let key = format!("{}/{name}", self.stack);
        let ours =
            ["--bucket", &self.bucket, "--expected-bucket-owner", &self.owner, "--key", &key];
        let head = [&["s3api", "head-object"], ours.as_slice()].concat();
        match self.aws.try_ask(&head)? {
            Ok(_) => println!("    {name} is there already"),
            Err(error) if error.is_not_found() => {
                let body = ["--body", argument(file)?];
                self.ask(&[&["put-object"], ours.as_slice(), &body].concat())?;
            }
            Err(error) => return Err(error.of_call(&head)),
        }
        Ok(key)
    }

    /// Where CloudFormation reads a file, by its key.
    #[must_use]
    pub fn url(&self, key: &str) -> String {
        let region = self.aws.region();
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("https://s3.{region}.{suffix}/{}/{key}", self.bucket)
    }

    /// Removes what belongs to the stack, and the bucket if nothing else is in it.
    ///
    /// # Errors
    /// If AWS refuses.
    pub fn remove(&self) -> Result<()> {
        if !self.exists()? {
            return Ok(());
        }
        let ours = format!("s3://{}/{}/", self.bucket, self.stack);
        self.aws.ask(&["s3", "rm", &ours, "--recursive", "--only-show-errors"])?;
        let left = ["s3api", "list-objects-v2", "--bucket", &self.bucket, "--max-keys", "1"];
        match self.aws.ask(&left)?["Contents"].as_array() {
            Some(objects) if !objects.is_empty() => Ok(()),
            _ => self.ask(&["delete-bucket", "--bucket", &self.bucket]),
        }
    }

    fn exists(&self) -> Result<bool> {
        let owner = ["--expected-bucket-owner", &self.owner];
        let call = [&["s3api", "head-bucket", "--bucket", &self.bucket], owner.as_slice()].concat();
        match self.aws.try_ask(&call)? {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) if error.code == "403" => bail!(
                "the bucket {} belongs to another account, or may not be used with these credentials",
                self.bucket
            ),
            Err(error) => Err(error.of_call(&call)),
        }
    }

    fn ask(&self, arguments: &[&str]) -> Result<()> {
        self.aws.ask(&[&["s3api"], arguments].concat()).map(drop)
    }
}
