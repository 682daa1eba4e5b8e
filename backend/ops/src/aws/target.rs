//! The options that every command of `cargo aws` has: which stack, and where.

use clap::Args;

/// A stack by name and region.
#[derive(Clone, Debug, Args)]
pub(crate) struct Target {
    /// The stack's name
    #[arg(long, value_name = "NAME", value_parser = stack_name)]
    pub(crate) stack: String,
    /// The region, by default that of AWS_REGION or of the profile
    #[arg(long, value_parser = region_name)]
    pub(super) region: Option<String>,
}

/// A stack's name; the names of buckets begin with its lower case.
fn stack_name(name: &str) -> Result<String, String> {
    let starts_with_letter = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_allowed = |char: char| char.is_ascii_alphanumeric() || char == '-';
    match name {
        "default" => Err("is the name of a bus that every account has".to_owned()),
        name if starts_with_letter && name.len() <= 30 && name.chars().all(is_allowed) => {
            Ok(name.to_owned())
        }
        _ => Err("must be a letter and then at most 29 letters, digits and hyphens".to_owned()),
    }
}

/// A region's name, such as `eu-west-2` or `us-gov-east-1`.
fn region_name(name: &str) -> Result<String, String> {
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_lowercase());
    match name.rsplit_once('-') {
        Some((words, number))
            if words.contains('-')
                && words.split('-').all(is_word)
                && number.bytes().all(|it| it.is_ascii_digit()) =>
        {
            Ok(name.to_owned())
        }
        _ => Err("must be a region such as eu-west-2".to_owned()),
    }
}
