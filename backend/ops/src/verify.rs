//! `cargo verify`: every check and every test, in a table of steps.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::args::VerifyOptions;
use crate::aws::cli::Aws;
use crate::aws::package::{self, Architecture};
use crate::dev::page::{Built, Page};
use crate::emulator::{self, MiniStack, Permissions};
use crate::process::Failed;
use crate::steps::{Steps, seconds};
use crate::tools::browser::{self, Browser, WebKit};
use crate::tools::targets::{self, WASM};
use crate::tools::{self, Tool, Toolbox};
use crate::workspace::Workspace;
use crate::{catalog, process};

/// One step: its name on the command line, what it is about, and what it does.
struct Step {
    name: &'static str,
    about: &'static str,
    check: fn(&Checks) -> Result<()>,
}

/// How long fetching the database of advisories may take: a few megabytes.
const FETCH_TIMEOUT: Duration = Duration::from_secs(30);
/// How many of the last lines of a failed step are printed again after the table.
const LAST_LINES: usize = 25;

/// Every step, the quick ones first: what fails soon costs little.
const STEPS: [Step; 18] = [
    Step { name: "tools", about: "what the steps need", check: Checks::tools },
    Step { name: "format", about: "rustfmt", check: Checks::format },
    Step { name: "catalog", about: "the demo catalog", check: Checks::catalog },
    Step { name: "template", about: "cfn-lint, checkov", check: Checks::template },
    Step { name: "licences", about: "which crates, of whom, once each", check: Checks::licences },
    Step { name: "unused", about: "crates that nobody uses", check: Checks::unused },
    Step { name: "advisories", about: "known flaws in crates", check: Checks::advisories },
    Step { name: "clippy", about: "clippy, warnings denied", check: Checks::clippy },
    Step { name: "clippy-page", about: "clippy for wasm", check: Checks::clippy_page },
    Step { name: "programs", about: "the programs that tests start", check: Checks::programs },
    Step { name: "tests", about: "the tests of all layers", check: Checks::tests },
    Step { name: "tests-page", about: "the page's logic", check: Checks::tests_page },
    Step { name: "docs", about: "rustdoc, warnings denied", check: Checks::docs },
    Step { name: "page", about: "the page as deployed, and its weight", check: Checks::page },
    Step { name: "journeys", about: "people in a real browser", check: Checks::journeys },
    Step { name: "browsers", about: "one order in Firefox and in WebKit", check: Checks::browsers },
    Step {
        name: "conformance",
        about: "what we think of AWS, asked of an emulator",
        check: Checks::conformance,
    },
    Step {
        name: "emulator",
        about: "the shop, deployed to an AWS emulator",
        check: Checks::emulator,
    },
];

/// Takes the steps, and stops at the first that fails.
///
/// # Errors
/// If a step fails, or is asked for and does not exist.
pub fn run(options: &VerifyOptions) -> Result<()> {
    let chosen = choose(&options.only)?;
    let checks = Checks::new(options.aws.clone())?;
    let mut steps = Steps::new(chosen.len());
    let mut failed = None;
    for step in &chosen {
        let name = format!("{} ({})", step.name, step.about);
        if let Err(error) = steps.take(&name, || (step.check)(&checks)) {
            failed = Some(error.context(format!("the step `{}` failed", step.name)));
            break;
        }
    }
    print_table(&steps, chosen.len(), failed.is_some());
    let Some(error) = failed else { return Ok(()) };
    if let Some(program) = error.downcast_ref::<Failed>() {
        println!("The last lines of the failed step:\n\n{}\n", program.last_lines(LAST_LINES));
    }
    Err(error)
}

fn choose(names: &[String]) -> Result<Vec<&'static Step>> {
    let known = || STEPS.map(|step| step.name).join(", ");
    for name in names {
        if !STEPS.iter().any(|step| step.name == name) {
            bail!("there is no step `{name}`; there are {}", known());
        }
    }
    let wanted = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    Ok(STEPS.iter().filter(wanted).collect())
}

fn print_table(steps: &Steps, total: usize, failed: bool) {
    println!();
    for (number, taken) in steps.taken().iter().enumerate() {
        let last = number + 1 == steps.taken().len();
        let result = if failed && last { "FAILED" } else { "ok" };
        println!("  {result:<6}  {:>12}  {}", seconds(taken.duration), taken.name);
    }
    let left = total.saturating_sub(steps.taken().len());
    if left > 0 {
        println!("  {left} steps were not taken");
    }
    println!();
}

/// What the steps share; tools are looked for when a step first needs them.
struct Checks {
    workspace: Workspace,
    toolbox: Toolbox,
    browser: OnceCell<Browser>,
    site: OnceCell<Built>,
    /// The stack to make on AWS itself, if it is to be asked.
    aws: Option<String>,
}

impl Checks {
    fn new(aws: Option<String>) -> Result<Self> {
        let (workspace, toolbox) = (Workspace::find()?, Toolbox::open()?);
        Ok(Self { workspace, toolbox, browser: OnceCell::new(), site: OnceCell::new(), aws })
    }

    /// Everything that has to be installed, before anything takes long.
    fn tools(&self) -> Result<()> {
        targets::ensure(WASM)?;
        let bindgen = tools::wasm_bindgen(self.workspace.locked_version("wasm-bindgen")?);
        let page = [tools::trunk(), bindgen, tools::wasm_opt(), tools::axe()];
        let browsers = [tools::geckodriver()];
        let cloud = [tools::cfn_lint(), tools::checkov(), tools::aws()];
        let aws = [tools::ministack(), tools::cargo_lambda()];
        let crates = [tools::cargo_deny(), tools::cargo_machete()];
        for tool in page.into_iter().chain(browsers).chain(crates).chain(cloud).chain(aws) {
            self.tool(&tool)?;
            println!("    {}", tool.label());
        }
        println!("    {}", self.browser()?.chromium.display());
        println!("    {}", browser::ensure_firefox()?.display());
        if let Some(webkit) = webkit()? {
            println!("    {}", webkit.mini_browser.display());
        }
        Ok(())
    }

    fn format(&self) -> Result<()> {
        self.cargo(&["fmt", "--all", "--check"])
    }

    fn catalog(&self) -> Result<()> {
        catalog::check(&self.workspace.catalog())
    }

    fn template(&self) -> Result<()> {
        let mut lint = Command::new(self.tool(&tools::cfn_lint())?);
        process::run(lint.arg(self.workspace.template()))?;
        let mut checkov = self.at_root(&tools::checkov())?;
        process::run(checkov.args(["--config-file", ".checkov.yaml"]))
    }

    fn licences(&self) -> Result<()> {
        // Also what .deny.toml allows and nobody needs any more.
        let check = ["check", "--deny", "warnings", "licenses", "sources", "bans"];
        process::run(self.deny()?.args(check))
    }

    fn unused(&self) -> Result<()> {
        // With cargo's metadata, for a crate's name may not be what it is used by.
        process::run(self.at_root(&tools::cargo_machete())?.arg("--with-metadata"))
    }

    fn advisories(&self) -> Result<()> {
        match process::run_within(self.deny()?.args(["fetch", "db"]), FETCH_TIMEOUT) {
            Ok(()) => process::run(self.deny()?.args(["check", "advisories"])),
            Err(error) => {
                println!("    not checked: RustSec's database cannot be fetched ({error:#})");
                Ok(())
            }
        }
    }

    fn deny(&self) -> Result<Command> {
        let mut command = self.at_root(&tools::cargo_deny())?;
        command.args(["--locked", "--config", ".deny.toml"]);
        Ok(command)
    }

    fn clippy(&self) -> Result<()> {
        let all = ["clippy", "--quiet", "--all-targets", "--features", "ops/browser"];
        self.cargo(&[all.as_slice(), &["--", "--deny", "warnings"]].concat())
    }

    fn clippy_page(&self) -> Result<()> {
        targets::ensure(WASM)?;
        let page = ["clippy", "--quiet", "--package", "frontend", "--target", WASM];
        self.cargo(&[page.as_slice(), &["--", "--deny", "warnings"]].concat())
    }

    fn programs(&self) -> Result<()> {
        self.cargo(&["build", "--quiet", "--bin", "bootstrap", "--bin", "aws-local"])
    }

    fn tests(&self) -> Result<()> {
        self.cargo(&["test", "--quiet"])
    }

    fn tests_page(&self) -> Result<()> {
        self.cargo(&["test", "--quiet", "--package", "frontend", "--lib"])
    }

    fn docs(&self) -> Result<()> {
        self.rustdoc(&["doc", "--quiet", "--no-deps"])?;
        self.rustdoc(&["doc", "--quiet", "--no-deps", "--package", "frontend", "--target", WASM])
    }

    fn page(&self) -> Result<()> {
        self.site()?.sizes.within_budget()
    }

    fn journeys(&self) -> Result<()> {
        process::run(&mut self.journeys_in("chromium")?)
    }

    /// The journeys that are for engines other than Chromium's: each shows other faults.
    fn browsers(&self) -> Result<()> {
        let mut firefox = self.journeys_in("firefox")?;
        firefox.env("TIFFIN_FIREFOX", browser::ensure_firefox()?);
        firefox.env("TIFFIN_GECKODRIVER", self.tool(&tools::geckodriver())?);
        process::run(&mut firefox)?;
        let Some(WebKit { mini_browser, driver, xvfb }) = webkit()? else { return Ok(()) };
        let mut webkit = self.journeys_in("webkit")?;
        webkit.env("TIFFIN_MINIBROWSER", mini_browser).env("TIFFIN_WEBKITDRIVER", driver);
        webkit.env("TIFFIN_XVFB", xvfb);
        process::run(&mut webkit)
    }

    fn journeys_in(&self, engine: &str) -> Result<Command> {
        self.programs()?;
        let mut command = self.people("journeys")?;
        command.env("TIFFIN_BOOTSTRAP", self.workspace.built("debug", "bootstrap"));
        command.env("TIFFIN_AXE", self.tool(&tools::axe())?);
        command.env("TIFFIN_ENGINE", engine);
        Ok(command)
    }

    /// The suite that the tests asked of our own AWS, asked of another.
    fn conformance(&self) -> Result<()> {
        let aws = self.tool(&tools::aws())?;
        let mut command = self.workspace.cargo();
        command.args(["test", "--package", "aws-local", "--test", "conformance", "--"]);
        command.env("TIFFIN_AWS", &aws);
        if let Some(stack) = &self.aws {
            return self.ask_aws(command, &Aws::new(aws, None)?, stack);
        }
        let folder = self.workspace.target.join("emulator");
        let _ = std::fs::remove_dir_all(&folder); // left by a run before
        let program = self.tool(&tools::ministack())?;
        let emulator = MiniStack::start(&program, &folder, Permissions::Ignored)?;
        command.arg("--emulator").env("AWS_ENDPOINT_URL", emulator.endpoint());
        command.env("AWS_REGION", emulator::REGION);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        process::run(&mut command).with_context(|| emulator.last_lines(20))
    }

    /// The same of AWS itself: a probe is built for it, and the credentials are a person's.
    fn ask_aws(&self, mut command: Command, aws: &Aws, stack: &str) -> Result<()> {
        let (architecture, keys) = (Architecture::default(), aws.credentials()?);
        let (workspace, toolbox) = (&self.workspace, &self.toolbox);
        let probe = package::build_program(workspace, toolbox, architecture, "aws-local-probe")?;
        command.args(["--aws", stack, "--region", aws.region()]);
        command.env("TIFFIN_PROBE", probe).env("TIFFIN_PROBE_ARCHITECTURE", architecture.name());
        command.env("AWS_ACCESS_KEY_ID", keys.access_key_id());
        command.env("AWS_SECRET_ACCESS_KEY", keys.secret_access_key());
        command.envs(keys.session_token().map(|token| ("AWS_SESSION_TOKEN", token)));
        process::run(&mut command)
    }

    /// `cargo aws` with what it deploys: the functions as they are packaged for Lambda, the page.
    fn emulator(&self) -> Result<()> {
        let architecture = Architecture::of_this_machine()?;
        let package = package::build(&self.workspace, &self.toolbox, architecture)?;
        let mut command = self.people("emulator")?;
        command.env("TIFFIN_PACKAGE", package.file);
        command.env("TIFFIN_MINISTACK", self.tool(&tools::ministack())?);
        process::run(&mut command)
    }

    /// A program with people in it, told where the page, the browser and the command line are.
    fn people(&self, program: &str) -> Result<Command> {
        let (site, browser) = (self.site()?, self.browser()?);
        let mut command = self.workspace.cargo();
        command.args(["test", "--package", "ops", "--features", "browser", "--test", program]);
        command.env("TIFFIN_SITE", &site.folder);
        command.env("TIFFIN_CHROMIUM", &browser.chromium);
        command.env("TIFFIN_CHROMEDRIVER", &browser.chromedriver);
        command.env("TIFFIN_AWS", self.tool(&tools::aws())?);
        command.env("TIFFIN_SCREENSHOTS", self.workspace.target.join("screenshots"));
        Ok(command)
    }

    /// A tool that runs at the workspace's root.
    fn at_root(&self, tool: &Tool) -> Result<Command> {
        let mut command = Command::new(self.tool(tool)?);
        command.current_dir(&self.workspace.root);
        Ok(command)
    }

    fn tool(&self, tool: &Tool) -> Result<PathBuf> {
        self.toolbox.ensure(tool)
    }

    fn browser(&self) -> Result<&Browser> {
        if self.browser.get().is_none() {
            let _ = self.browser.set(browser::ensure()?);
        }
        self.browser.get().context("there is no browser")
    }

    /// The page as it is deployed, built once.
    fn site(&self) -> Result<&Built> {
        if self.site.get().is_none() {
            targets::ensure(WASM)?;
            let page = Page::new(&self.workspace, &self.toolbox, true, &mut Steps::quiet())?;
            let _ = self.site.set(page.build_release()?);
        }
        self.site.get().context("there is no page")
    }

    fn cargo(&self, arguments: &[&str]) -> Result<()> {
        process::run(self.workspace.cargo().args(arguments))
    }

    fn rustdoc(&self, arguments: &[&str]) -> Result<()> {
        let mut command = self.workspace.cargo();
        process::run(command.args(arguments).env("RUSTDOCFLAGS", "--deny warnings"))
    }
}

/// WebKitGTK; where it does not exist, that is said, so that nobody takes it for tested.
fn webkit() -> Result<Option<WebKit>> {
    let webkit = browser::ensure_webkit()?;
    if webkit.is_none() {
        println!("    no journeys in WebKit: WebKitGTK exists on Linux only");
    }
    Ok(webkit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_chosen_by_name_and_stay_in_order() {
        let names = |only: &[&str]| -> Result<Vec<&str>> {
            let only: Vec<String> = only.iter().map(ToString::to_string).collect();
            Ok(choose(&only)?.iter().map(|step| step.name).collect())
        };
        assert_eq!(names(&["tests", "format"]).unwrap(), ["format", "tests"]);
        assert_eq!(names(&[]).unwrap().len(), STEPS.len());
        let error = names(&["test"]).unwrap_err().to_string();
        assert!(error.starts_with("there is no step `test`; there are tools, format"), "{error}");
    }
}
