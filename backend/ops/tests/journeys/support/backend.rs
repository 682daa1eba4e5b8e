//! A whole backend as a process of its own: this very program, so that it can be killed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, anyhow};
use aws_local::cloud::State;
use aws_local::feed::FeedEvent;
use ops::catalog::{self, Catalog};
use ops::dev::cloud::{DEMO_STAFF, Plan, Simulation, start};
use ops::dev::load;
use ops::members::transact_items;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::api::Membership;
use shared::hours::{DAY, Span, Weekday};
use shared::staff::Role;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::{path_from_env, until};

/// The argument that makes this program a backend.
pub(crate) const FLAG: &str = "--backend";

/// How quickly things happen in a backend.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tempo {
    /// How long a kitchen takes to answer, in seconds.
    pub(crate) accept_seconds: u8,
    /// What a minute lasts, in minutes.
    pub(crate) pace: String,
    /// Whether kitchens and couriers are people.
    pub(crate) people: bool,
    /// The seed of injected faults, as `cargo dev --faults` has it.
    pub(crate) faults: Option<u64>,
}

impl Tempo {
    /// Simulated kitchens that answer after so many seconds, with minutes that last so many minutes.
    pub(crate) fn new(accept_seconds: u8, pace: &str) -> Self {
        Self { accept_seconds, pace: pace.to_owned(), people: false, faults: None }
    }

    /// Nothing happens that nobody does.
    pub(crate) fn people() -> Self {
        Self { people: true, ..Self::at_once() }
    }

    /// Everything at once.
    pub(crate) fn at_once() -> Self {
        Self::new(0, "0")
    }

    /// A few seconds at each step, so that something can happen in between.
    pub(crate) fn brisk() -> Self {
        Self::new(3, "0.003")
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct Launch {
    tempo: Tempo,
    folder: PathBuf,
    site: PathBuf,
    bootstrap: PathBuf,
}

/// What the process prints, a line of JSON each.
#[derive(Serialize, Deserialize)]
enum Report {
    Open { endpoint: String, edge: SocketAddr, table: String, distribution: Option<String> },
    Code { email: String, code: String },
}

/// A running backend. Dropping it ends it.
pub(crate) struct Backend {
    launch: Mutex<Launch>,
    child: Mutex<Child>,
    reported: Arc<Mutex<Reported>>,
}

/// Where everything is.
#[derive(Clone)]
struct Open {
    endpoint: String,
    edge: SocketAddr,
    /// The catalog's table.
    table: String,
    /// The id of its CloudFront distribution.
    distribution: Option<String>,
}

#[derive(Default)]
struct Reported {
    open: Option<Open>,
    codes: BTreeMap<String, Vec<String>>,
}

impl Backend {
    /// Starts one in an empty folder.
    pub(crate) async fn start(folder: &Path, tempo: Tempo, site: &Path) -> Result<Self> {
        let launch = Launch {
            tempo,
            folder: folder.to_owned(),
            site: site.to_owned(),
            bootstrap: path_from_env("TIFFIN_BOOTSTRAP")?,
        };
        let reported = Arc::<Mutex<Reported>>::default();
        let child = spawn(&launch, reported.clone())?;
        let backend = Self { launch: Mutex::new(launch), child: Mutex::new(child), reported };
        backend.is_open().await?;
        Ok(backend)
    }

    /// Kills it as an empty battery would.
    pub(crate) fn is_killed(&self) -> Result<()> {
        self.child.lock().unwrap().start_kill()?;
        self.reported.lock().unwrap().open = None;
        Ok(())
    }

    /// Starts it again on nothing, as `cargo dev --fresh` does.
    pub(crate) async fn starts_afresh(&self) -> Result<()> {
        self.is_gone().await?;
        std::fs::remove_dir_all(self.folder().join("state"))?;
        self.starts_again().await
    }

    async fn is_gone(&self) -> Result<()> {
        let dead = async || Ok(self.child.lock().unwrap().try_wait()?);
        until("the killed backend to be gone", dead).await.map(drop)
    }

    /// Starts it again on what it had written.
    pub(crate) async fn starts_again(&self) -> Result<()> {
        self.is_gone().await?;
        let launch = self.launch.lock().unwrap().clone();
        *self.child.lock().unwrap() = spawn(&launch, self.reported.clone())?;
        self.is_open().await
    }

    /// Starts it again on what it had written, and injects faults from now on, or none any more.
    pub(crate) async fn starts_again_with(&self, faults: Option<u64>) -> Result<()> {
        self.launch.lock().unwrap().tempo.faults = faults;
        self.starts_again().await
    }

    /// Where browsers come in.
    pub(crate) fn edge(&self) -> SocketAddr {
        self.open().edge
    }

    /// Where the AWS endpoints are.
    pub(crate) fn endpoint(&self) -> String {
        self.open().endpoint
    }

    fn folder(&self) -> PathBuf {
        self.launch.lock().unwrap().folder.clone()
    }

    fn open(&self) -> Open {
        self.reported.lock().unwrap().open.clone().unwrap()
    }

    /// Has the documents made from another `index.html` from the next catalog on.
    pub(crate) fn has_the_page(&self, index: &Path) -> Result<()> {
        std::fs::copy(index, self.folder().join("documents/.index.html"))?;
        Ok(())
    }

    /// Sells from the demo catalog as `change` makes it, from now on.
    pub(crate) async fn sells(&self, change: impl FnOnce(&mut Catalog)) -> Result<()> {
        self.loads(change, self.open().distribution).await
    }

    /// The same, while the edge has the old catalog cached, as on AWS.
    pub(crate) async fn sells_behind_the_cache(
        &self,
        change: impl FnOnce(&mut Catalog),
    ) -> Result<()> {
        self.loads(change, None).await
    }

    async fn loads(
        &self,
        change: impl FnOnce(&mut Catalog),
        distribution: Option<String>,
    ) -> Result<()> {
        let mut changed = catalog::read_or_report(&backend_folder().join("data"))?;
        change(&mut changed);
        let Open { endpoint, table, .. } = self.open();
        let documents = self.folder().join("documents");
        let art = self.folder().join("art");
        let place = load::Place { endpoint, table, art, documents, distribution };
        load::into(&place, &changed).await.map(drop)
    }

    /// Makes one of the demo's staff the owner of another restaurant too.
    pub(crate) async fn gives(&self, restaurant: &str, owner: &str) -> Result<()> {
        let staff = DEMO_STAFF.into_iter().find(|(email, ..)| *email == owner);
        let (_, user, _, name) = staff.context("there is no such staff")?;
        let membership = Membership {
            restaurant_id: restaurant.parse()?,
            role: Role::Owner,
            name: name.parse()?,
        };
        let tables = self.asks_dynamodb("ListTables", &json!({})).await?;
        let tables = tables["TableNames"].as_array().context("there are no tables")?;
        let is_people = |name: &&str| name.contains("People");
        let people = tables.iter().filter_map(|name| name.as_str()).find(is_people);
        let items =
            transact_items(people.context("no table of people")?, user.parse()?, &membership);
        self.asks_dynamodb("TransactWriteItems", &json!({ "TransactItems": items })).await.map(drop)
    }

    async fn asks_dynamodb(&self, operation: &str, body: &Value) -> Result<Value> {
        let call = reqwest::Client::new()
            .post(self.endpoint())
            .header("authorization", load::authorization("dynamodb"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .body(body.to_string());
        let answer = call.send().await?.error_for_status()?.text().await?;
        Ok(serde_json::from_str(&answer)?)
    }

    /// The code in the first mail to an address.
    pub(crate) async fn code_for(&self, email: &str) -> Result<String> {
        self.code_in_mail(email, 1).await
    }

    /// The code in the mail to an address that is the `number`th, counted from 1.
    pub(crate) async fn code_in_mail(&self, email: &str, number: usize) -> Result<String> {
        let look = async || {
            let reported = self.reported.lock().unwrap();
            Ok(reported.codes.get(email).and_then(|codes| codes.get(number - 1)).cloned())
        };
        until(&format!("mail {number} with a code for {email}"), look).await
    }

    /// The end of what the functions wrote.
    pub(crate) fn log(&self) -> String {
        let text = std::fs::read_to_string(self.folder().join("log")).unwrap_or_default();
        ops::process::last_lines(&text, 30)
    }

    async fn is_open(&self) -> Result<()> {
        let look = async || {
            if self.reported.lock().unwrap().open.is_some() {
                return Ok(Some(Ok(())));
            }
            let ended = self.child.lock().unwrap().try_wait()?;
            Ok(ended.map(|status| Err(anyhow!("the backend ended with {status}"))))
        };
        until("the backend to open", look).await.flatten().with_context(|| self.log())
    }
}

/// Every kitchen is open, whatever the time is.
pub(crate) fn around_the_clock(catalog: &mut Catalog) {
    for entry in &mut catalog.restaurants {
        let always = |day| Span { day, opens: 0, closes: DAY };
        entry.restaurant.card.hours.spans = Weekday::ALL.map(always).into();
    }
}

fn spawn(launch: &Launch, reported: Arc<Mutex<Reported>>) -> Result<Child> {
    let log = File::options().create(true).append(true).open(launch.folder.join("log"))?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args([FLAG, &serde_json::to_string(launch)?])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log);
    let mut child = command.kill_on_drop(true).spawn()?;
    let stdout = child.stdout.take().context("a backend without a standard output")?;
    tokio::spawn(async move {
        let mut lines = BufReader::new(stdout).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut reported = reported.lock().unwrap();
            match serde_json::from_str(&line) {
                Ok(Report::Open { endpoint, edge, table, distribution }) => {
                    reported.open = Some(Open { endpoint, edge, table, distribution });
                }
                Ok(Report::Code { email, code }) => {
                    reported.codes.entry(email).or_default().push(code)
                }
                Err(_) => {}
            }
        }
    });
    Ok(child)
}

/// Runs the backend until the process that started it ends.
pub(crate) fn serve(launch: &str) -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    match runtime.block_on(run(launch)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(launch: &str) -> Result<()> {
    let launch: Launch = serde_json::from_str(launch)?;
    let backend = backend_folder();
    let Tempo { accept_seconds, pace, people, faults } = launch.tempo;
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let plan = Plan {
        template: backend.join("template.yaml"),
        bootstrap: launch.bootstrap,
        state: State::Folder(launch.folder.join("state")),
        art: launch.folder.join("art"),
        aws: anywhere,
        edge: anywhere,
        site: Some(launch.site),
        documents: launch.folder.join("documents"),
        echo_logs: true,
        simulation: Simulation { accept_seconds, pace, people, faults },
    };
    let catalog = catalog::read_or_report(&backend.join("data"))?;
    let running = start(&plan, &catalog).await?;
    let mut news = running.cloud.feed().subscribe();
    let edge = running.cloud.edge_url().context("no edge was asked for")?;
    let edge = edge.trim_start_matches("http://").parse()?;
    let load::Place { endpoint, table, distribution, .. } = running.catalog;
    print(&Report::Open { endpoint, edge, table, distribution })?;
    tokio::spawn(async move {
        while let Ok(entry) = news.recv().await {
            if let FeedEvent::Code { email, code } = &entry.event {
                let _ = print(&Report::Code { email: email.clone(), code: code.clone() });
            }
        }
    });
    let _ = tokio::io::stdin().read(&mut [0]).await; // ends when the process that started us does
    running.cloud.stop().await;
    Ok(())
}

fn backend_folder() -> PathBuf {
    PathBuf::from("..")
}

fn print(report: &Report) -> Result<()> {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", serde_json::to_string(report)?)?;
    Ok(stdout.flush()?)
}
