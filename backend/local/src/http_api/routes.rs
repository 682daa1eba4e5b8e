//! Which route a request takes.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::http::Method;
use percent_encoding::percent_decode_str;

use super::authorizer::JwtAuthorizer;
use crate::gateway::{self, Integration};
use crate::template::{Resource, Stack};

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>
const TIMEOUT: Duration = Duration::from_secs(30);

/// The routes of an API.
#[derive(Debug)]
pub(super) struct Routes(Vec<Route>);

/// One route.
#[derive(Debug)]
pub(super) struct Route {
    /// Such as `GET /pets/{id}` or `$default`.
    pub(super) key: String,
    method: Option<Method>,
    /// `None` is `$default`.
    path: Option<Vec<Segment>>,
    /// Who may take it; `None` is anyone.
    pub(super) authorizer: Option<JwtAuthorizer>,
    pub(super) integration: Integration,
}

/// A part of a route's path: its kind, and its text or the variable's name.
type Segment = (Kind, String);

/// The order is the order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Exact,
    Variable,
    Greedy,
}

/// Path parameters by name, decoded.
type Parameters = BTreeMap<String, String>;

/// A route and what its variables stand for.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) route: &'a Route,
    pub(super) parameters: Parameters,
}

impl Routes {
    pub(super) fn new(stack: &Stack, api: &Resource) -> Result<Self> {
        let declared = gateway::parts_of(stack, "AWS::ApiGatewayV2::Route", &api.physical_id);
        let mut routes: Vec<Route> = Vec::new();
        for resource in declared {
            let route = Route::new(stack, resource)?;
            if routes.iter().any(|it| it.key == route.key) {
                return Err(resource.refuse(&format!("the route {} is already there", route.key)));
            }
            routes.push(route);
        }
        Ok(Self(routes))
    }

    /// The most specific route: exact before `{variable}` before `{greedy+}`, segment by segment
    /// from the left, then the method before `ANY`, and `$default` last
    /// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>).
    pub(super) fn find(&self, method: &Method, path: &str) -> Option<Found<'_>> {
        let path: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
        let fitting = self.0.iter().filter(|it| it.method.as_ref().is_none_or(|own| own == method));
        let fitting =
            fitting.filter_map(|route| Some(Found { route, parameters: route.parameters(&path)? }));
        fitting.min_by(|a, b| a.route.precedence().cmp(&b.route.precedence()))
    }
}

impl Route {
    fn new(stack: &Stack, resource: &Resource) -> Result<Self> {
        let key = resource.text("/RouteKey").unwrap_or_default();
        let (method, path) = resource.locate(parse_key(key))?;
        let (integration, declared) = Integration::of(stack, resource, TIMEOUT)?;
        declared.supports_only("/PayloadFormatVersion", "2.0")?;
        Ok(Self {
            key: key.to_owned(),
            method,
            path,
            authorizer: JwtAuthorizer::new(stack, resource)?,
            integration,
        })
    }

    /// What follows the stage in the ARN that a permission names: method and path of the route.
    pub(super) fn arn_suffix(&self, method: &Method) -> String {
        match self.key.split_once(" /") {
            Some((_, path)) => format!("{method}/{path}"),
            None => self.key.clone(),
        }
    }

    fn parameters(&self, path: &[&str]) -> Option<Parameters> {
        let mut parameters = Parameters::new();
        let Some(segments) = &self.path else { return Some(parameters) };
        let mut rest = path;
        for (kind, text) in segments {
            let (first, others) = rest.split_first()?;
            if *kind == Kind::Exact {
                if *text != decode(first) {
                    return None;
                }
            } else if first.is_empty() {
                return None;
            } else if *kind == Kind::Greedy {
                parameters.insert(text.clone(), decode(&rest.join("/")));
                return Some(parameters);
            } else {
                parameters.insert(text.clone(), decode(first));
            }
            rest = others;
        }
        rest.is_empty().then_some(parameters)
    }

    fn precedence(&self) -> (bool, Vec<Kind>, bool) {
        let kinds = self.path.iter().flatten().map(|(kind, _)| *kind).collect();
        (self.path.is_none(), kinds, self.method.is_none())
    }
}

fn parse_key(key: &str) -> Result<(Option<Method>, Option<Vec<Segment>>)> {
    if key == "$default" {
        return Ok((None, None));
    }
    let (method, path) = key.split_once(' ').context("a RouteKey is METHOD /path or $default")?;
    let path = path.strip_prefix('/').context("the path of a RouteKey begins with /")?;
    let method = match method {
        "ANY" => None,
        other => Some(other.parse().context("no such method")?),
    };
    let segments: Vec<Segment> = path.split('/').map(segment).collect();
    let greedy = segments.iter().position(|(kind, _)| *kind == Kind::Greedy);
    let is_last = greedy.is_none_or(|it| it + 1 == segments.len());
    anyhow::ensure!(is_last, "a greedy variable must come last");
    Ok((method, Some(segments)))
}

fn segment(text: &str) -> Segment {
    let variable = text.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    let (kind, text) = match variable.map(|name| (name, name.strip_suffix('+'))) {
        None => (Kind::Exact, text),
        Some((name, None)) => (Kind::Variable, name),
        Some((_, Some(name))) => (Kind::Greedy, name),
    };
    (kind, text.to_owned())
}

/// A part of a path without its percent signs.
pub(super) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(keys: &[&str]) -> Routes {
        let route = |key: &&str| {
            let (method, path) = parse_key(key).unwrap();
            let integration = Integration { function: String::new(), timeout: TIMEOUT };
            Route { key: (*key).to_owned(), method, path, authorizer: None, integration }
        };
        Routes(keys.iter().map(route).collect())
    }

    #[test]
    fn the_most_specific_route_wins_whatever_the_order() {
        let routes = routes(&[
            "$default",
            "ANY /{proxy+}",
            "GET /pets/{proxy+}",
            "ANY /pets/dog/{id}",
            "GET /pets/dog/{id}",
            "GET /pets/dog/1",
        ]);
        let find = |method: Method, path| routes.find(&method, path).unwrap().route.key.clone();
        assert_eq!(find(Method::GET, "/pets/dog/1"), "GET /pets/dog/1");
        assert_eq!(find(Method::GET, "/pets/dog/2"), "GET /pets/dog/{id}");
        assert_eq!(find(Method::PUT, "/pets/dog/2"), "ANY /pets/dog/{id}");
        assert_eq!(find(Method::GET, "/pets/cat/1"), "GET /pets/{proxy+}");
        assert_eq!(find(Method::POST, "/test/5"), "ANY /{proxy+}");
        assert_eq!(find(Method::GET, "/"), "$default");
    }

    #[test]
    fn variables_are_decoded_and_never_empty() {
        let routes = routes(&["GET /a/{one}", "GET /b/{all+}"]);
        let find = |path| routes.find(&Method::GET, path);
        assert_eq!(find("/a/x%20y").unwrap().parameters["one"], "x y");
        assert_eq!(find("/b/c/d%2Fe").unwrap().parameters["all"], "c/d/e");
        assert!(find("/a/").is_none());
        assert!(find("/b/").is_none());
        assert!(find("/a/x/y").is_none());
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        assert!(parse_key("GET").is_err());
        assert!(parse_key("GET pets").is_err());
        assert!(parse_key("ANY /{a+}/b").is_err());
    }
}
