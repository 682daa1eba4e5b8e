//! The modules of the functions are layers, and none imports from a layer above its own.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path};

/// The modules of the crate's root, from the top layer down; `lib.rs` explains them.
const LAYERS: [&str; 7] =
    ["dependencies", "api", "choreography", "websocket", "metrics", "store", "runtime"];

/// The files of a folder and the folders within.
fn files(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path.to_str().unwrap().to_owned()),
        }
    }
}

/// Which layers a source imports from: the modules behind `crate::`, in code and not in comments.
fn imported(source: &str) -> Vec<&'static str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join(" ");
    let imports: Vec<&str> =
        code.split("crate::").skip(1).filter_map(|rest| rest.split(';').next()).collect();
    let words = |text: &str| {
        let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':')));
        words.map(|path| path.split("::").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let is_imported = |layer: &&str| imports.iter().any(|it| words(it).iter().any(|w| w == layer));
    LAYERS.into_iter().filter(is_imported).collect()
}

#[test]
fn no_module_imports_from_a_layer_above_its_own() {
    let mut all = Vec::new();
    files(Path::new("src"), &mut all);
    let mut imports = 0;
    for file in all.iter().filter(|file| {
        !["src/lib.rs", "src/main.rs", "src/bin/pictures.rs"].contains(&file.as_str())
    }) {
        let layer = file.split('/').nth(1).unwrap().trim_end_matches(".rs");
        let own = LAYERS.iter().position(|it| *it == layer).expect("a layer of the list");
        for other in imported(&fs::read_to_string(file).unwrap()) {
            assert!(LAYERS[own..].contains(&other), "{file} imports from {other}");
            imports += 1;
        }
    }
    assert!(imports > 50, "only {imports} imports are found");
}

#[test]
fn imports_are_found_in_trees_and_in_code() {
    let source = "// crate::metrics\nuse crate::{\n    runtime::error::Error,\n    store::live::Live,\n};\nfn f() { crate::api::g(); }";
    assert_eq!(imported(source), ["api", "store", "runtime"]);
    assert_eq!(imported("use shared::api::Problem;"), Vec::<&str>::new());
}
