//! Prebuilt programs from their projects' releases on GitHub: those whose checksums are written
//! down here. What has none comes from its registry, which takes longer.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use fs_err as fs;
use walkdir::{DirEntry, WalkDir};

use super::{Tool, fetch};

/// An archive, relative to a project's releases.
struct Release {
    project: &'static str,
    archive: String,
}

/// The SHA-256 of each archive that may be unpacked, by its name with its version.
const CHECKSUMS: [(&str, &str); 4] = [
    (
        "v0.21.14/trunk-x86_64-unknown-linux-gnu.tar.gz",
        "f2b4680cd239693a646a2795e4633c625328d7b2a044fbe749fa3a2fe9e7036b",
    ),
    (
        "v0.9.2/cargo-machete-v0.9.2-aarch64-apple-darwin.tar.gz",
        "63e28fee386d82d33f2d12406c857f98e2d4697f3f7df7f71f34dff07fca0fde",
    ),
    (
        "v0.9.2/cargo-machete-v0.9.2-x86_64-unknown-linux-musl.tar.gz",
        "48200087f54c55aabcd4db4af1e25742b49846c02a1b1bfa134711945b35b2e9",
    ),
    (
        "version_132/binaryen-version_132-x86_64-linux.tar.gz",
        "195ddc94f9bc89f45abdabb0b9eea86023d727ba90eac8b35b80f2544fc30572",
    ),
];

/// Puts a prebuilt tool into `fresh`, its program in `fresh/bin`; `false` if there is none for
/// this machine or it cannot be had, which is no error: there is another way to get it.
pub(super) fn install(tool: &Tool, fresh: &Path) -> bool {
    let Some(release) = release(tool, std::env::consts::OS, std::env::consts::ARCH) else {
        return false;
    };
    let known = CHECKSUMS.iter().find(|(archive, _)| *archive == release.archive);
    let Some((_, checksum)) = known else {
        println!("    no prebuilt {} whose checksum is known", tool.label());
        return false;
    };
    match try_install(tool, &release, checksum, fresh) {
        Ok(()) => true,
        Err(reason) => {
            println!("    no prebuilt {}: {reason:#}", tool.label());
            empty(fresh);
            false
        }
    }
}

fn try_install(tool: &Tool, release: &Release, checksum: &str, fresh: &Path) -> Result<()> {
    let url =
        format!("https://github.com/{}/releases/download/{}", release.project, release.archive);
    let archive = fresh.join("archive.tar.gz");
    fetch::checked(&url, checksum, &archive)?;
    let unpacked = fresh.join("unpacked");
    fs::create_dir(&unpacked)?;
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(&archive).arg("-C").arg(&unpacked).stdin(Stdio::null());
    if !tar.status().is_ok_and(|status| status.success()) {
        bail!("tar cannot unpack {url}");
    }
    place(&unpacked, tool.program, fresh)
}

/// Moves what an archive held so that the program is `fresh/bin/{program}`: some archives are the
/// bare program, some a folder of programs, some a whole `bin` and `lib`.
fn place(unpacked: &Path, program: &str, fresh: &Path) -> Result<()> {
    let mut files = WalkDir::new(unpacked).into_iter().flatten().map(DirEntry::into_path);
    let is_program = |file: &PathBuf| file.is_file() && file.ends_with(program);
    let file = files.find(is_program).with_context(|| format!("it has no {program}"))?;
    let folder = file.parent().unwrap_or(unpacked);
    let root = if folder.ends_with("bin") { folder.parent() } else { None };
    let Some(root) = root else {
        return Ok(fs::rename(folder, fresh.join("bin"))?);
    };
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        fs::rename(entry.path(), fresh.join(entry.file_name()))?;
    }
    Ok(())
}

fn empty(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }
}

/// The release of a tool for an operating system and processor as Rust names them.
fn release(tool: &Tool, os: &str, arch: &str) -> Option<Release> {
    let version = &tool.version;
    match tool.program {
        "trunk" => Some(Release {
            project: "trunk-rs/trunk",
            archive: format!("v{version}/trunk-{}.tar.gz", triple(os, arch, "gnu")?),
        }),
        "wasm-bindgen" => {
            let linux = if arch == "x86_64" { "musl" } else { "gnu" };
            let triple = triple(os, arch, linux)?;
            Some(Release {
                project: "wasm-bindgen/wasm-bindgen",
                archive: format!("{version}/wasm-bindgen-{version}-{triple}.tar.gz"),
            })
        }
        "cargo-machete" => {
            let triple = triple(os, arch, "musl")?;
            Some(Release {
                project: "bnjbvr/cargo-machete",
                archive: format!("v{version}/cargo-machete-v{version}-{triple}.tar.gz"),
            })
        }
        "wasm-opt" => {
            let system = match (os, arch) {
                ("linux", "x86_64") => "x86_64-linux",
                ("linux", "aarch64") => "aarch64-linux",
                ("macos", "x86_64") => "x86_64-macos",
                ("macos", "aarch64") => "arm64-macos",
                _ => return None,
            };
            Some(Release {
                project: "WebAssembly/binaryen",
                archive: format!("version_{version}/binaryen-version_{version}-{system}.tar.gz"),
            })
        }
        _ => None,
    }
}

fn triple(os: &str, arch: &str, linux_libc: &str) -> Option<String> {
    match (os, arch) {
        ("linux", "x86_64" | "aarch64") => Some(format!("{arch}-unknown-linux-{linux_libc}")),
        ("macos", "x86_64" | "aarch64") => Some(format!("{arch}-apple-darwin")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    #[test]
    fn a_release_is_named_as_its_project_names_it() {
        let archive = |tool: &Tool, os, arch| release(tool, os, arch).unwrap().archive;
        assert_eq!(
            archive(&tools::trunk(), "macos", "aarch64"),
            "v0.21.14/trunk-aarch64-apple-darwin.tar.gz"
        );
        assert_eq!(
            archive(&tools::wasm_bindgen("0.2.118".into()), "linux", "x86_64"),
            "0.2.118/wasm-bindgen-0.2.118-x86_64-unknown-linux-musl.tar.gz"
        );
        assert_eq!(
            archive(&tools::wasm_opt(), "linux", "aarch64"),
            "version_132/binaryen-version_132-aarch64-linux.tar.gz"
        );
        assert_eq!(
            archive(&tools::cargo_machete(), "linux", "x86_64"),
            "v0.9.2/cargo-machete-v0.9.2-x86_64-unknown-linux-musl.tar.gz"
        );
        assert!(release(&tools::cfn_lint(), "linux", "x86_64").is_none());
        assert!(release(&tools::trunk(), "freebsd", "x86_64").is_none());
    }

    #[test]
    fn every_checksum_is_of_a_release_that_may_be_fetched() {
        let tools = [tools::trunk(), tools::wasm_opt(), tools::cargo_machete()];
        let machines = [("linux", "x86_64"), ("linux", "aarch64"), ("macos", "aarch64")];
        let fetched: Vec<String> = tools
            .iter()
            .flat_map(|tool| machines.map(|(os, arch)| release(tool, os, arch).unwrap().archive))
            .collect();
        for (archive, checksum) in CHECKSUMS {
            assert!(fetched.iter().any(|it| it == archive), "{archive} is of another version");
            assert!(checksum.len() == 64 && checksum.bytes().all(|it| it.is_ascii_hexdigit()));
        }
    }

    #[test]
    fn an_archive_of_any_shape_ends_with_its_program_in_bin() {
        for inside in ["tool", "tool-1.0/tool", "tool-1.0/bin/tool"] {
            let temporary = tempfile::tempdir().unwrap();
            let fresh = temporary.path();
            let file = fresh.join("unpacked").join(inside);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
            place(&fresh.join("unpacked"), "tool", fresh).unwrap();
            assert!(fresh.join("bin/tool").is_file(), "{inside}");
        }
    }
}
