//! Why a call of the AWS CLI failed, and what to do about it.

use std::fmt;

/// An error of AWS, or of the command line before it reached AWS.
#[derive(Debug)]
pub(super) struct ServiceError {
    /// The call, such as `s3api head-bucket`.
    call: String,
    /// AWS's code (`ValidationError`), empty if the call did not get so far.
    code: String,
    message: String,
    advice: Option<&'static str>,
}

impl ServiceError {
    /// Reads what the command line wrote: `An error occurred (Code) when calling the X operation:
    /// message`, after which version 2 may add lines with details.
    pub(super) fn read(call: &str, stderr: &str, is_version_2: impl Fn() -> bool) -> Self {
        let mut lines = stderr.lines().filter(|line| !line.trim().is_empty());
        let of_aws = lines.clone().find(|line| line.contains("An error occurred ("));
        let line = of_aws.or_else(|| lines.next_back()).unwrap_or("no reason");
        let read = || {
            let (_, rest) = line.split_once("An error occurred (")?;
            let (code, rest) = rest.split_once(')')?;
            let (_, message) = rest.split_once("operation: ").or(rest.split_once(": "))?;
            Some((code, message.trim()))
        };
        let (code, message) =
            read().unwrap_or_else(|| ("", line.trim().trim_start_matches("aws: [ERROR]: ")));
        let words: Vec<&str> = call.split(' ').take(2).collect();
        let advice = advice(code, message, is_version_2);
        Self { call: words.join(" "), code: code.to_owned(), message: message.to_owned(), advice }
    }

    /// Whether what was asked for does not exist, or is going away already.
    pub(super) fn is_not_found(&self) -> bool {
        let codes =
            ["404", "ChangeSetNotFound", "NoSuchBucket", "NotFound", "ResourceNotFoundException"];
        codes.contains(&self.code.as_str())
            || self.message.contains("does not exist")
            || self.code == "ResourceInUseException" && self.message.contains("being deleted")
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, code, message, advice } = self;
        match advice {
            Some(advice) => write!(f, "{advice} ({message})"),
            None if code.is_empty() => write!(f, "aws {call} failed: {message}"),
            None => write!(f, "aws {call} was refused: {message} ({code})"),
        }
    }
}

impl std::error::Error for ServiceError {}

/// What to do about what often goes wrong; each version of the command line signs in differently.
/// Version 2 is on PATH; version 1 is the one that is installed here.
fn advice(code: &str, message: &str, is_version_2: impl Fn() -> bool) -> Option<&'static str> {
    let says = |text: &str| code.is_empty() && message.contains(text);
    let (of_2, of_1) = match code {
        "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch" => (
            "the AWS credentials are not valid any more; sign in again, such as with `aws sso login`",
            "the AWS credentials are not valid any more; get new ones, such as by \
             `~/.cache/tiffin/tools/aws-*/bin/aws configure`",
        ),
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
            return Some("these AWS credentials may not do that; use ones that may deploy");
        }
        // S3's answer to a look at a bucket.
        "403" => {
            return Some(
                "the bucket is another account's, or these AWS credentials may not use it",
            );
        }
        _ if says("Unable to locate credentials") || says("Partial credentials") => (
            "there are no AWS credentials; run `aws configure` or `aws configure sso`, or set AWS_PROFILE",
            "there are no AWS credentials; set AWS_PROFILE, or run \
             `~/.cache/tiffin/tools/aws-*/bin/aws configure`",
        ),
        _ if says("Could not connect to the endpoint URL") => {
            return Some(
                "AWS cannot be reached; check the network, the region and AWS_ENDPOINT_URL",
            );
        }
        _ if says("config profile") => {
            return Some("the profile in AWS_PROFILE is not there; see ~/.aws/config");
        }
        _ if says("SSO") || says("sso") => (
            "the single sign-on session has ended; run `aws sso login`",
            "the single sign-on session has ended, and version 1 of the AWS command line cannot begin \
             another; install version 2, or use other credentials",
        ),
        _ => return None,
    };
    Some(if is_version_2() { of_2 } else { of_1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stderr: &str, version: u8) -> ServiceError {
        let call = "cloudformation describe-stacks --stack-name x";
        ServiceError::read(call, stderr, || version == 2)
    }

    #[test]
    fn an_error_says_what_was_refused_and_what_to_do() {
        let absent = "\nAn error occurred (ValidationError) when calling the DescribeStacks \
                      operation: Stack with id x does not exist\n";
        let details = "\naws: [ERROR]: An error occurred (NoSuchBucket) when calling the HeadBucket \
                       operation: Not here\n\nAdditional error details:\nBucketName: x\n";
        let fatal =
            "fatal error: An error occurred (404) when calling the HeadObject operation: Not Found";
        let (expired, missing, sso) = (
            "An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: x",
            "\naws: [ERROR]: Unable to locate credentials\n",
            "Error when retrieving token from sso: Token has expired and refresh failed",
        );
        let unreachable = "Could not connect to the endpoint URL: \"http://x\"";
        let refused = "aws cloudformation describe-stacks was refused: ";
        for (stderr, version, begins, holds) in [
            (absent, 1, refused, "Stack with id x does not exist (ValidationError)"),
            (details, 2, refused, "Not here (NoSuchBucket)"),
            (fatal, 1, refused, "Not Found (404)"),
            (expired, 2, "the AWS credentials are not valid any more; ", "`aws sso login`"),
            (expired, 1, "the AWS credentials are not valid any more; ", "/bin/aws configure`"),
            (missing, 2, "there are no AWS credentials; ", "`aws configure sso`"),
            (missing, 1, "there are no AWS credentials; set AWS_PROFILE, ", "/bin/aws configure`"),
            (sso, 2, "the single sign-on session has ended; ", "run `aws sso login` ("),
            (sso, 1, "the single sign-on session has ended, ", "install version 2"),
            (unreachable, 1, "AWS cannot be reached; ", "http://x"),
        ] {
            let said = read(stderr, version).to_string();
            assert!(said.starts_with(begins) && said.contains(holds), "{said}");
        }
        assert!([absent, details, fatal].iter().all(|it| read(it, 1).is_not_found()));
        assert!(!read(expired, 1).is_not_found());
    }
}
