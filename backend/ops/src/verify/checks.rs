//! What each step does.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Options;
use crate::aws::cli::Aws;
use crate::aws::package::{self, Architecture};
use crate::dev::page::{Built, Page};
use crate::emulator::{self, MiniStack, Permissions};
use crate::tools::browser::{self, WebKit};
use crate::tools::targets::{self, WASM};
use crate::tools::{self, Tool, Toolbox};
use crate::workspace::Workspace;
use crate::{catalog, mutants, process};

/// How long fetching the database of advisories may take: a few megabytes.
const FETCH_TIMEOUT: Duration = Duration::from_secs(30);

/// What the steps share; tools are looked for when a step first needs them.
pub(super) struct Checks {
    workspace: Workspace,
    toolbox: Toolbox,
    site: OnceCell<Built>,
    options: Options,
}

impl Checks {
    pub(super) fn new(options: Options) -> Result<Self> {
        let (workspace, toolbox) = (Workspace::find()?, Toolbox::open()?);
        Ok(Self { workspace, toolbox, site: OnceCell::new(), options })
    }

    /// Everything that has to be installed, before anything takes long.
    pub(super) fn tools(&self) -> Result<()> {
        targets::ensure(WASM)?;
        let bindgen = tools::wasm_bindgen(self.workspace.locked_version("wasm-bindgen")?);
        let page = [tools::trunk(), bindgen, tools::wasm_opt(), tools::axe(), tools::geckodriver()];
        let aws = [tools::cfn_lint(), tools::checkov(), tools::aws(), tools::ministack()];
        let cargo = [tools::cargo_deny(), tools::cargo_machete(), tools::cargo_lambda()];
        for tool in page.into_iter().chain(aws).chain(cargo) {
            self.tool(&tool)?;
            println!("    {}", tool.label());
        }
        println!("    {}", browser::ensure()?.chromium.display());
        println!("    {}", browser::ensure_firefox()?.display());
        if let Some(webkit) = browser::ensure_webkit()? {
            println!("    {}", webkit.mini_browser.display());
        }
        Ok(())
    }

    pub(super) fn catalog(&self) -> Result<()> {
        catalog::check(&self.workspace.catalog())
    }

    pub(super) fn template(&self) -> Result<()> {
        let mut lint = Command::new(self.tool(&tools::cfn_lint())?);
        process::run(lint.arg(self.workspace.template()))?;
        let mut checkov = self.at_root(&tools::checkov())?;
        process::run(checkov.args(["--config-file", ".checkov.yaml"]))
    }

    pub(super) fn licences(&self) -> Result<()> {
        // Also what .deny.toml allows without need.
        let check = ["check", "--deny", "warnings", "licenses", "sources", "bans"];
        process::run(self.deny()?.args(check))
    }

    pub(super) fn unused(&self) -> Result<()> {
        // With cargo's metadata, for a crate's name may not be what it is used by.
        process::run(self.at_root(&tools::cargo_machete())?.arg("--with-metadata"))
    }

    pub(super) fn advisories(&self) -> Result<()> {
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

    pub(super) fn clippy(&self) -> Result<()> {
        let all = ["clippy", "--quiet", "--all-targets", "--features", "ops/browser"];
        self.cargo(&[all.as_slice(), &["--", "--deny", "warnings"]].concat())
    }

    pub(super) fn clippy_page(&self) -> Result<()> {
        targets::ensure(WASM)?;
        let page = ["clippy", "--quiet", "--package", "frontend", "--target", WASM];
        self.cargo(&[page.as_slice(), &["--", "--deny", "warnings"]].concat())
    }

    /// Without a browser, so with the feature that renders pages without one.
    pub(super) fn page_tests(&self) -> Result<()> {
        let page = ["test", "--quiet", "--package", "frontend", "--lib"];
        self.cargo(&[page.as_slice(), &["--no-default-features", "--features", "ssr"]].concat())
    }

    pub(super) fn programs(&self) -> Result<()> {
        let programs = ["--bin", "bootstrap", "--bin", "pictures", "--bin", "aws-local"];
        self.cargo(&[&["build", "--quiet"], &programs[..]].concat())
    }

    pub(super) fn docs(&self) -> Result<()> {
        self.rustdoc(&["doc", "--quiet", "--no-deps"])?;
        self.rustdoc(&["doc", "--quiet", "--no-deps", "--package", "frontend", "--target", WASM])
    }

    pub(super) fn page(&self) -> Result<()> {
        self.site()?.sizes.within_budget()
    }

    pub(super) fn journeys(&self) -> Result<()> {
        process::run(&mut self.journeys_in("chromium")?)
    }

    /// The journeys that are for engines other than Chromium's: each shows other faults.
    pub(super) fn browsers(&self) -> Result<()> {
        let mut firefox = self.journeys_in("firefox")?;
        firefox.env("TIFFIN_FIREFOX", browser::ensure_firefox()?);
        firefox.env("TIFFIN_GECKODRIVER", self.tool(&tools::geckodriver())?);
        process::run(&mut firefox)?;
        let Some(WebKit { mini_browser, driver, xvfb }) = browser::ensure_webkit()? else {
            return Ok(());
        };
        let mut webkit = self.journeys_in("webkit")?;
        webkit.env("TIFFIN_MINIBROWSER", mini_browser).env("TIFFIN_WEBKITDRIVER", driver);
        webkit.env("TIFFIN_XVFB", xvfb);
        process::run(&mut webkit)
    }

    fn journeys_in(&self, engine: &str) -> Result<Command> {
        self.programs()?;
        let mut command = self.harness("journeys")?;
        command.env("TIFFIN_BOOTSTRAP", self.workspace.built("debug", "bootstrap"));
        command.env("TIFFIN_AXE", self.tool(&tools::axe())?);
        command.env("TIFFIN_ENGINE", engine);
        Ok(command)
    }

    /// The suite that the tests asked of our own AWS, asked of another.
    pub(super) fn conformance(&self) -> Result<()> {
        let aws = self.tool(&tools::aws())?;
        let mut command = self.workspace.cargo();
        command.args(["test", "--package", "aws-local", "--test", "conformance", "--"]);
        command.env("TIFFIN_AWS", &aws);
        if let Some(stack) = &self.options.aws {
            return self.ask_aws(command, &Aws::new(aws, None)?, stack);
        }
        let folder = tempfile::tempdir()?;
        let program = self.tool(&tools::ministack())?;
        let emulator = MiniStack::start(&program, folder.path(), Permissions::Ignored)?;
        command.arg("--emulator").env("AWS_ENDPOINT_URL", emulator.endpoint());
        command.env("AWS_REGION", emulator::REGION);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        process::run(&mut command).with_context(|| emulator.last_lines(20))
    }

    /// The suite against AWS itself, with the caller's credentials: a probe is built for it.
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
    pub(super) fn emulator(&self) -> Result<()> {
        let architecture = Architecture::of_this_machine()?;
        let packages = package::build(&self.workspace, &self.toolbox, architecture)?;
        let mut command = self.harness("emulator")?;
        command.env("TIFFIN_PACKAGE", packages.functions.file);
        command.env("TIFFIN_PICTURES_PACKAGE", packages.pictures.file);
        command.env("TIFFIN_MINISTACK", self.tool(&tools::ministack())?);
        process::run(&mut command)
    }

    /// Changes of the code that no test notices.
    pub(super) fn mutants(&self) -> Result<()> {
        mutants::run(&self.workspace, &self.toolbox, self.options.since.as_deref())
    }

    /// A harness of browser tests, with the paths of the page, the browser and the command line.
    fn harness(&self, program: &str) -> Result<Command> {
        let (site, browser) = (self.site()?, browser::ensure()?);
        let mut command = self.workspace.cargo();
        command.args(["test", "--package", "ops", "--features", "browser", "--test", program]);
        command.env("TIFFIN_SITE", &site.folder);
        command.env("TIFFIN_CHROMIUM", browser.chromium);
        command.env("TIFFIN_CHROMEDRIVER", browser.chromedriver);
        command.env("TIFFIN_AWS", self.tool(&tools::aws())?);
        command.env("TIFFIN_SCREENSHOTS", self.workspace.target.join("screenshots"));
        if let Some(filter) = &self.options.filter {
            command.args(["--", filter]);
        }
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

    /// The page as it is deployed, built once.
    fn site(&self) -> Result<&Built> {
        if let Some(site) = self.site.get() {
            return Ok(site);
        }
        let site = Page::new(&self.workspace, &self.toolbox)?.build_release()?;
        Ok(self.site.get_or_init(|| site))
    }

    pub(super) fn cargo(&self, arguments: &[&str]) -> Result<()> {
        process::run(self.workspace.cargo().args(arguments))
    }

    fn rustdoc(&self, arguments: &[&str]) -> Result<()> {
        let mut command = self.workspace.cargo();
        process::run(command.args(arguments).env("RUSTDOCFLAGS", "--deny warnings"))
    }
}
