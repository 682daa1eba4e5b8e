//! Splits the release's WebAssembly into the main file and the lazy pages
//! (`frontend/src/pages/lazy.rs`).
//!
//! Trunk 0.21 cannot (trunk-rs/trunk#1022): its hooks run before wasm-bindgen or after the page is
//! written. So trunk builds an unsplit page, and this module replaces its .wasm and JavaScript glue.
//! Trunk's warning that it cannot minify the glue is about the replaced one.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use fs_err as fs;

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

/// The generated module that loads the chunks; it and the main glue import each other.
const LOADER: &str = "__wasm_split.js";

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
    /// Replaces the shop's program by two files, and the counter's by a smaller one.
    pub(crate) fn finish(&self) -> Result<()> {
        for name in ["frontend", "counter"] {
            self.split(name)?;
        }
        let scratch = self.scratch.join("frontend");
        fs::copy(scratch.join(LOADER), self.built.join(LOADER))?;
        preload_loader(&self.built.join("index.html"))
    }

    /// Replaces a program by its main file and what it loads lazily, if anything.
    fn split(&self, name: &str) -> Result<()> {
        let scratch = self.scratch.join(name);
        fs::create_dir_all(&scratch)?;
        let (main, glue) = (scratch.join(format!("{name}.wasm")), scratch.join("glue"));
        let input = fs::read(self.compiled.join(format!("{name}.wasm")))?;
        let module = format!("./{name}.js");
        let mut options = wasm_split_cli_support::Options::new(&input);
        options.output_dir = &scratch;
        options.main_out_path = &main;
        options.main_module = &module;
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

/// The main glue imports the loader: without this, the browser would ask for it only when it has
/// read the glue.
fn preload_loader(index: &Path) -> Result<()> {
    let page = fs::read_to_string(index)?;
    let (head, body) =
        page.split_once("</head>").with_context(|| format!("{} has no head", index.display()))?;
    let preload = format!(r#"<link rel="modulepreload" href="/{LOADER}">"#);
    Ok(fs::write(index, format!("{head}{preload}</head>{body}"))?)
}
