//! Prebuilt programs from their projects' releases on GitHub, with checksums that are pinned here: those
//! that take minutes to build, or would need Node. All others come from their registries.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use fs_err as fs;
use walkdir::{DirEntry, WalkDir};

use super::Tool;
use crate::hash::sha256;
use crate::process;

/// An archive that may be unpacked, for Linux on x86-64.
struct Archive {
    program: &'static str,
    /// Its path below `https://github.com`, which names the version.
    path: &'static str,
    sha256: &'static str,
}

const ARCHIVES: [Archive; 2] = [
    Archive {
        program: "trunk",
        path: "trunk-rs/trunk/releases/download/v0.21.14/trunk-x86_64-unknown-linux-gnu.tar.gz",
        sha256: "f2b4680cd239693a646a2795e4633c625328d7b2a044fbe749fa3a2fe9e7036b",
    },
    Archive {
        program: "wasm-opt",
        path: "WebAssembly/binaryen/releases/download/version_132/binaryen-version_132-x86_64-linux.tar.gz",
        sha256: "195ddc94f9bc89f45abdabb0b9eea86023d727ba90eac8b35b80f2544fc30572",
    },
];

/// Puts a prebuilt tool into `fresh/bin` and sees it run; `false` if there is none for this machine,
/// or it cannot be downloaded or does not run: then it comes from its registry.
pub(super) fn install(tool: &Tool, fresh: &Path) -> bool {
    let is_of_tool = |archive: &&Archive| {
        archive.program == tool.program && archive.path.contains(&tool.version)
    };
    let archive = ARCHIVES.iter().find(is_of_tool);
    let archive = archive.filter(|_| cfg!(all(target_os = "linux", target_arch = "x86_64")));
    let Some(archive) = archive else { return false };
    let url = format!("https://github.com/{}", archive.path);
    let unpacked = unpack(tool.program, &url, archive.sha256, fresh).and_then(|()| {
        ensure!(tool.is_at(&fresh.join("bin").join(tool.program)), "it does not run here");
        Ok(())
    });
    if let Err(reason) = &unpacked {
        println!("    no prebuilt {}: {reason:#}", tool.label());
        let _ = fs::remove_dir_all(fresh.join("bin")); // the registry's goes there
    }
    unpacked.is_ok()
}

/// Downloads an archive if its SHA-256 in hexadecimal is the expected one, and moves its program
/// into `fresh/bin`. (A checksum that lies beside it would be changed together with it.)
fn unpack(program: &str, url: &str, expected: &str, fresh: &Path) -> Result<()> {
    let scratch = tempfile::tempdir_in(fresh)?;
    let archive = scratch.path().join("archive.tar.gz");
    let mut curl = Command::new("curl");
    curl.args(["--fail", "--silent", "--show-error", "--location", "--proto-redir", "=https"]);
    curl.args(["--connect-timeout", "5", "--max-time", "300", "--output"]).arg(&archive).arg(url);
    process::output(&mut curl)?;
    let found = sha256(&fs::read(&archive)?);
    ensure!(found == expected, "{url} has the checksum {found}, not the pinned {expected}");
    process::output(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(scratch.path()))?;
    // Each of these programs is one file, whatever lies beside it.
    let mut files = WalkDir::new(scratch.path()).into_iter().flatten().map(DirEntry::into_path);
    let file = files.find(|file| file.is_file() && file.ends_with(program));
    fs::create_dir_all(fresh.join("bin"))?;
    let file = file.with_context(|| format!("it has no {program}"))?;
    Ok(fs::rename(file, fresh.join("bin").join(program))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    #[test]
    fn every_archive_is_of_a_tool_at_its_version() {
        let tools = [tools::trunk(), tools::wasm_opt()];
        for Archive { program, path, .. } in ARCHIVES {
            let tool = tools.iter().find(|tool| tool.program == program).unwrap();
            assert!(path.contains(&tool.version), "{program}: pin the new archive's checksum");
        }
    }

    #[test]
    fn only_an_archive_with_the_pinned_checksum_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("tool-1.0/bin")).unwrap();
        fs::write(at("tool-1.0/bin/tool"), "content").unwrap();
        let mut tar = Command::new("tar");
        tar.arg("-czf").arg(at("good")).arg("-C").arg(folder.path()).arg("tool-1.0");
        process::output(&mut tar).unwrap();
        let checksum = sha256(&fs::read(at("good")).unwrap());
        let unpack = |name: &str, checksum: &str, into: &str| {
            fs::create_dir(at(into)).unwrap();
            let url = format!("file://{}", at(name).display());
            super::unpack("tool", &url, checksum, &at(into))
        };
        unpack("good", &checksum, "one").unwrap();
        assert!(at("one/bin/tool").is_file());
        let error = unpack("good", &sha256(b"other"), "two").unwrap_err().to_string();
        assert!(error.contains("not the pinned") && !at("two/bin").exists(), "{error}");
        assert!(unpack("absent", &checksum, "three").is_err());
    }
}
