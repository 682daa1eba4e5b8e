//! The JWT authorizer: issuer, audience, times and scopes of a token
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>).
//! A token whose session was signed out stays valid until it expires, as on AWS.

use anyhow::Result;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use serde_json::Value;

use crate::cognito::{Claims, UserPools};
use crate::template::{Resource, Stack};
use crate::time::now_ms;

/// The authorizer of a route.
#[derive(Debug)]
pub(super) struct JwtAuthorizer {
    header: HeaderName,
    issuer: String,
    audience: Vec<String>,
    /// Any one of them is enough; none asks for nothing.
    scopes: Vec<String>,
}

/// Why a request is not authorized.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// 401, or 403 for a good token without a scope.
    pub(super) status: StatusCode,
    /// The `www-authenticate` header.
    pub(super) challenge: String,
}

/// A valid token, as the function receives it.
#[derive(Debug)]
pub(super) struct Authorized {
    pub(super) claims: Claims,
    /// The token's scopes if the route asks for any.
    pub(super) scopes: Option<Vec<String>>,
}

impl JwtAuthorizer {
    /// The authorizer of a route, if it has one.
    pub(super) fn new(stack: &Stack, route: &Resource) -> Result<Option<Self>> {
        match route.text("/AuthorizationType").unwrap_or("NONE") {
            "NONE" => return Ok(None),
            "JWT" => {}
            other => return Err(route.unsupported(&format!("the AuthorizationType {other}"))),
        }
        let authorizer = stack.named_by(route, "/AuthorizerId", "AWS::ApiGatewayV2::Authorizer")?;
        let source = match authorizer.list("/IdentitySource") {
            [source] => source.as_str().and_then(|it| it.strip_prefix("$request.header.")),
            _ => None,
        };
        let header = source.and_then(|it| it.parse().ok());
        let other = "an IdentitySource other than $request.header.…";
        let audience = authorizer.texts("/JwtConfiguration/Audience");
        Ok(Some(Self {
            header: header.ok_or_else(|| authorizer.unsupported(other))?,
            issuer: authorizer.text("/JwtConfiguration/Issuer").unwrap_or_default().to_owned(),
            audience: audience.map(str::to_owned).collect(),
            scopes: route.texts("/AuthorizationScopes").map(str::to_owned).collect(),
        }))
    }

    /// Checks the token of a request.
    pub(super) fn check(
        &self,
        pools: &UserPools,
        headers: &HeaderMap,
    ) -> Result<Authorized, Refused> {
        let header = headers.get(&self.header).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let token = header.strip_prefix("Bearer ").unwrap_or(header).trim();
        if token.is_empty() {
            let challenge = "Bearer".to_owned();
            return Err(Refused { status: StatusCode::UNAUTHORIZED, challenge });
        }
        let claims = pools.verify(token).map_err(|why| self.invalid(&why.to_string()))?;
        self.check_claims(&claims, now_ms() / 1_000).map_err(|why| self.invalid(why))?;
        let scopes = self.check_scopes(&claims)?;
        Ok(Authorized { claims, scopes })
    }

    /// The token's scopes if the route asks for any, of which one is enough.
    fn check_scopes(&self, claims: &Claims) -> Result<Option<Vec<String>>, Refused> {
        if self.scopes.is_empty() {
            return Ok(None);
        }
        let scopes: Vec<String> = scopes_of(claims).map(str::to_owned).collect();
        if self.scopes.iter().any(|it| scopes.contains(it)) {
            return Ok(Some(scopes));
        }
        let why = "the token does not have sufficient scopes";
        Err(self.refused(StatusCode::FORBIDDEN, "insufficient_scope", why))
    }

    fn check_claims(&self, claims: &Claims, now: u64) -> Result<(), &'static str> {
        let time = |name: &str| claims.get(name).and_then(Value::as_u64);
        let issuer = claims.get("iss").and_then(Value::as_str);
        // `client_id` counts only where there is no `aud`.
        let audience = claims.get("aud").or_else(|| claims.get("client_id"));
        let is_ours =
            |it: &Value| it.as_str().is_some_and(|it| self.audience.iter().any(|own| own == it));
        let fits = match audience {
            Some(Value::Array(several)) => several.iter().any(is_ours),
            Some(one) => is_ours(one),
            None => false,
        };
        let checks = [
            (issuer == Some(&self.issuer), "the token does not have a valid issuer"),
            (fits, "the token does not have a valid audience"),
            (time("exp").is_some_and(|exp| exp > now), "the token has expired"),
            (time("nbf").is_none_or(|nbf| nbf <= now), "the token is not valid yet"),
            (time("iat").is_none_or(|iat| iat <= now), "the token was issued in the future"),
        ];
        checks.into_iter().try_for_each(|(is_met, why)| is_met.then_some(()).ok_or(why))
    }

    fn invalid(&self, why: &str) -> Refused {
        self.refused(StatusCode::UNAUTHORIZED, "invalid_token", why)
    }

    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html>
    fn refused(&self, status: StatusCode, error: &str, why: &str) -> Refused {
        let scopes = self.scopes.join(" ");
        let challenge =
            format!("Bearer scope=\"{scopes}\" error=\"{error}\" error_description=\"{why}\"");
        Refused { status, challenge }
    }
}

/// The scopes in `scope` (text) or `scp` (text or a list).
fn scopes_of(claims: &Claims) -> impl Iterator<Item = &str> {
    let scopes = claims.get("scope").or_else(|| claims.get("scp"));
    let text = scopes.and_then(Value::as_str).unwrap_or_default();
    let list = scopes.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    text.split_whitespace().chain(list)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn authorizer() -> JwtAuthorizer {
        JwtAuthorizer {
            header: HeaderName::from_static("authorization"),
            issuer: "https://issuer".to_owned(),
            audience: vec!["client".to_owned()],
            scopes: vec!["a".to_owned()],
        }
    }

    fn check(claims: Value) -> Result<(), &'static str> {
        authorizer().check_claims(claims.as_object().unwrap(), 1_000)
    }

    #[test]
    fn claims_are_checked_one_by_one() {
        let good = json!({"iss": "https://issuer", "client_id": "client", "exp": 1_001});
        assert_eq!(check(good.clone()), Ok(()));
        let but = |name: &str, value: Value| {
            let mut claims = good.clone();
            claims[name] = value;
            check(claims)
        };
        assert_eq!(but("iss", json!("x")), Err("the token does not have a valid issuer"));
        assert_eq!(but("client_id", json!("x")), Err("the token does not have a valid audience"));
        // A wrong `aud` is not made good by a right `client_id`.
        assert_eq!(but("aud", json!("x")), Err("the token does not have a valid audience"));
        assert_eq!(but("aud", json!(["x", "client"])), Ok(()));
        assert_eq!(but("exp", json!(1_000)), Err("the token has expired"));
        assert_eq!(but("exp", json!(null)), Err("the token has expired"));
        assert_eq!(but("nbf", json!(1_001)), Err("the token is not valid yet"));
        assert_eq!(but("iat", json!(1_001)), Err("the token was issued in the future"));
    }

    #[test]
    fn one_of_the_routes_scopes_is_enough_and_a_route_without_any_asks_for_none() {
        let check = |own: &[&str], scope: &str| {
            let scopes = own.iter().map(|it| (*it).to_owned()).collect();
            let claims = json!({ "scope": scope });
            JwtAuthorizer { scopes, ..authorizer() }.check_scopes(claims.as_object().unwrap())
        };
        let scopes = |scopes: &[&str]| Some(scopes.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(check(&["a", "b"], "b"), Ok(scopes(&["b"])));
        assert_eq!(check(&["a"], "a c"), Ok(scopes(&["a", "c"])));
        assert_eq!(check(&[], "a"), Ok(None));
        for (own, scope) in [(&["a", "b"][..], "c"), (&["a"], ""), (&["a"], "ab")] {
            let refused = check(own, scope).unwrap_err();
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{own:?} {scope}");
            assert!(refused.challenge.contains("error=\"insufficient_scope\""));
        }
    }

    #[test]
    fn scopes_are_read_in_each_form() {
        let scopes = |claims: Value| {
            let claims = claims.as_object().unwrap().clone();
            scopes_of(&claims).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(scopes(json!({"scope": "a b"})), ["a", "b"]);
        assert_eq!(scopes(json!({"scp": "a b"})), ["a", "b"]);
        assert_eq!(scopes(json!({"scp": ["a", "b"]})), ["a", "b"]);
        assert!(scopes(json!({})).is_empty());
    }
}
