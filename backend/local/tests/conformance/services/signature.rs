//! The suite itself: that it signs as AWS says, for who else would notice.

use anyhow::{Result, ensure};

use crate::checks::checks;
use crate::target::Target;
use crate::wire::signature::{Signed, Signer};

checks! {
    "it signs a request as AWS's own example does" => signs,
}

/// `get-vanilla` of AWS's test suite for Signature Version 4.
async fn signs(_: &Target) -> Result<()> {
    const SIGNATURE: &str = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    let signer = Signer {
        access_key_id: "AKIDEXAMPLE",
        secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        session_token: None,
        region: "us-east-1",
        service: "service",
    };
    let signed = signer.sign(&Signed {
        method: "GET",
        host: "example.amazonaws.com",
        path: "/",
        headers: &[],
        body: b"",
        at: 1_440_938_160,
    });
    ensure!(signed.iter().any(|(_, value)| value.ends_with(SIGNATURE)), "{signed:?}");
    Ok(())
}
