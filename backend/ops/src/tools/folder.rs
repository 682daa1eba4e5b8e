//! The tool folder: what it holds, and how something new gets into it whole or not at all.

use std::fs::{File, TryLockError};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use fs_err as fs;

use super::{Tool, install, prebuilt};

/// The folder with our tools, one folder each: `trunk-0.21.14/bin/trunk`.
#[derive(Clone, Debug)]
pub struct Toolbox {
    root: PathBuf,
}

impl Toolbox {
    /// The folder that `TIFFIN_TOOLS` names, else `tiffin/tools` in the user's cache folder
    /// (XDG Base Directory Specification: `XDG_CACHE_HOME`, by default `~/.cache`), made if absent.
    pub(crate) fn open() -> Result<Self> {
        let folder =
            |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || std::env::home_dir().map(|home| home.join(".cache"));
        let cache = || folder("XDG_CACHE_HOME").or_else(home).map(|it| it.join("tiffin/tools"));
        let root = folder("TIFFIN_TOOLS").or_else(cache);
        Self::at(root.context("there is no home folder for tools; name one in TIFFIN_TOOLS")?)
    }

    fn at(root: PathBuf) -> Result<Self> {
        fs::create_dir_all(&root).with_context(|| {
            let root = root.display();
            format!("the tool folder {root} cannot be made; name another in TIFFIN_TOOLS")
        })?;
        Ok(Self { root })
    }

    /// The path of a tool that is here already: in this folder, or on `PATH`.
    fn find(&self, tool: &Tool) -> Option<PathBuf> {
        let installed = self.root.join(tool.folder()).join("bin").join(tool.program);
        if tool.is_at(&installed) { Some(installed) } else { tool.on_path() }
    }

    /// The path of a tool, which is installed first if it is not here. If that is not possible, the
    /// error says what is missing: a network, a permission, a compiler.
    pub(crate) fn ensure(&self, tool: &Tool) -> Result<PathBuf> {
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
        let home = self.root.join(tool.folder());
        let fresh = tempfile::tempdir_in(&self.root)?;
        if !prebuilt::install(tool, fresh.path()) {
            install::install(tool, fresh.path())?;
            let runs = tool.is_at(&fresh.path().join("bin").join(tool.program));
            ensure!(runs, "{} was installed and does not run", tool.label());
        }
        if home.exists() {
            fs::remove_dir_all(&home)?; // it does not run
        }
        fs::rename(fresh.keep(), &home)?;
        Ok(home.join("bin").join(tool.program))
    }

    /// Keeps other processes from installing until the file is dropped.
    fn lock(&self) -> Result<File> {
        let file = fs::File::create(self.root.join(".lock"))?.into_file();
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                println!("    waiting for another installation to end");
                file.lock()?;
            }
            locked => locked?,
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_tool_in_the_folder_counts_only_at_its_version() {
        let temporary = tempfile::tempdir().unwrap();
        let toolbox = Toolbox::at(temporary.path().to_owned()).unwrap();
        let tool = super::super::crates_io("no-such-tool", "1.2.3");
        let bin = temporary.path().join("no-such-tool-1.2.3/bin");
        let path = bin.join("no-such-tool");
        assert_eq!(toolbox.find(&tool), None);
        fs::create_dir_all(bin).unwrap();
        for (version, found) in [("1.2.2", None), ("1.2.3", Some(&path))] {
            fs::write(&path, format!("#!/bin/sh\necho no-such-tool {version}\n")).unwrap();
            fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            assert_eq!(toolbox.find(&tool).as_ref(), found);
        }
    }
}
