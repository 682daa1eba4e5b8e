//! No two modules of a crate depend on each other, directly or in a circle.
//!
//! Of each file, the paths in `use` and in code are read (macro calls and tests aside) and resolved
//! to the file of the module that they lead to, through the names that others import. A module may
//! use the modules that it is a part of, and declares its parts (`mod x;`) without depending on them.
//! `cargo modules --acyclic` has all of rust-analyzer to compile, and allows no part to use the whole.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use syn::visit::Visit;

/// A module's path within its crate; the crate's root is empty.
type Module = Vec<String>;

/// What a file refers to: paths from the crate's root, and those of its `use` by the names they give.
#[derive(Default)]
struct File {
    module: Module,
    children: BTreeSet<String>,
    paths: Vec<Vec<String>>,
    names: BTreeMap<String, Vec<String>>,
}

#[test]
fn no_module_depends_on_itself() {
    let sources = ["../../shared/src", "../src", "../local/src", "src", "../../frontend/src"];
    let cycles = sources.map(|source| {
        let files = files_of(Path::new(source));
        assert!(files.len() > 10, "{source} has only {} files", files.len());
        (source, cycles(&files))
    });
    let found = cycles.iter().filter(|(_, cycles)| !cycles.is_empty());
    let found: Vec<_> = found.collect();
    assert!(found.is_empty(), "modules that depend on each other:\n{found:#?}");
}

#[test]
fn a_cycle_is_found_through_calls_super_and_reexports() {
    let file = |module: &str, text: &str| read(module_of(module), text);
    let root = || file("", "pub mod a; pub mod b; pub use b::Thing;");
    let a = || file("a", "mod inner; use crate::Thing;");
    let inner = || file("a/inner", "#[cfg(test)] mod tests { use super::super::*; }");
    let files = |b: &str| by_module([root(), a(), inner(), file("b", b)]);
    assert_eq!(cycles(&files("pub struct Thing;")).len(), 0);
    assert_eq!(cycles(&files("fn call() { crate::a::run() }")), [["a", "b"]]);
    assert_eq!(cycles(&files("use super::a::inner;")).len(), 0);
    let parts = |last: &str| {
        let whole = file("a", "mod one; mod two; fn begin() { one::go() }");
        let one = file("a/one", "use super::{begin, two::Two};");
        by_module([file("", "mod a;"), whole, one, file("a/two", last)])
    };
    assert_eq!(cycles(&parts("fn go() { super::begin() }")).len(), 0);
    assert_eq!(cycles(&parts("use super::one::One;")), [["a::one", "a::two"]]);
}

/// Every set of modules of which each depends on each other, by name.
fn cycles(files: &BTreeMap<Module, File>) -> Vec<Vec<String>> {
    let modules: Vec<&Module> = files.keys().collect();
    let number = |module: &Module| modules.binary_search(&module).unwrap();
    let mut graph = DiGraphMap::<usize, ()>::new();
    for file in files.values() {
        let targets = file.paths.iter().map(|path| target(files, path, 0));
        for target in targets.filter(|target| !file.module.starts_with(target)) {
            graph.add_edge(number(&file.module), number(&target), ());
        }
    }
    let names = |circle: Vec<usize>| {
        let mut names: Vec<String> = circle.iter().map(|at| modules[*at].join("::")).collect();
        names.sort();
        names
    };
    tarjan_scc(&graph).into_iter().filter(|circle| circle.len() > 1).map(names).collect()
}

/// The module that a path from the crate's root leads to.
fn target(files: &BTreeMap<Module, File>, path: &[String], depth: usize) -> Module {
    let length = (0..=path.len()).rev().find(|length| files.contains_key(&path[..*length]));
    let module = path[..length.unwrap_or(0)].to_vec();
    let next = path.get(module.len()).and_then(|name| files[&module].names.get(name));
    match next {
        Some(next) if depth < 9 => target(files, next, depth + 1),
        _ => module,
    }
}

fn files_of(source: &Path) -> BTreeMap<Module, File> {
    let mut folders = vec![source.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
                let within = path.strip_prefix(source).unwrap().with_extension("");
                let text = std::fs::read_to_string(&path).unwrap();
                files.push(read(module_of(within.to_str().unwrap()), &text));
            }
        }
    }
    by_module(files)
}

fn by_module(files: impl IntoIterator<Item = File>) -> BTreeMap<Module, File> {
    let mut map = BTreeMap::<Module, File>::new();
    for file in files {
        // A crate of a library and a program has two roots.
        let known = map.entry(file.module.clone()).or_default();
        known.module = file.module;
        known.children.extend(file.children);
        known.paths.extend(file.paths);
        known.names.extend(file.names);
    }
    map
}

fn module_of(file: &str) -> Module {
    let parts = file.split('/').map(str::to_owned);
    parts.filter(|part| !["", "lib", "main", "mod"].contains(&part.as_str())).collect()
}

fn read(module: Module, text: &str) -> File {
    let parsed = syn::parse_file(text).unwrap();
    let mut file = File { module, ..File::default() };
    for item in &parsed.items {
        if let syn::Item::Mod(child) = item {
            file.children.insert(child.ident.to_string());
        }
    }
    file.visit_file(&parsed);
    file
}

impl File {
    /// A path as it stands in this file, from the crate's root; `None` if it leaves the crate.
    fn resolve(&self, path: &[String]) -> Option<Vec<String>> {
        let mut base = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.module.clone(),
            name if self.children.contains(name) => {
                return Some([&self.module, path].concat());
            }
            _ => return None,
        };
        let mut rest = &path[usize::from(path[0] != "super")..];
        while let Some(("super", after)) = rest.split_first().map(|(a, b)| (a.as_str(), b)) {
            base.pop()?;
            rest = after;
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    /// The paths of a `use`, each with the name that it gives.
    fn uses(prefix: &[String], tree: &syn::UseTree, found: &mut Vec<(Vec<String>, String)>) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => Self::uses(&with(&path.ident), &path.tree, found),
            syn::UseTree::Name(name) if name.ident == "self" => {
                found.push((prefix.to_vec(), prefix.last().cloned().unwrap_or_default()));
            }
            syn::UseTree::Name(name) => found.push((with(&name.ident), name.ident.to_string())),
            syn::UseTree::Rename(it) => found.push((with(&it.ident), it.rename.to_string())),
            syn::UseTree::Glob(_) => found.push((prefix.to_vec(), "*".to_owned())),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| Self::uses(prefix, tree, found));
            }
        }
    }
}

impl<'ast> Visit<'ast> for File {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let is_test = item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
        if !is_test {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut found = Vec::new();
        Self::uses(&[], &item.tree, &mut found);
        for (path, name) in found {
            let Some(path) = self.resolve(&path) else { continue };
            // A module depends on what it re-exports only if it uses that itself.
            if matches!(item.vis, syn::Visibility::Inherited) {
                self.paths.push(path.clone());
            }
            self.names.insert(name, path);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|it| it.ident.to_string()).collect();
        if names.len() > 1 {
            self.paths.extend(self.resolve(&names));
        }
        syn::visit::visit_path(self, path);
    }
}
