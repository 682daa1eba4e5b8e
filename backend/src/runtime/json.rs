//! JSON from clients, read as what is documented.
//!
//! A struct that derives `Deserialize` also accepts an array of its fields in their order, at every
//! level, and so does a tagged enum. Nothing documents that, and a reader of another version would
//! take the third element for another field. So what is read here is written again, and an array
//! where this program writes an object is refused: one rule for every type, nested ones included,
//! without an attribute that the next type could lack.
//!
//! Requests, messages and events of the bus are read here, for anybody may send them. What API
//! Gateway itself hands over, and what the page is sent by these functions, is not.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Why a text is not the expected document.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// It is not JSON, or something follows it.
    #[error("{0}")]
    Malformed(String),
    /// A field is missing, unknown, or holds what it must not.
    #[error("{field}: {sentence}")]
    Field {
        /// Which: `lines[2].quantity`; `body` for the whole.
        field: String,
        /// What is wrong with it; it may repeat what was sent.
        sentence: String,
    },
}

/// Reads one document.
///
/// # Errors
/// [`JsonError`] with the field at fault.
pub fn read<T: DeserializeOwned + Serialize>(text: &[u8]) -> Result<T, JsonError> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value: T =
        serde_path_to_error::deserialize(&mut json).map_err(|error| JsonError::of(&error))?;
    json.end().map_err(malformed)?;
    let read: Value = serde_json::from_slice(text).map_err(malformed)?;
    match array_for_object(&read, &value) {
        None => Ok(value),
        Some(field) => {
            let field = if field.is_empty() { "body".to_owned() } else { field };
            let sentence = "must be a JSON object, and is an array".to_owned();
            Err(JsonError::Field { field, sentence })
        }
    }
}

/// The path of the first array of `read` where `value` is written as an object; the empty path is
/// the whole.
pub fn array_for_object(read: &Value, value: &impl Serialize) -> Option<String> {
    first_array(read, &serde_json::to_value(value).unwrap_or_default())
}

/// Reads a document that takes the place of another, such as a menu: what it says in a field that nothing reads
/// would be lost, and a misspelled list of allergens would be an empty one.
///
/// # Errors
/// [`JsonError`] with the field at fault, which may be one that is not known.
pub fn read_whole<T: DeserializeOwned + Serialize>(text: &[u8]) -> Result<T, JsonError> {
    let value: T = read(text)?;
    let read: Value = serde_json::from_slice(text).map_err(malformed)?;
    match first_unknown(&read, &serde_json::to_value(&value).unwrap_or_default()) {
        None => Ok(value),
        Some(field) => {
            let sentence = "is not a field that is known here; check its name".to_owned();
            Err(JsonError::Field { field, sentence })
        }
    }
}

/// Reads a field that holds `null` as if it were missing: API Gateway leaves such fields out, and
/// some that stand in for it do not.
///
/// # Errors
/// If it holds something that is no `T`.
pub fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

fn first_array(read: &Value, written: &Value) -> Option<String> {
    match (read, written) {
        (Value::Array(_), Value::Object(_)) => Some(String::new()),
        (Value::Object(read), Value::Object(written)) => written
            .iter()
            .find_map(|(name, to)| first_array(read.get(name)?, to).map(|rest| path(name, &rest))),
        (Value::Array(read), Value::Array(written)) => first_of(read, written, first_array),
        _ => None,
    }
}

/// The path of the first field of `read` that says something and is not in `written`.
fn first_unknown(read: &Value, written: &Value) -> Option<String> {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            read.iter().find_map(|(name, from)| match written.get(name) {
                Some(to) => first_unknown(from, to).map(|rest| path(name, &rest)),
                // A default is not written.
                None => (!is_empty(from)).then(|| name.clone()),
            })
        }
        (Value::Array(read), Value::Array(written)) => first_of(read, written, first_unknown),
        _ => None,
    }
}

fn first_of(
    read: &[Value],
    written: &[Value],
    find: fn(&Value, &Value) -> Option<String>,
) -> Option<String> {
    read.iter().zip(written).enumerate().find_map(|(number, (from, to))| {
        find(from, to).map(|rest| path(&format!("[{number}]"), &rest))
    })
}

/// The path of what is at `rest` within the field `name`.
fn path(name: &str, rest: &str) -> String {
    let dot = if rest.is_empty() || rest.starts_with('[') { "" } else { "." };
    format!("{name}{dot}{rest}")
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) | Value::Number(_) => false,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

impl JsonError {
    fn of(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let cause = error.inner();
        let text = cause.to_string();
        if !cause.is_data() {
            return Self::Malformed(text);
        }
        let sentence = text.split(" at line ").next().unwrap_or(&text).to_owned();
        let field = field(&error.path().to_string(), &sentence);
        Self::Field { field, sentence }
    }
}

fn malformed(error: serde_json::Error) -> JsonError {
    JsonError::Malformed(error.to_string())
}

/// The path of the field at fault: serde names a missing field in its sentence only.
fn field(path: &str, sentence: &str) -> String {
    let missing = sentence.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match (path, missing) {
        (".", Some(name)) => name.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
        (path, None) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use serde_json::json;
    use shared::{
        OrderRequest,
        api::{Acceptance, AddressInput, InvitationRequest, MenuRequest, QuoteRequest},
        live::FromBrowser,
    };

    use super::*;

    fn golden(name: &str) -> Value {
        let folder = Path::new("../shared/tests/wire");
        serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
    }

    /// The paths of all objects within, the whole included.
    fn objects(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.push(path.to_owned());
                members.iter().for_each(|(name, it)| objects(it, &format!("{path}/{name}"), found));
            }
            Value::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    objects(item, &format!("{path}/{number}"), found);
                }
            }
            _ => {}
        }
    }

    /// Every order of an object's values, as far as they are few: one of them is the fields' own.
    fn orders(values: &[Value]) -> Vec<Vec<Value>> {
        let [first, rest @ ..] = values else { return vec![Vec::new()] };
        let mut all = Vec::new();
        for order in orders(rest) {
            for place in 0..=order.len() {
                let mut order = order.clone();
                order.insert(place, first.clone());
                all.push(order);
            }
        }
        all
    }

    /// How many arrays serde's own reading takes for the document, each of which is refused here.
    fn refuses_arrays<T: DeserializeOwned + Serialize>(name: &str) -> usize {
        let document = golden(name);
        read::<T>(document.to_string().as_bytes()).unwrap();
        let mut paths = Vec::new();
        objects(&document, "", &mut paths);
        let mut taken = 0;
        for path in paths {
            let members = document.pointer(&path).unwrap().as_object().unwrap();
            let values: Vec<Value> = members.values().cloned().collect();
            for order in orders(&values) {
                let mut odd = document.clone();
                *odd.pointer_mut(&path).unwrap() = Value::Array(order);
                taken += usize::from(serde_json::from_value::<T>(odd.clone()).is_ok());
                assert!(read::<T>(odd.to_string().as_bytes()).is_err(), "{name}{path}: {odd}");
            }
        }
        taken
    }

    #[test]
    fn an_array_is_no_object_at_any_level_of_any_request() {
        assert!(refuses_arrays::<OrderRequest>("request_order.json") > 0, "serde takes some");
        assert!(refuses_arrays::<QuoteRequest>("request_quote.json") > 0);
        assert!(refuses_arrays::<AddressInput>("request_address.json") > 0);
        assert!(refuses_arrays::<InvitationRequest>("request_invitation.json") > 0);
        assert!(refuses_arrays::<Acceptance>("request_membership.json") > 0);
        assert!(refuses_arrays::<FromBrowser>("request_ping.json") > 0);
    }

    #[test]
    fn a_field_that_a_whole_document_has_too_many_is_named() {
        let read = |text: &str| read_whole::<MenuRequest>(text.as_bytes());
        let menu = golden("request_menu.json");
        assert!(read(&menu.to_string()).is_ok());
        for (pointer, name, expected) in [
            ("/sections/0", "nmae", "sections[0].nmae"),
            ("/sections/0/dishes/0", "alergens", "sections[0].dishes[0].alergens"),
        ] {
            let mut odd = menu.clone();
            odd.pointer_mut(pointer).unwrap()[name] = json!(["milk"]);
            let error = read(&odd.to_string()).unwrap_err();
            let sentence = "is not a field that is known here; check its name";
            assert_eq!(error.to_string(), format!("{expected}: {sentence}"));
            odd.pointer_mut(pointer).unwrap()[name] = json!([]);
            assert!(read(&odd.to_string()).is_ok(), "what says nothing is not lost");
        }
    }

    #[test]
    fn the_array_is_named() {
        let mut request = golden("request_order.json");
        request["lines"][0]["options"][0] = json!(["size", "large"]);
        let error = read::<OrderRequest>(request.to_string().as_bytes()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "lines[0].options[0]: must be a JSON object, and is an array"
        );
        let error = read::<FromBrowser>(br#"["ping"]"#).unwrap_err();
        assert_eq!(error.to_string(), "body: must be a JSON object, and is an array");
    }
}
