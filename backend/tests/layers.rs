//! The modules of the functions are layers: each file imports only from layers below its own, and
//! no files import each other in a circle.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The modules of the crate's root, from the top layer down; `lib.rs` explains them.
const LAYERS: [&str; 7] =
    ["dependencies", "api", "choreography", "websocket", "metrics", "store", "runtime"];

/// The imports of each module of a crate, by their paths: `store::orders::item`; the root is "".
type Graph = BTreeMap<String, BTreeSet<String>>;

/// The source of every module below a folder.
fn modules(folder: &Path, parent: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let module = match (parent, name) {
            ("", "lib") => String::new(),
            ("", "main") => continue,
            ("", name) => name.to_owned(),
            (parent, name) => format!("{parent}::{name}"),
        };
        match path.is_dir() {
            true => modules(&path, &module, found),
            false => _ = found.insert(module, fs::read_to_string(&path).unwrap()),
        }
    }
}

/// The paths of a source that begin with one of these words, each `use` tree written out, in code
/// and not in comments or tests.
fn paths(source: &str, roots: &[String]) -> Vec<String> {
    let code: Vec<&str> = source
        .lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code: String = code.join(" ").replace("pub use ", "use ");
    let mut found = Vec::new();
    for root in roots {
        for (place, _) in code.match_indices(&format!("{root}::")) {
            let before = code[..place].chars().next_back().unwrap_or(' ');
            if !before.is_alphanumeric() && !matches!(before, '_' | ':') {
                write_out(&code[place..], "", &mut found);
            }
        }
    }
    found
}

/// Writes out the `use` tree at the beginning of a text: `a::{b, c::D}` is `a::b` and `a::c::D`.
/// Returns what follows it.
fn write_out<'a>(text: &'a str, prefix: &str, found: &mut Vec<String>) -> &'a str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':')));
    let (path, mut rest) = text.split_at(end.unwrap_or(text.len()));
    let path = format!("{prefix}{path}");
    if !path.ends_with("::") || !rest.starts_with('{') {
        found.push(path.trim_end_matches("::").to_owned());
        return rest;
    }
    while let Some(branch) = rest.strip_prefix(['{', ',']) {
        let branch = branch.trim_start();
        rest = match branch.starts_with('}') {
            true => branch,
            false => write_out(branch, &path, found).trim_start(),
        };
    }
    rest.strip_prefix('}').unwrap_or(rest)
}

/// The module in which a path ends: its longest beginning that is one.
fn resolve(path: &str, sources: &BTreeMap<String, String>) -> String {
    let mut path = path;
    while !sources.contains_key(path) {
        path = path.rsplit_once("::").map_or("", |(parent, _)| parent);
    }
    path.to_owned()
}

fn absolute(path: &str, module: &str) -> String {
    let parent = |module: &str| module.rsplit_once("::").map_or("", |it| it.0).to_owned();
    let below = |module: String, rest: &str| match module.as_str() {
        "" => rest.to_owned(),
        module => format!("{module}::{rest}"),
    };
    match path.split_once("::") {
        Some(("crate", rest)) => rest.to_owned(),
        Some(("super", rest)) => below(parent(module), rest),
        Some(("self", rest)) => below(module.to_owned(), rest),
        _ => below(module.to_owned(), path),
    }
}

fn graph(folder: &str) -> Graph {
    let mut sources = BTreeMap::new();
    modules(Path::new(folder), "", &mut sources);
    let imports = |(module, source): (&String, &String)| {
        let children = source.lines().filter_map(|line| {
            line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')
        });
        let roots = ["crate", "super", "self"].into_iter().chain(children);
        let roots: Vec<String> = roots.map(str::to_owned).collect();
        let paths = paths(source, &roots).into_iter();
        let imported = paths.map(|path| resolve(&absolute(&path, module), &sources));
        (module.clone(), imported.filter(|imported| imported != module).collect())
    };
    sources.iter().map(imports).collect()
}

/// The modules that are left when those that import nothing are taken away, again and again.
fn circles(mut graph: Graph) -> Graph {
    loop {
        let ends: BTreeSet<String> =
            graph.iter().filter(|(_, to)| to.is_empty()).map(|(from, _)| from.clone()).collect();
        if ends.is_empty() {
            return graph;
        }
        graph.retain(|from, _| !ends.contains(from));
        graph.values_mut().for_each(|to| to.retain(|it| !ends.contains(it)));
    }
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    for folder in ["src", "../shared/src"] {
        let graph = graph(folder);
        assert!(graph.len() > 10 && graph.values().any(|imports| imports.len() > 3), "{graph:?}");
        assert_eq!(circles(graph), Graph::new(), "{folder}");
    }
}

#[test]
fn every_module_imports_only_from_layers_below_its_own() {
    let layer = |module: &str| {
        let top = module.split("::").next().unwrap();
        LAYERS.iter().position(|layer| *layer == top)
    };
    for (module, imports) in graph("src") {
        let Some(own) = layer(&module) else {
            assert_eq!(module, "", "a module of no layer");
            continue;
        };
        for imported in imports {
            let below = layer(&imported).is_some_and(|other| own <= other);
            assert!(below, "{module} imports {imported}");
        }
    }
}

#[test]
fn a_use_tree_is_written_out_and_a_circle_is_found() {
    let source = "use super::{a, b::{C, d::E}};\n// use crate::f;\nlet g = crate::g::h();";
    let roots = ["super", "crate"].map(str::to_owned);
    assert_eq!(paths(source, &roots), ["super::a", "super::b::C", "super::b::d::E", "crate::g::h"]);
    let arrow = |from: &str, to: &[&str]| {
        (from.to_owned(), to.iter().map(|to| (*to).to_owned()).collect::<BTreeSet<_>>())
    };
    let graph = Graph::from([arrow("a", &["b", "c"]), arrow("b", &["a"]), arrow("c", &[])]);
    assert_eq!(circles(graph), Graph::from([arrow("a", &["b"]), arrow("b", &["a"])]));
}
