//! The functions' program: how soon it asks for work, in how much memory, and how large it is.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use aws_local::lambda;
use aws_local::template::Resource;
use fs_err as fs;

use super::Bench;
use super::numbers::Samples;
use crate::dev::{REGION, cloud};
use crate::process;
use crate::workspace::loopback;

/// How often each function is started.
const STARTS: usize = 60;

pub(super) fn measure(bench: &Bench) -> Result<()> {
    let size = fs::metadata(&bench.program).context("there is no bootstrap")?.len();
    println!("  size                {size} bytes");
    let pictures = bench.program.with_file_name("pictures");
    println!("  size of pictures    {} bytes", fs::metadata(&pictures)?.len());
    let stack = cloud::stack(&bench.workspace.template())?;
    for function in stack.of_kind("AWS::Lambda::Function") {
        let (starts, memory) = starts(bench, function)?;
        println!("  {:<18}  spawn to first poll: {starts}; {memory} kB", function.logical_id);
    }
    Ok(())
}

/// Starts a function again and again; how long each took, and the memory of the last in kB.
fn starts(bench: &Bench, function: &Resource) -> Result<(Samples, u64)> {
    let listener = TcpListener::bind(loopback(0))?;
    let (mut samples, mut memory) = (Samples::default(), 0);
    for _ in 0..STARTS {
        let mut command = command(bench, function, listener.local_addr()?);
        let begun = Instant::now();
        let mut child = command.spawn().context("the bootstrap cannot be started")?;
        let (stream, _) = listener.accept()?; // open to the end, or the function ends
        let mut request = String::new();
        BufReader::new(&stream).read_line(&mut request)?;
        samples.add(begun.elapsed());
        memory = resident_kilobytes(child.id())?;
        let _ = child.kill(); // it waits for work that never comes
        child.wait()?;
        let is_poll = request.contains("/runtime/invocation/next");
        ensure!(is_poll, "the bootstrap asked for something else first: {request}");
    }
    Ok((samples, memory))
}

/// As Lambda starts it: nothing in the environment but what Lambda and the template put there.
fn command(bench: &Bench, function: &Resource, runtime_api: SocketAddr) -> Command {
    let mut command = Command::new(lambda::program(function, &bench.program));
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let variables = function.at("/Environment/Variables").and_then(serde_json::Value::as_object);
    for (name, value) in variables.into_iter().flatten() {
        command.env(name, value.as_str().unwrap_or_default());
    }
    command
        .env("_HANDLER", function.text("/Handler").unwrap_or_default())
        .env("AWS_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", "none")
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .env("AWS_LAMBDA_FUNCTION_NAME", &function.physical_id)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string());
    command
}

/// The memory of a process that is really there.
fn resident_kilobytes(process_id: u32) -> Result<u64> {
    let mut command = Command::new("ps");
    command.args(["-o", "rss=", "-p", &process_id.to_string()]);
    Ok(process::output(&mut command)?.trim().parse()?)
}
