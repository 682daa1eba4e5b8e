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
/// smaller than with `-Oz` alone.
const PASSES: [&str; 4] = ["--flatten", "--rereloop", "-Oz", "-Oz"];

/// The generated module that loads the chunks; it and the main glue import each other.
const LOADER: &str = "__wasm_split.js";

/// Replaces the program of the page that trunk made in `built` by two files, made of what cargo
/// `compiled` with [`SPLIT_FLAGS`] and the feature `split`. `scratch` is a folder that is made;
/// `bindgen` and `optimizer` are wasm-bindgen and wasm-opt.
pub(crate) fn split(
    compiled: &Path,
    built: &Path,
    scratch: &Path,
    [bindgen, optimizer]: [&Path; 2],
) -> Result<()> {
    fs::create_dir_all(scratch)?;
    let (main, glue) = (scratch.join("frontend.wasm"), scratch.join("glue"));
    let input = fs::read(compiled)?;
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = scratch;
    options.main_out_path = &main;
    options.main_module = "./frontend.js";
    let parts = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("the program of the page cannot be split: {error:#}"))?;

    let mut bindgen = Command::new(bindgen);
    bindgen.args(["--target", "web", "--no-typescript", "--keep-lld-exports"]);
    bindgen.args(["--out-name", "frontend", "--out-dir"]).arg(&glue).arg(&main);
    process::run(&mut bindgen)?;

    optimize(&glue.join("frontend_bg.wasm"), built, optimizer)?;
    for part in &parts.split_modules {
        optimize(part, built, optimizer)?;
    }
    fs::copy(glue.join("frontend.js"), built.join("frontend.js"))?;
    fs::copy(scratch.join(LOADER), built.join(LOADER))?;
    preload_loader(&built.join("index.html"))
}

/// Makes the counter's program, which Trunk put into the page whole, as small as the shop's.
pub(crate) fn optimize_counter(built: &Path, optimizer: &Path) -> Result<()> {
    let program = built.join("counter_bg.wasm");
    optimize(&program, built, optimizer)
}

/// Runs wasm-opt on a file and writes the result into the page.
fn optimize(file: &Path, built: &Path, optimizer: &Path) -> Result<()> {
    let mut command = Command::new(optimizer);
    command.arg(format!("--remove-exports={UNUSED_EXPORTS}")).args(PASSES).arg("--output");
    process::run(command.arg(built.join(file.file_name().unwrap_or_default())).arg(file))
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
