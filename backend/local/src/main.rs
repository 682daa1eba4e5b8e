//! The command `aws-local`.
fn main() {}
