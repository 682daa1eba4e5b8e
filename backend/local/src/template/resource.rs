//! One resource of a template, and its properties.

use anyhow::{Result, anyhow, ensure};
use serde_json::Value;

/// One declared resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// Its type, such as `AWS::Lambda::Function`.
    pub kind: String,
    /// The line of the template where it begins; 1 is the first.
    pub line: usize,
    /// Name or id in the form AWS gives it. What `Ref` returns, except for queues (their URL) and
    /// rules of a named bus (`bus|rule`).
    pub physical_id: String,
    /// Its properties, intrinsics resolved. Numbers and booleans may be text, as in AWS: a
    /// parameter's value always is.
    pub properties: Value,
    /// Where they stand in the declared ones, as a JSON pointer: empty unless this is a part of it.
    pub(super) place: String,
}

impl Resource {
    /// A property by JSON pointer, such as `/Environment/Variables`.
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.properties.pointer(pointer)
    }

    /// A property that is text.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.at(pointer).and_then(Value::as_str)
    }

    /// A property that is text and has to be there.
    ///
    /// # Errors
    /// If it is not.
    pub(crate) fn required(&self, pointer: &str) -> Result<&str> {
        self.text(pointer).ok_or_else(|| self.refuse(&format!("it needs {}", property(pointer))))
    }

    /// A property that is a list; empty if it is absent.
    pub fn list(&self, pointer: &str) -> &[Value] {
        self.at(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The texts in a property that is a list; none if it is absent.
    pub(crate) fn texts<'a>(&'a self, pointer: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list(pointer).iter().filter_map(Value::as_str)
    }

    /// A property that is a whole number, written as one or as text.
    ///
    /// # Errors
    /// If it is there and is no such number.
    pub fn number(&self, pointer: &str) -> Result<Option<u64>> {
        let Some(value) = self.at(pointer) else { return Ok(None) };
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let refuse = || format!("{} must be a whole number", property(pointer));
        number.map(Some).ok_or_else(|| self.refuse(&refuse()))
    }

    /// A property that is true or false, written as one or as text; false if it is absent.
    pub fn is_true(&self, pointer: &str) -> bool {
        self.at(pointer).is_some_and(|it| *it == Value::Bool(true) || *it == "true")
    }

    /// A property that is an object, as a resource whose properties are those of the object.
    pub(crate) fn part(&self, pointer: &str) -> Self {
        let properties = self.at(pointer).cloned().unwrap_or_default();
        Self { properties, place: format!("{}{pointer}", self.place), ..self.clone() }
    }

    /// The objects in a property that is a list, each as a resource of its own.
    pub(crate) fn parts(&self, pointer: &str) -> Vec<Self> {
        let count = self.list(pointer).len();
        (0..count).map(|index| self.part(&format!("{pointer}/{index}"))).collect()
    }

    /// Makes sure that a property has the only value that is supported.
    ///
    /// # Errors
    /// If it has not.
    pub(crate) fn supports_only(&self, pointer: &str, value: &str) -> Result<()> {
        let is_it = self.text(pointer) == Some(value);
        ensure!(is_it, self.unsupported(&format!("{} other than {value}", property(pointer))));
        Ok(())
    }

    /// What was read of this resource.
    ///
    /// # Errors
    /// The same one, which names the resource and its line.
    pub(crate) fn locate<T>(&self, read: Result<T>) -> Result<T> {
        read.map_err(|why| self.refuse(&format!("{why:#}")))
    }

    /// An error that says what of this resource is not supported.
    pub(crate) fn unsupported(&self, what: &str) -> anyhow::Error {
        self.refuse(&format!("{what} is not supported by the local emulator"))
    }

    /// An error that names this resource, its line and, of a part of it, the property.
    pub fn refuse(&self, why: &str) -> anyhow::Error {
        let place = property(&self.place);
        let colon = if place.is_empty() { "" } else { ": " };
        anyhow!("line {}: {} ({}): {place}{colon}{why}", self.line, self.logical_id, self.kind)
    }
}

/// A JSON pointer as an author writes the property: `/Targets/0/Arn` is `Targets[0].Arn`.
pub(super) fn property(pointer: &str) -> String {
    let mut path = String::new();
    for part in pointer.split('/').skip(1) {
        match part.parse::<usize>() {
            Ok(index) => path.push_str(&format!("[{index}]")),
            Err(_) if path.is_empty() => path.push_str(part),
            Err(_) => path.extend([".", part]),
        }
    }
    path
}
