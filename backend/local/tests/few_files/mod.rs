//! Tests of what happens when this machine has no more room for open files.

/// Whether this process may open only `limit` files; if not, runs `test`, the name of the caller, in
/// one that may: open files are counted by process.
pub(crate) fn is_limited(limit: usize, test: &str) -> bool {
    const LIMITED: &str = "AWS_LOCAL_FEW_FILES";
    if std::env::var_os(LIMITED).is_some() {
        return true;
    }
    let mut again = std::process::Command::new("sh");
    again.args(["-c", &format!("ulimit -n {limit} && exec \"$0\" --exact \"$1\" --nocapture")]);
    again.arg(std::env::current_exe().unwrap()).arg(test).env(LIMITED, "");
    let output = again.output().unwrap();
    let (printed, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let has_passed = output.status.success() && printed.contains("1 passed");
    assert!(has_passed, "{printed}\n{errors}");
    false
}
