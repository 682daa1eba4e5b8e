//! How a resource type of a template is supported.

/// A resource type that is emulated. Its properties are written as in the template: names apart by
/// space, those below a property in braces; `List[]` is each element, `Path.**` everything below.
pub(crate) struct ResourceType {
    /// Such as `AWS::Lambda::Function`.
    pub(crate) kind: &'static str,
    /// The properties that are honoured; a value that is not supported is refused by the service.
    pub(crate) emulated: &'static str,
    /// Properties that change nothing here, and why.
    pub(crate) ignored: &'static [(&'static str, &'static str)],
}

/// The whole paths of such a list, such as `Targets[].Arn`.
pub(super) fn paths(properties: &str) -> Vec<String> {
    let (mut paths, mut above) = (Vec::new(), vec![String::new()]);
    for word in properties.split_whitespace() {
        match word {
            "{" => above.push(format!("{}.", paths.pop().unwrap_or_default())),
            "}" => drop(above.pop()),
            name => paths.push(format!("{}{name}", above.last().map_or("", String::as_str))),
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_stand_for_what_is_below_a_property() {
        let expected = ["A", "B[].C", "B[].D.E", "B[].D.F.**", "B[].G", "H"];
        assert_eq!(paths("A B[] { C D { E F.** } G } H"), expected);
    }
}
