//! Splits the release's WebAssembly: each program into its main file and its lazy pages
//! (`frontend/src/lazy.rs`).
//!
//! Trunk 0.21 cannot (trunk-rs/trunk#1022): its hooks run before wasm-bindgen or after the page is
//! written. So trunk builds an unsplit page, and this module replaces its .wasm and JavaScript glue.
//! Trunk's warning that it cannot minify the glue is about the replaced one.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use fs_err as fs;

use super::{COUNTER, INDEX};
use crate::process;

/// The flags that the splitter needs of the compiler: it reads relocations and the names of symbols
/// (docs.rs/wasm_split_cli_support).
pub(crate) const SPLIT_FLAGS: [&str; 2] = ["-Clink-arg=--emit-relocs", "-Cstrip=none"];

/// Exports of wasm-streams, which Leptos uses for server functions; removed so that wasm-opt can drop
/// their code.
const UNUSED_EXPORTS: &str = "*intounderlying*";

/// Binaryen's recipe for the smallest file (github.com/WebAssembly/binaryen/wiki/Optimizer-Cookbook): 1%
/// smaller than with `-Oz` alone. The lowest kibibyte of memory is the far end of the stack, to which no
/// pointer leads: another half a per cent.
const PASSES: [&str; 6] =
    ["--low-memory-unused", "--flatten", "--rereloop", "-Oz", "-Oz", "--converge"];

/// The site's programs, with the documents that load them.
const PROGRAMS: [(&str, &str); 2] = [("frontend", INDEX), ("counter", COUNTER)];

/// The programs of the site that trunk built: what cargo compiled with [`SPLIT_FLAGS`] and the feature
/// `split`, and the tools that make them as small as they are deployed.
pub(crate) struct Programs<'a> {
    /// The folder in which cargo put `frontend.wasm` and `counter.wasm`.
    pub(crate) compiled: &'a Path,
    /// The folder in which trunk put the site.
    pub(crate) built: &'a Path,
    /// A folder that is made.
    pub(crate) scratch: &'a Path,
    /// wasm-bindgen.
    pub(crate) bindgen: &'a Path,
    /// wasm-opt.
    pub(crate) optimizer: &'a Path,
}

impl Programs<'_> {
    /// Replaces each program by its main file, its lazy pages, and the script that loads these.
    pub(crate) fn finish(&self) -> Result<()> {
        for (name, document) in PROGRAMS {
            self.split(name)?;
            let loader = loader(name);
            fs::copy(self.scratch.join(name).join(&loader), self.built.join(&loader))?;
            preload(&loader, &self.built.join(document))?;
        }
        Ok(())
    }

    fn split(&self, name: &str) -> Result<()> {
        let scratch = self.scratch.join(name);
        fs::create_dir_all(&scratch)?;
        let (main, glue) = (scratch.join(format!("{name}.wasm")), scratch.join("glue"));
        let input = fs::read(self.compiled.join(format!("{name}.wasm")))?;
        let (module, link) = (format!("./{name}.js"), format!("./{}", loader(name)));
        let mut options = wasm_split_cli_support::Options::new(&input);
        options.output_dir = &scratch;
        options.main_out_path = &main;
        options.main_module = &module;
        options.link_name = &link;
        let parts = wasm_split_cli_support::transform(options)
            .map_err(|error| anyhow!("the program {name} cannot be split: {error:#}"))?;

        let mut bindgen = Command::new(self.bindgen);
        bindgen.args(["--target", "web", "--no-typescript", "--keep-lld-exports"]);
        bindgen.args(["--out-name", name, "--out-dir"]).arg(&glue).arg(&main);
        process::run(&mut bindgen)?;

        self.optimize(&glue.join(format!("{name}_bg.wasm")))?;
        for part in &parts.split_modules {
            self.optimize(part)?;
        }
        let script = format!("{name}.js");
        fs::copy(glue.join(&script), self.built.join(&script)).map(drop).map_err(Into::into)
    }

    /// Runs wasm-opt on a file and writes the result into the site.
    fn optimize(&self, file: &Path) -> Result<()> {
        let mut command = Command::new(self.optimizer);
        command.arg(format!("--remove-exports={UNUSED_EXPORTS}")).args(PASSES).arg("--output");
        process::run(command.arg(self.built.join(file.file_name().unwrap_or_default())).arg(file))
    }
}

/// The generated module that loads a program's chunks; it and the program's glue import each other.
fn loader(program: &str) -> String {
    format!("{program}_split.js")
}

/// The glue imports the loader: without this, the browser would ask for it only when it has read the glue.
fn preload(loader: &str, document: &Path) -> Result<()> {
    let page = fs::read_to_string(document)?;
    let (head, body) = page
        .split_once("</head>")
        .with_context(|| format!("{} has no head", document.display()))?;
    let preload = format!(r#"<link rel="modulepreload" href="/{loader}">"#);
    Ok(fs::write(document, format!("{head}{preload}</head>{body}"))?)
}
