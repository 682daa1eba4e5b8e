//! The tool folder: what it holds, and how something new gets into it whole or not at all.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use fs_err as fs;

use super::{Source, Tool, install, prebuilt};

/// The folder with our tools, one folder each: `trunk-0.21.14/bin/trunk`.
#[derive(Clone, Debug)]
pub struct Toolbox {
    root: PathBuf,
}

impl Toolbox {
    /// The folder that `TIFFIN_TOOLS` names, else `tiffin/tools` in the user's cache folder
    /// (XDG Base Directory Specification: `XDG_CACHE_HOME`, by default `~/.cache`).
    ///
    /// # Errors
    /// If it does not exist and cannot be made.
    pub fn open() -> Result<Self> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let cache = || {
            variable("XDG_CACHE_HOME")
                .map(PathBuf::from)
                .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
        };
        let root = variable("TIFFIN_TOOLS")
            .map(PathBuf::from)
            .or_else(|| cache().map(|cache| cache.join("tiffin/tools")))
            .context("there is no home folder for tools; name one in TIFFIN_TOOLS")?;
        Self::at(root)
    }

    /// The tools in this folder, made if absent.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn at(root: PathBuf) -> Result<Self> {
        fs::create_dir_all(&root).with_context(|| {
            format!(
                "the tool folder {} cannot be made; name another in TIFFIN_TOOLS",
                root.display()
            )
        })?;
        Ok(Self { root })
    }

    /// The path of a tool that is here already: in this folder, or on `PATH`.
    #[must_use]
    pub fn find(&self, tool: &Tool) -> Option<PathBuf> {
        let ours = self.home(tool).join("bin").join(tool.program);
        if ours.is_file() && tool.is_at(&ours) { Some(ours) } else { tool.on_path() }
    }

    /// The path of a tool, which is installed first if it is not here.
    ///
    /// # Errors
    /// One sentence if that is not possible: no network, no permission, no compiler.
    pub fn ensure(&self, tool: &Tool) -> Result<PathBuf> {
        if let Some(path) = self.find(tool) {
            return Ok(path);
        }
        let _lock = self.lock()?;
        // Whoever held the lock before us may have been installing this very tool.
        match self.find(tool) {
            Some(path) => Ok(path),
            None => self.install(tool),
        }
    }

    fn install(&self, tool: &Tool) -> Result<PathBuf> {
        println!("    installing {} into {}", tool.label(), self.root.display());
        let fresh = self.root.join(format!(".new-{}", tool.folder()));
        remove(&fresh)?; // left by an installation that was interrupted
        let home = self.home(tool);
        install_into(&fresh, &home, tool).inspect_err(|_| {
            let _ = remove(&fresh); // the error of the installation is reported
        })?;
        Ok(home.join("bin").join(tool.program))
    }

    fn home(&self, tool: &Tool) -> PathBuf {
        self.root.join(tool.folder())
    }

    /// Keeps other processes from installing until the file is dropped.
    fn lock(&self) -> Result<File> {
        let path = self.root.join(".lock");
        let unwritable = || format!("the tool folder {} cannot be written to", self.root.display());
        let file = File::create(&path).with_context(unwritable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                println!("    waiting for another installation to end");
                file.lock().with_context(unwritable)?;
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(unwritable),
        }
        Ok(file)
    }
}

fn install_into(fresh: &Path, home: &Path, tool: &Tool) -> Result<()> {
    fs::create_dir(fresh)?;
    if !prebuilt::install(tool, fresh) {
        match tool.source {
            Source::Crate { name, locked } => install::from_crates_io(tool, name, locked, fresh)?,
            Source::Npm(lock) => install::from_npm(tool, lock, ".bin", fresh)?,
            Source::NpmFile(lock) => install::from_npm(tool, lock, lock.package, fresh)?,
            Source::Python(lock) => install::from_pypi(tool, lock, fresh)?,
        }
    }
    if !tool.is_at(&fresh.join("bin").join(tool.program)) {
        bail!("{} was installed and does not run", tool.label());
    }
    remove(home)?; // what stood there did not run
    Ok(fs::rename(fresh, home)?)
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn program(path: &Path, says: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("#!/bin/sh\necho {says}\n")).unwrap();
        fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn tool() -> Tool {
        let source = Source::Crate { name: "no-such", locked: true };
        Tool { program: "no-such-tool", version: "1.2.3".to_owned(), source }
    }

    #[test]
    fn a_tool_in_the_folder_counts_only_at_its_version() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path();
        let toolbox = Toolbox::at(folder.to_owned()).unwrap();
        let path = folder.join("no-such-tool-1.2.3/bin/no-such-tool");
        assert_eq!(toolbox.find(&tool()), None);
        program(&path, "no-such-tool 1.2.2");
        assert_eq!(toolbox.find(&tool()), None);
        program(&path, "no-such-tool 1.2.3");
        assert_eq!(toolbox.find(&tool()), Some(path));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_one_sentence() {
        let error = Toolbox::at("/dev/null/tools".into()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the tool folder /dev/null/tools cannot be made; name another in TIFFIN_TOOLS"
        );
    }
}
