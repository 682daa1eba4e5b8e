//! What a picture may contain: shapes, and no script, animation, link or reference to another file.
//!
//! Scripts do not run in `<img>`, but a picture also has an address on the shop's origin, and a browser
//! that opens it runs them. So a picture is parsed as XML, as browsers do, and elements and attributes
//! that are not on an allow-list are refused, as are references to anything but the picture itself.

use roxmltree::{Attribute, Document, Node, NodeType};

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// Shapes, what paints them, and their texts.
const ELEMENTS: &str = "svg g defs symbol use path rect circle ellipse line polyline polygon \
    text tspan linearGradient radialGradient stop pattern clipPath mask title desc";

/// Of no namespace. What refers to something is checked by value.
const ATTRIBUTES: [&str; 5] = [
    // Geometry.
    "cx cy d dx dy fx fy height offset pathLength points preserveAspectRatio r rotate rx \
     ry transform transform-origin viewBox width x x1 x2 y y1 y2",
    // Paint.
    "clip-path clip-rule color display fill fill-opacity fill-rule mask mix-blend-mode \
     opacity overflow paint-order shape-rendering stop-color stop-opacity stroke \
     stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit \
     stroke-opacity stroke-width vector-effect visibility",
    // Gradients, patterns, clips and masks.
    "clipPathUnits gradientTransform gradientUnits maskContentUnits maskUnits \
     patternContentUnits patternTransform patternUnits spreadMethod",
    // Texts.
    "dominant-baseline font-family font-size font-style font-weight letter-spacing \
     text-anchor text-rendering textLength lengthAdjust word-spacing",
    // Identity and accessibility.
    "aria-hidden aria-label aria-labelledby id lang role version",
];

/// Functions of attributes that name nothing outside the picture.
const FUNCTIONS: [&str; 10] =
    ["rgb", "rgba", "hsl", "hsla", "matrix", "translate", "scale", "rotate", "skewX", "skewY"];

/// The mistakes in a picture, each with its line.
pub(super) fn problems(text: &str) -> Vec<(usize, String)> {
    // Document types are refused by the parser, and entities with them.
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let line = usize::try_from(error.pos().row).unwrap_or(1);
            return vec![(line, format!("is no XML without a document type ({error})"))];
        }
    };
    let mut found = Vec::new();
    let line = |at: usize| usize::try_from(document.text_pos_at(at).row).unwrap_or(1);
    if !declares_utf_8(text) {
        found.push((1, "must be declared as UTF-8, or not at all".to_owned()));
    }
    let root = document.root_element();
    if !is_svg(&root) || root.tag_name().name() != "svg" {
        found.push((1, format!("is no SVG; it needs <svg xmlns=\"{SVG}\">")));
    }
    if root.attribute("viewBox").is_none() {
        found.push((1, "has no viewBox, so it cannot be scaled; add one".to_owned()));
    }
    for node in document.descendants() {
        // A text may begin with line breaks; what is wrong with it comes after them.
        let at = if node.is_text() { node.range().end } else { node.range().start };
        let place = line(at);
        found.extend(problem_of_node(&node).map(|problem| (place, problem)));
        let attributes = node.attributes().filter_map(|attribute| {
            let problem = problem_of_attribute(&node, &attribute)?;
            Some((line(attribute.range().start), problem))
        });
        found.extend(attributes);
    }
    found.sort();
    found
}

fn is_svg(node: &Node<'_, '_>) -> bool {
    node.tag_name().namespace() == Some(SVG)
}

/// Whether a list of names, separated by spaces, has a name.
fn is_among(names: &str, name: &str) -> bool {
    names.split(' ').any(|it| it == name)
}

/// Another encoding would make of the same bytes another document.
fn declares_utf_8(text: &str) -> bool {
    let Some(rest) = text.trim_start_matches('\u{feff}').strip_prefix("<?xml") else { return true };
    let declaration = rest.split("?>").next().unwrap_or_default().to_ascii_lowercase();
    !declaration.contains("encoding") || declaration.contains("utf-8")
}

fn problem_of_node(node: &Node<'_, '_>) -> Option<String> {
    match node.node_type() {
        NodeType::Root | NodeType::Comment => None,
        NodeType::PI => Some("has a processing instruction; remove it".to_owned()),
        NodeType::Text => {
            let may_have = ["title", "desc", "text", "tspan"];
            let parent = node.parent_element().map(|it| it.tag_name().name().to_owned());
            let is_blank = node.text().is_none_or(|text| text.trim().is_empty());
            let belongs = parent.is_some_and(|parent| may_have.contains(&parent.as_str()));
            (!is_blank && !belongs)
                .then(|| "has a text that no element shows; remove it".to_owned())
        }
        NodeType::Element => {
            let name = node.tag_name().name();
            (!is_svg(node) || !is_among(ELEMENTS, name)).then(|| {
                format!("has <{name}>, which is not among the shapes that a picture may have")
            })
        }
    }
}

fn problem_of_attribute(node: &Node<'_, '_>, attribute: &Attribute<'_, '_>) -> Option<String> {
    let (name, value) = (attribute.name(), attribute.value());
    let is_reference = name == "href" && matches!(attribute.namespace(), None | Some(XLINK));
    if is_reference {
        let uses = ["use", "linearGradient", "radialGradient", "pattern"];
        let takes_one = uses.contains(&node.tag_name().name());
        return (!takes_one || !is_own(value))
            .then(|| format!("refers to `{value}`; only `#…` of its own is allowed"));
    }
    // Names are compared as they are written: SVG's are, in a document of XML.
    if attribute.namespace().is_some() || !ATTRIBUTES.iter().any(|group| is_among(group, name)) {
        let is_handler = name.get(..2).is_some_and(|on| on.eq_ignore_ascii_case("on"));
        return Some(match is_handler {
            true => format!("runs a script on `{name}`; remove it"),
            false => format!("has the attribute `{name}`, which a picture may not have; remove it"),
        });
    }
    (!is_harmless(value)).then(|| {
        format!(
            "has `{name}=\"{value}\"`, which may name something outside of it; write it plainly"
        )
    })
}

/// Whether this is `#` and a name.
fn is_own(reference: &str) -> bool {
    reference.strip_prefix('#').is_some_and(|id| {
        !id.is_empty() && id.chars().all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it))
    })
}

/// Whether a value names nothing outside: no function but the known ones, `url()` only of the
/// picture itself, and no escapes or comments, in which CSS would find other words.
fn is_harmless(value: &str) -> bool {
    if value.contains(['\\', '@', ';']) || value.contains("/*") {
        return false;
    }
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('(') {
        let is_letter = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
        let name = before.rsplit(|it| !is_letter(it)).next().unwrap_or_default();
        let argument = after.split(')').next().unwrap_or_default();
        let is_known = FUNCTIONS.contains(&name) || name == "url" && is_own(argument);
        if !is_known {
            return false;
        }
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" \
        xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 1 1\">";

    #[test]
    fn a_picture_that_needs_nothing_else_is_right() {
        let svg = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- by hand -->{START}\
             <title>A &amp; B</title><defs><g id=\"a\"/></defs>\
             <use href=\"#a\" xlink:href=\"#a\" fill=\"url(#b)\" stroke=\"rgb(1, 2, 3)\" \
             transform=\"translate(1 2) scale(2)\"/></svg>"
        );
        assert_eq!(problems(&svg), []);
    }

    /// Each was, or might have been, taken for a picture by a reader of text.
    #[test]
    fn what_runs_loads_or_leads_somewhere_is_refused_by_line() {
        for bad in [
            "<script/>",
            "<s:script xmlns:s=\"http://www.w3.org/2000/svg\">alert(1)</s:script>",
            "<h:script xmlns:h=\"http://www.w3.org/1999/xhtml\">alert(1)</h:script>",
            "<a href=\"#b\"><path/></a>",
            "<a href=\"jav&#x61;script:alert(1)\"><path/></a>",
            "<a xlink:href=\"java&#9;script:alert(1)\"><path/></a>",
            "<use href = \"http://a.example/b.svg#c\"/>",
            "<use href=\" &#10;data:image/svg+xml,x\"/>",
            "<use xlink:href='other.svg#a'/>",
            "<use\txmlns:l=\"http://www.w3.org/1999/xlink\" l:href='other.svg#a'/>",
            "<path\tonload=\"x()\"/>",
            "<path OnLoad=\"x()\"/>",
            "<path style=\"fill:url(http://a.example)\"/>",
            "<path\nstyle=\"fill:red\"/>",
            "<style>*{fill:url(http://a.example)}</style>",
            "<path fill=\"url(http://a.example)\"/>",
            "<path fill=\"u&#114;l(http://a.example)\"/>",
            "<path fill=\"\\75 rl(http://a.example)\"/>",
            "<path fill=\"url( '#a' )\"/>",
            "<path fill=\"image-set(url(#a) 1x)\"/>",
            "<foreignObject/>",
            "<image href=\"#a\"/>",
            "<g xml:base=\"http://a.example/\"/>",
            "<?xml-stylesheet href=\"http://a.example/a.css\"?>",
            "<![CDATA[<script>alert(1)</script>]]>",
            "<animate attributeName=\"href\" values=\"javascript:alert(1)\"/>",
            "<set attributeName=\"href\" to=\"javascript:alert(1)\"/>",
            "<g><handler xmlns=\"http://www.w3.org/2001/xml-events\"/></g>",
            "<path cursor=\"url(#a), auto\"/>",
        ] {
            let found = problems(&format!("{START}\n{bad}</svg>"));
            let last = 2 + bad.matches('\n').count();
            assert!(!found.is_empty(), "{bad}");
            assert!(found.iter().all(|(line, _)| (2..=last).contains(line)), "{bad}: {found:?}");
        }
    }

    #[test]
    fn what_is_no_plain_svg_is_refused() {
        let entity = format!("<!DOCTYPE svg [<!ENTITY s \"<script/>\">]>{START}&s;</svg>");
        assert!(problems(&entity)[0].1.starts_with("is no XML without a document type"));
        let encoded = format!("<?xml version=\"1.0\" encoding=\"UTF-7\"?>{START}</svg>");
        assert_eq!(problems(&encoded).len(), 1);
        let styled = format!("<?xml-stylesheet href=\"a.css\"?>{START}</svg>");
        assert_eq!(problems(&styled).len(), 1);
        assert_eq!(problems("<html/>").len(), 3);
        assert_eq!(problems("<svg").len(), 1);
        let html = "<svg xmlns=\"http://www.w3.org/1999/xhtml\" viewBox=\"0 0 1 1\"/>";
        assert_eq!(problems(html).len(), 2, "by its namespace");
    }
}
