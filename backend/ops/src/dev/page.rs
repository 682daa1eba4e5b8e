//! Building and serving the page.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::slice;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::process::{self, KillOnExit};
use crate::site::{self, SizeReport};
use crate::stop;
use crate::tools::targets::{self, WASM};
use crate::tools::{self, Toolbox};
use crate::workspace::{Workspace, loopback};

/// How often trunk is polled.
const POLL: Duration = Duration::from_millis(200);

/// The flags of the compiler, each ended by an ASCII unit separator, for a folder may have a space
/// in its name (doc.rust-lang.org/cargo/reference/config.html).
const FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";

/// The page, with the tools that make it.
pub(crate) struct Page<'a> {
    workspace: &'a Workspace,
    toolbox: &'a Toolbox,
    trunk: PathBuf,
    bindgen: PathBuf,
    /// `PATH` with the tools that trunk looks for first.
    path: std::ffi::OsString,
}

/// The page as it is deployed.
pub(crate) struct Built {
    /// The folder to serve.
    pub(crate) folder: PathBuf,
    /// The sizes of its files.
    pub(crate) sizes: SizeReport,
    /// Removed at the end, so that no other run builds into it.
    _temporary: TempDir,
}

impl<'a> Page<'a> {
    /// Finds the tools, or installs them. An error if one cannot be installed.
    pub(crate) fn new(workspace: &'a Workspace, toolbox: &'a Toolbox) -> Result<Self> {
        targets::ensure(WASM)?;
        let trunk = toolbox.ensure(&tools::trunk())?;
        let bindgen = tools::wasm_bindgen(workspace.locked_version("wasm-bindgen")?);
        let bindgen = toolbox.ensure(&bindgen)?;
        let path = tools::search_path(slice::from_ref(&bindgen))?;
        Ok(Self { workspace, toolbox, trunk, bindgen, path })
    }

    /// Builds the page as it is deployed, and prints the sizes of its files. An error if it does not build.
    pub(crate) fn build_release(&self) -> Result<Built> {
        let target = &self.workspace.target;
        let folder = tempfile::Builder::new().prefix("page-").tempdir_in(target)?;
        let optimizer = self.toolbox.ensure(&tools::wasm_opt())?;
        // The compiler's own output is shared by every run: one after the other.
        let compiling = File::create(target.join("page-build.lock"))?;
        compiling.lock().context("the lock of the page's build")?;
        let [built, split, finished] =
            ["built", "split", "site"].map(|name| folder.path().join(name));
        let mut command = self.trunk("build");
        // Trunk would take the hashes before the program is final.
        command.args(["--release", "--features", "split", "--filehash", "false", "--dist"]);
        command.arg(&built);
        command.env(FLAGS, self.release_flags()?);
        process::run(&mut command).context("the page does not build")?;
        let programs = site::Programs {
            compiled: &target.join(WASM).join("wasm-release"),
            built: &built,
            scratch: &split,
            bindgen: &self.bindgen,
            optimizer: &optimizer,
        };
        programs.finish()?;
        let sizes = site::finish(&built, &finished)?;
        print!("{sizes}");
        Ok(Built { folder: finished, sizes, _temporary: folder })
    }

    /// The compiler's flags: those for splitting the program, and those that keep the folders of the
    /// machine that builds the page out of it. Panics name source files, and what is deployed is to
    /// be the same wherever it is built.
    fn release_flags(&self) -> Result<String> {
        let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let cargo_home =
            cargo_home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
        let registry = cargo_home.context("there is no home folder")?.join("registry/src");
        let remap =
            |folder: &Path, name: &str| format!("--remap-path-prefix={}={name}", folder.display());
        // CARGO_ENCODED_RUSTFLAGS overrides the rustflags of .cargo/config.toml.
        let erased = "--cfg=erase_components".to_owned();
        let mut flags = vec![erased, remap(&self.workspace.root, "tiffin")];
        flags.extend(site::SPLIT_FLAGS.map(ToOwned::to_owned));
        // Each registry has a folder of its own, with a name that differs from machine to machine.
        for folder in fs_err::read_dir(registry).into_iter().flatten().flatten() {
            flags.push(remap(&folder.path(), "crates"));
        }
        Ok(flags.join("\x1f"))
    }

    /// Has trunk serve the page and build it again whenever it changes; returns when it is served. An
    /// error if it does not build.
    pub(super) async fn serve(&self, port: u16) -> Result<KillOnExit> {
        let mut command = self.trunk("serve");
        command.args(["--address", "127.0.0.1", "--port", &port.to_string(), "--dist"]);
        command.arg(self.workspace.target.join("page/dev"));
        // Trunk's hook has this program make the documents that show the catalog.
        command.env("TIFFIN_OPS", std::env::current_exe()?);
        command.env("TIFFIN_ADDRESS", format!("http://{}", loopback(port)));
        let mut trunk = KillOnExit::start(&command).context("trunk cannot be started")?;
        while TcpStream::connect(loopback(port)).await.is_err() {
            if let Some(status) = trunk.ended()? {
                bail!("the page does not build, see above (trunk ended with {status})");
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(trunk)
    }

    fn trunk(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.trunk);
        process::forget_own_package(&mut command);
        command.args([verb, "--skip-version-check"]).current_dir(&self.workspace.root);
        // Trunk understands only `true` and `false` there; https://no-color.org says any value.
        command.env("PATH", &self.path).env_remove("NO_COLOR");
        command
    }
}

/// Waits until trunk ends, which is an error unless a signal was received; forever if there is none.
pub(super) async fn until_it_ends(trunk: Option<KillOnExit>) -> Result<()> {
    let Some(mut trunk) = trunk else { return std::future::pending().await };
    loop {
        if let Some(status) = trunk.ended()? {
            match stop::was_requested() {
                true => return Ok(()),
                false => bail!("trunk ended with {status}, see above"),
            }
        }
        tokio::time::sleep(POLL).await;
    }
}
