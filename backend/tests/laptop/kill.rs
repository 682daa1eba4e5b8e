//! A local AWS in a process of its own, to be stopped or killed.

use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

use serde_json::Value;

use super::{eventually, parameters, template};

/// The command `aws-local` on a state folder and fixed ports.
pub struct Killable {
    child: Child,
    pub addresses: Value,
    /// What it and its functions have written to standard error.
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Killable {
    /// Starts it; `edge` 0 takes any free port, and later starts take that one again.
    pub fn start(state: &Path, edge: u16) -> Self {
        let mut command = Command::new(aws_local());
        command
            .arg("--template")
            .arg(template())
            .arg("--bootstrap")
            .arg(env!("CARGO_BIN_EXE_bootstrap"));
        command.arg("--state").arg(state).arg("--edge").arg(edge.to_string());
        command.args(["--time-scale", "60", "--processes", "4"]);
        for (name, value) in parameters() {
            command.arg("--param").arg(format!("{name}={value}"));
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let lines = Arc::default();
        let mut errors = child.stderr.take().unwrap();
        let Ok(addresses) = serde_json::from_str(&line) else {
            let mut said = String::new();
            errors.read_to_string(&mut said).unwrap();
            panic!("aws-local did not start: {line}{said}")
        };
        let reader = Some(collect_lines(errors, &lines));
        Self { child, addresses, lines, reader }
    }

    pub fn edge(&self) -> String {
        self.addresses["edge"].as_str().unwrap().to_owned()
    }

    pub fn edge_port(&self) -> u16 {
        self.edge().rsplit(':').next().unwrap().parse().unwrap()
    }

    pub fn endpoint(&self) -> String {
        self.addresses["endpoint"].as_str().unwrap().to_owned()
    }

    /// The code that was mailed to this address.
    pub fn code_of(&self, email: &str) -> Option<String> {
        let prefix = format!("mail to {email}: ");
        self.lines
            .lock()
            .unwrap()
            .iter()
            .rev()
            .find_map(|line| Some(line.strip_prefix(&prefix)?.to_owned()))
    }

    /// Sends a signal (`INT`, `TERM`) and waits for the end: how it ended, and all it wrote.
    pub async fn stop(mut self, signal: &str) -> (ExitStatus, Vec<String>) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let ended = async || self.child.try_wait().unwrap();
        let status = eventually("the local AWS to stop", ended).await;
        self.reader.take().unwrap().join().unwrap();
        (status, std::mem::take(&mut self.lines.lock().unwrap()))
    }

    /// SIGKILL: no farewell.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Killable {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect_lines(errors: ChildStderr, lines: &Arc<Mutex<Vec<String>>>) -> JoinHandle<()> {
    let lines = Arc::clone(lines);
    std::thread::spawn(move || {
        for line in BufReader::new(errors).lines().map_while(Result::ok) {
            lines.lock().unwrap().push(line);
        }
    })
}

/// The command beside our own, built if it is not there.
fn aws_local() -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_bootstrap")).with_file_name("aws-local");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "aws-local", "--bin", "aws-local"])
        .status();
    assert!(
        built.unwrap().success() && path.exists(),
        "cargo build -p aws-local does not build {}",
        path.display()
    );
    path
}
