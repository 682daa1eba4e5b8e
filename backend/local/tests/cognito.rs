//! A person signs up, proves the address, signs in and stays signed in.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod gateway;

use std::collections::BTreeMap;

use aws_local::cognito::UserPools;
use aws_local::feed::{Feed, FeedEvent};
use aws_local::store::Store;
use aws_local::template::Stack;
use gateway::{PASSWORD, cognito, folder, stack};
use serde_json::{Value, json};

const NOW: u64 = 1_795_450_090_791;
const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const EMAIL: &str = "Ann@example.com";

struct Person {
    pools: UserPools,
    feed: Feed,
    client: String,
}

/// Someone new at an empty pool.
fn person() -> Person {
    at(Store::memory().unwrap())
}

fn at(store: Store) -> Person {
    let (stack, feed) = (stack(), Feed::default());
    let pools = UserPools::new(&stack, store, feed.clone()).unwrap();
    Person { pools, feed, client: stack.get("Client").unwrap().physical_id.clone() }
}

impl Person {
    fn call(&self, operation: &str, mut request: Value, now: u64) -> Result<Value, String> {
        request["ClientId"] = json!(self.client);
        cognito(&self.pools, operation, request, now)
    }

    fn sign_up(&self) -> Result<Value, String> {
        self.call("SignUp", json!({"Username": EMAIL, "Password": PASSWORD}), NOW)
    }

    fn confirm(&self, code: &str, now: u64) -> Result<Value, String> {
        let request = json!({"Username": EMAIL, "ConfirmationCode": code});
        self.call("ConfirmSignUp", request, now)
    }

    fn sign_in(&self, password: &str, now: u64) -> Result<Value, String> {
        let parameters = json!({"USERNAME": "ann@EXAMPLE.com", "PASSWORD": password});
        let request = json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        self.call("InitiateAuth", request, now).map(|it| it["AuthenticationResult"].clone())
    }

    fn refresh(&self, tokens: &Value, now: u64) -> Result<Value, String> {
        let request = json!({"RefreshToken": tokens["RefreshToken"]});
        let answer = self.call("GetTokensFromRefreshToken", request, now);
        answer.map(|it| it["AuthenticationResult"].clone())
    }

    /// The code that was last sent, as the feed shows it.
    fn code(&self) -> String {
        let code = |seen: &FeedEvent| match seen {
            FeedEvent::Code { code, .. } => Some(code.clone()),
            _ => None,
        };
        self.feed.since(0).iter().rev().find_map(|it| code(&it.event)).unwrap()
    }

    /// Signed up, confirmed and signed in.
    fn signed_in(&self) -> Value {
        self.sign_up().unwrap();
        self.confirm(&self.code(), NOW).unwrap();
        self.sign_in(PASSWORD, NOW).unwrap()
    }
}

/// The door of a person's pools, as a browser calls it: over HTTP, now.
struct Door {
    http: reqwest::Client,
    url: String,
    client: String,
}

impl Door {
    async fn of(person: &Person) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router: axum::Router = axum::Router::new().route("/", person.pools.route());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { http: reqwest::Client::new(), url, client: person.client.clone() }
    }

    /// The answer, or the error's name and sentence.
    async fn call(&self, operation: &str, mut request: Value) -> Result<Value, String> {
        request["ClientId"] = json!(self.client);
        let answer = self.send(operation, request.to_string()).await;
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        let status = answer.status().as_u16();
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        match status {
            200 => Ok(body),
            400 => Err(format!("{}: {}", body["__type"], body["message"]).replace('"', "")),
            other => panic!("{operation} was answered {other}: {body}"),
        }
    }

    async fn send(&self, operation: &str, body: String) -> reqwest::Response {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        self.http.post(&self.url).header("x-amz-target", target).body(body).send().await.unwrap()
    }

    async fn forgot(&self) -> Result<Value, String> {
        self.call("ForgotPassword", json!({"Username": EMAIL})).await
    }

    async fn replace(&self, code: &str, password: &str) -> Result<Value, String> {
        let request = json!({"Username": EMAIL, "ConfirmationCode": code, "Password": password});
        self.call("ConfirmForgotPassword", request).await
    }

    async fn sign_in(&self, password: &str) -> Result<Value, String> {
        self.sign_in_as(EMAIL, password).await
    }

    async fn refresh(&self, tokens: &Value) -> Result<Value, String> {
        let request = json!({"RefreshToken": tokens["RefreshToken"]});
        self.call("GetTokensFromRefreshToken", request).await
    }

    async fn sign_in_as(&self, email: &str, password: &str) -> Result<Value, String> {
        let parameters = json!({"USERNAME": email, "PASSWORD": password});
        let request = json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        self.call("InitiateAuth", request).await.map(|it| it["AuthenticationResult"].clone())
    }

    async fn change_password(&self, tokens: &Value, old: &str, new: &str) -> Result<Value, String> {
        let request = json!({
            "AccessToken": tokens["AccessToken"], "PreviousPassword": old, "ProposedPassword": new,
        });
        self.call("ChangePassword", request).await
    }

    async fn update(&self, tokens: &Value, name: &str, value: &str) -> Result<Value, String> {
        let attributes = json!([{"Name": name, "Value": value}]);
        let request = json!({"AccessToken": tokens["AccessToken"], "UserAttributes": attributes});
        self.call("UpdateUserAttributes", request).await
    }

    async fn resend(&self, tokens: &Value) -> Result<Value, String> {
        let request = json!({"AccessToken": tokens["AccessToken"], "AttributeName": "email"});
        self.call("GetUserAttributeVerificationCode", request).await
    }

    async fn verify(&self, tokens: &Value, code: &str) -> Result<Value, String> {
        let request = json!({
            "AccessToken": tokens["AccessToken"], "AttributeName": "email", "Code": code,
        });
        self.call("VerifyUserAttribute", request).await
    }

    /// The address that `GetUser` tells.
    async fn email(&self, tokens: &Value) -> String {
        let user = self.as_user("GetUser", tokens).await.unwrap();
        user["UserAttributes"][0]["Value"].as_str().unwrap().to_owned()
    }

    /// A call that says who asks by these tokens.
    async fn as_user(&self, operation: &str, tokens: &Value) -> Result<Value, String> {
        self.call(operation, json!({"AccessToken": tokens["AccessToken"]})).await
    }
}

/// Someone who signed up and proved the address, and the door.
async fn known(store: Store) -> (Person, Door) {
    let ann = at(store);
    ann.sign_up().unwrap();
    ann.confirm(&ann.code(), NOW).unwrap();
    let door = Door::of(&ann).await;
    (ann, door)
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

#[test]
fn an_account_signs_in_only_once_its_address_is_verified() {
    let ann = person();
    let answer = ann.sign_up().unwrap();
    assert_eq!(answer["UserConfirmed"], false);
    assert_eq!(answer["CodeDeliveryDetails"]["Destination"], "A***@e***");
    assert_eq!(
        ann.sign_in(PASSWORD, NOW).unwrap_err(),
        "UserNotConfirmedException: User is not confirmed."
    );
    let code = ann.code();
    assert_eq!(
        ann.confirm(wrong(&code), NOW).unwrap_err(),
        "CodeMismatchException: Invalid verification code provided, please try again."
    );
    ann.confirm(&code, NOW).unwrap();
    assert_eq!(
        ann.confirm(&code, NOW).unwrap_err(),
        "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED"
    );
    let tokens = ann.sign_in(PASSWORD, NOW).unwrap();
    assert_eq!((&tokens["ExpiresIn"], &tokens["TokenType"]), (&json!(900), &json!("Bearer")));
}

#[test]
fn tokens_say_what_those_of_cognito_say() {
    let ann = person();
    let tokens = ann.signed_in();
    let claims = |name: &str| ann.pools.verify(tokens[name].as_str().unwrap()).unwrap();
    let (access, id) = (claims("AccessToken"), claims("IdToken"));
    let (stack, now) = (stack(), NOW / 1_000);
    let pool = &stack.get("Pool").unwrap().physical_id;
    let issuer = format!("https://cognito-idp.eu-west-2.amazonaws.com/{pool}");
    for claims in [&access, &id] {
        assert_eq!(claims["iss"], json!(issuer));
        assert_eq!(claims["sub"], access["sub"]);
        assert_eq!(claims["origin_jti"], access["origin_jti"]);
        assert_eq!((&claims["iat"], &claims["auth_time"]), (&json!(now), &json!(now)));
    }
    assert_eq!(access["token_use"], "access");
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin");
    assert_eq!(access["client_id"], json!(ann.client));
    assert_eq!(access["username"], access["sub"]);
    assert_eq!(access["exp"], json!(now + 900));
    assert!(!access.contains_key("aud") && !access.contains_key("email"));
    assert_eq!(id["token_use"], "id");
    assert_eq!(id["aud"], json!(ann.client));
    assert_eq!(id["email"], EMAIL);
    assert_eq!(id["email_verified"], true);
    assert_eq!(id["cognito:username"], id["sub"]);
    assert!(!id.contains_key("scope"));
}

#[test]
fn a_code_expires_and_a_new_one_voids_the_old() {
    let ann = person();
    ann.sign_up().unwrap();
    let old = ann.code();
    assert_eq!(
        ann.confirm(&old, NOW + 24 * HOUR).unwrap_err(),
        "ExpiredCodeException: Invalid code provided, please request a code again."
    );
    let again = json!({"Username": EMAIL});
    ann.call("ResendConfirmationCode", again.clone(), NOW).unwrap();
    let new = ann.code();
    if old != new {
        assert!(ann.confirm(&old, NOW).unwrap_err().starts_with("CodeMismatchException"));
    }
    ann.confirm(&new, NOW).unwrap();
    assert_eq!(
        ann.call("ResendConfirmationCode", again, NOW).unwrap_err(),
        "InvalidParameterException: User is already confirmed."
    );
}

#[test]
fn guessing_codes_ends() {
    let ann = person();
    ann.sign_up().unwrap();
    let code = ann.code();
    for _ in 0..15 {
        assert!(ann.confirm(wrong(&code), NOW).unwrap_err().starts_with("CodeMismatch"));
    }
    assert_eq!(
        ann.confirm(&code, NOW).unwrap_err(),
        "LimitExceededException: Attempt limit exceeded, please try after some time."
    );
    ann.confirm(&code, NOW + HOUR).unwrap();
}

#[test]
fn guessing_passwords_takes_longer_and_longer() {
    let ann = person();
    ann.signed_in();
    let locked = "NotAuthorizedException: Password attempts exceeded";
    for _ in 0..5 {
        assert_eq!(
            ann.sign_in("wrong horse", NOW).unwrap_err(),
            "NotAuthorizedException: Incorrect username or password."
        );
    }
    assert_eq!(ann.sign_in(PASSWORD, NOW + 999).unwrap_err(), locked);
    assert!(ann.sign_in("wrong horse", NOW + 1_000).unwrap_err().ends_with("password."));
    assert_eq!(ann.sign_in(PASSWORD, NOW + 2_999).unwrap_err(), locked);
    ann.sign_in(PASSWORD, NOW + 3_000).unwrap();
    // Forgiven: five more tries are free.
    assert!(ann.sign_in("wrong horse", NOW + 3_000).unwrap_err().ends_with("password."));
    ann.sign_in(PASSWORD, NOW + 3_000).unwrap();
}

#[test]
fn a_sign_up_is_refused_in_the_words_of_cognito() {
    let ann = person();
    let sign_up = |email: &str, password: &str| {
        ann.call("SignUp", json!({"Username": email, "Password": password}), NOW).unwrap_err()
    };
    assert_eq!(sign_up("ann", PASSWORD), "InvalidParameterException: Username should be an email.");
    assert_eq!(
        sign_up(EMAIL, "short"),
        "InvalidPasswordException: Password did not conform with policy: Password not long enough"
    );
    ann.sign_up().unwrap();
    assert_eq!(
        sign_up("ANN@example.com", PASSWORD),
        "UsernameExistsException: An account with the given email already exists."
    );
    let unknown = cognito(
        &ann.pools,
        "SignUp",
        json!({"ClientId": "nobody", "Username": EMAIL, "Password": PASSWORD}),
        NOW,
    );
    assert_eq!(
        unknown.unwrap_err(),
        "ResourceNotFoundException: User pool client nobody does not exist."
    );
    assert!(ann.call("SignUp", json!({}), NOW).unwrap_err().starts_with("InvalidParameter"));
    let other = ann.call("AdminDeleteUser", json!({}), NOW).unwrap_err();
    assert!(other.starts_with("UnknownOperationException"));
}

#[test]
fn whether_an_account_exists_is_hidden_from_a_client_that_must_not_know() {
    let mut ann = person();
    let nobody = json!({"Username": "nobody@example.com"});
    assert_eq!(
        ann.sign_in(PASSWORD, NOW).unwrap_err(),
        "NotAuthorizedException: Incorrect username or password."
    );
    let sent = ann.call("ForgotPassword", nobody.clone(), NOW).unwrap();
    assert_eq!(sent["CodeDeliveryDetails"]["Destination"], "n***@e***");
    assert!(ann.call("ResendConfirmationCode", nobody.clone(), NOW).is_ok());
    assert!(ann.confirm("123456", NOW).unwrap_err().starts_with("CodeMismatchException"));
    let replace = json!({
        "Username": "nobody@example.com", "ConfirmationCode": "123456", "Password": PASSWORD,
    });
    let refused = ann.call("ConfirmForgotPassword", replace.clone(), NOW).unwrap_err();
    assert!(refused.starts_with("CodeMismatchException"));
    assert!(ann.feed.since(0).is_empty(), "no mail was sent");

    ann.client = stack().get("OtherClient").unwrap().physical_id.clone();
    assert_eq!(
        ann.sign_in(PASSWORD, NOW).unwrap_err(),
        "UserNotFoundException: User does not exist."
    );
    for (operation, request) in [("ForgotPassword", nobody), ("ConfirmForgotPassword", replace)] {
        assert_eq!(
            ann.call(operation, request, NOW).unwrap_err(),
            "UserNotFoundException: Username/client id combination not found."
        );
    }
}

/// Answers to a known and an unknown address, one after the other.
#[test]
fn a_known_and_an_unknown_address_get_the_same_answers() {
    let ann = person();
    ann.signed_in();
    let both = |operation: &str, request: &dyn Fn(&str) -> Value, now: u64| {
        let of =
            |email| ann.call(operation, request(email), now).map_err(|it| it.replace('A', "a"));
        let (known, unknown) = (of("ann@example.com"), of("abel@example.com"));
        assert_eq!(known.is_ok(), unknown.is_ok(), "{operation}: {known:?}, {unknown:?}");
        if known.is_err() {
            assert_eq!(known, unknown, "{operation}");
        }
    };
    let sign_in = |email: &str| {
        let parameters = json!({ "USERNAME": email, "PASSWORD": "wrong horse" });
        json!({ "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters })
    };
    for number in 0..8 {
        both("InitiateAuth", &sign_in, NOW + number);
    }
    both("InitiateAuth", &sign_in, NOW + 5_000);
    let forgot = |email: &str| json!({ "Username": email });
    let replace = |email: &str| json!({ "Username": email, "ConfirmationCode": "12345x", "Password": "a better one" });
    both("ConfirmForgotPassword", &replace, NOW);
    for number in 0..17 {
        both("ForgotPassword", &forgot, NOW + number);
        both("ConfirmForgotPassword", &replace, NOW + number);
    }
    both("ConfirmForgotPassword", &replace, NOW + 3 * HOUR);
    let mail = ann.pools.mail();
    assert!(mail.iter().all(|it| it.email == EMAIL), "no mail was sent to the unknown one");
}

/// A password is hashed for an unknown address, too, and while others use the store.
#[test]
fn a_known_and_an_unknown_address_take_the_same_time() {
    let ann = person();
    ann.signed_in();
    let sign_in = |email: &str, now: u64| {
        let parameters = json!({ "USERNAME": email, "PASSWORD": "wrong horse" });
        let request = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
        let begun = std::time::Instant::now();
        ann.call("InitiateAuth", request, now).unwrap_err();
        begun.elapsed()
    };
    // The least of many is what the work itself takes, whatever else this machine does; without a
    // password to hash it is a hundredth.
    let least = |email: &str| (0..20).map(|n| sign_in(email, NOW + n * HOUR)).min().unwrap();
    let (known, unknown) = (least("ann@example.com"), least("abel@example.com"));
    assert!(unknown * 5 > known && known * 5 > unknown, "{known:?} and {unknown:?}");
}

#[test]
fn a_refresh_token_is_replaced_and_its_reuse_is_refused_after_the_grace_period() {
    let ann = person();
    let first = ann.signed_in();
    let second = ann.refresh(&first, NOW + HOUR).unwrap();
    assert_ne!(first["RefreshToken"], second["RefreshToken"]);
    // An answer that was lost is asked for again.
    let third = ann.refresh(&first, NOW + HOUR + 60_000).unwrap();
    assert!(
        ann.refresh(&first, NOW + HOUR + 60_001)
            .unwrap_err()
            .starts_with("RefreshTokenReuseException")
    );
    // Both that were handed out are good, and all tokens are of one session.
    let claims =
        |tokens: &Value| ann.pools.verify(tokens["AccessToken"].as_str().unwrap()).unwrap();
    ann.refresh(&second, NOW + 2 * HOUR).unwrap();
    assert_eq!(claims(&third)["origin_jti"], claims(&first)["origin_jti"]);
    assert_eq!(claims(&third)["auth_time"], claims(&first)["auth_time"]);
    // Thirty days after the password, whatever was refreshed since.
    assert_eq!(
        ann.refresh(&third, NOW + 30 * 24 * HOUR).unwrap_err(),
        "NotAuthorizedException: Refresh Token has expired"
    );
    let unknown = json!({"RefreshToken": "made up"});
    assert_eq!(
        ann.refresh(&unknown, NOW).unwrap_err(),
        "NotAuthorizedException: Invalid Refresh Token"
    );
}

#[test]
fn a_client_without_rotation_keeps_its_refresh_token() {
    let mut ann = person();
    ann.client = stack().get("OtherClient").unwrap().physical_id.clone();
    let first = ann.signed_in();
    let second = ann.refresh(&first, NOW + HOUR).unwrap();
    assert!(second.get("RefreshToken").is_none());
    ann.refresh(&first, NOW + 2 * HOUR).unwrap();
}

#[test]
fn a_restart_keeps_accounts_sessions_codes_and_keys() {
    let file = folder("cognito").join("aws.sqlite");
    let before = at(Store::open(&file).unwrap());
    let tokens = before.signed_in();
    let bob = json!({"Username": "bob@example.com", "Password": PASSWORD});
    let now = aws_local::time::now_ms();
    before.call("SignUp", bob, now).unwrap();
    let code = before.pools.code_of("BOB@example.com").unwrap();
    drop(before);

    let after = at(Store::open(&file).unwrap());
    after.pools.verify(tokens["AccessToken"].as_str().unwrap()).unwrap();
    after.sign_in(PASSWORD, NOW).unwrap();
    after.refresh(&tokens, NOW).unwrap();
    assert_eq!(after.pools.mail()[0].code, code);
    let request = json!({"Username": "bob@example.com", "ConfirmationCode": code});
    after.call("ConfirmSignUp", request, now).unwrap();
    assert!(after.pools.code_of("bob@example.com").is_none());
}

#[tokio::test]
async fn a_forgotten_password_is_replaced() {
    let (ann, door) = known(Store::memory().unwrap()).await;
    let before = door.sign_in(PASSWORD).await.unwrap();
    let sent = door.forgot().await.unwrap();
    let details = json!({
        "AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "A***@e***",
    });
    assert_eq!(sent, json!({"CodeDeliveryDetails": details}));
    let mail = &ann.pools.mail()[0];
    assert_eq!((&mail.code, mail.purpose.as_str()), (&ann.code(), "password"));

    assert_eq!(
        door.replace(wrong(&mail.code), "a better one").await.unwrap_err(),
        "CodeMismatchException: Invalid verification code provided, please try again."
    );
    assert_eq!(
        door.replace(&mail.code, "short").await.unwrap_err(),
        "InvalidPasswordException: Password did not conform with policy: Password not long enough"
    );
    assert_eq!(door.replace(&mail.code, "a better one").await.unwrap(), json!({}));
    let expired = "ExpiredCodeException: Invalid code provided, please request a code again.";
    assert_eq!(door.replace(&mail.code, "yet another").await.unwrap_err(), expired, "it is spent");
    assert!(door.sign_in(PASSWORD).await.is_err());
    door.sign_in("a better one").await.unwrap();
    // As on AWS, whoever signed in with the old one stays signed in.
    door.as_user("GetUser", &before).await.unwrap();
    door.refresh(&before).await.unwrap();
}

#[tokio::test]
async fn a_code_for_a_new_password_is_good_for_an_hour() {
    let (ann, door) = known(Store::memory().unwrap()).await;
    let expired = "ExpiredCodeException: Invalid code provided, please request a code again.";
    assert_eq!(door.replace("123456", "a better one").await.unwrap_err(), expired, "none was sent");
    let an_hour_ago = aws_local::time::now_ms() - HOUR;
    ann.call("ForgotPassword", json!({"Username": EMAIL}), an_hour_ago).unwrap();
    assert_eq!(door.replace(&ann.code(), "a better one").await.unwrap_err(), expired);
    door.forgot().await.unwrap();
    door.replace(&ann.code(), "a better one").await.unwrap();
}

#[tokio::test]
async fn guessing_codes_for_a_new_password_ends() {
    let file = folder("cognito-guesses").join("aws.sqlite");
    let (ann, door) = known(Store::open(&file).unwrap()).await;
    let limit = "LimitExceededException: Attempt limit exceeded, please try after some time.";
    door.forgot().await.unwrap();
    let code = ann.code();
    for _ in 0..15 {
        let refused = door.replace(wrong(&code), "a better one").await.unwrap_err();
        assert!(refused.starts_with("CodeMismatchException"));
    }
    assert_eq!(door.replace(&code, "a better one").await.unwrap_err(), limit);
    // Neither another code nor a restart gives more tries.
    door.forgot().await.unwrap();
    let after = at(Store::open(&file).unwrap());
    let door = Door::of(&after).await;
    assert_eq!(door.replace(&ann.code(), "a better one").await.unwrap_err(), limit);
    for _ in 2..15 {
        door.forgot().await.unwrap();
    }
    assert_eq!(door.forgot().await.unwrap_err(), limit, "nor are there ever more codes");
}

#[tokio::test]
async fn who_never_proved_the_address_gets_no_code_for_a_new_password() {
    let mut ann = person();
    ann.sign_up().unwrap();
    let seen = ann.feed.since(0).len();
    // Told as to an address without account.
    let sent = Door::of(&ann).await.forgot().await.unwrap();
    assert_eq!(sent["CodeDeliveryDetails"]["Destination"], "A***@e***");
    ann.client = stack().get("OtherClient").unwrap().physical_id.clone();
    let door = Door::of(&ann).await;
    assert_eq!(
        door.forgot().await.unwrap_err(),
        "InvalidParameterException: Cannot reset password for the user as there is no \
         registered/verified email or phone_number"
    );
    assert_eq!(ann.feed.since(0).len(), seen, "no mail was sent");
}

#[tokio::test]
async fn a_password_is_changed_given_the_one_before() {
    let (_, door) = known(Store::memory().unwrap()).await;
    let tokens = door.sign_in(PASSWORD).await.unwrap();
    assert_eq!(
        door.change_password(&tokens, "wrong horse", "a better one").await.unwrap_err(),
        "NotAuthorizedException: Incorrect username or password."
    );
    assert_eq!(
        door.change_password(&tokens, PASSWORD, "short").await.unwrap_err(),
        "InvalidPasswordException: Password did not conform with policy: Password not long enough"
    );
    door.sign_in(PASSWORD).await.unwrap();
    assert_eq!(door.change_password(&tokens, PASSWORD, "a better one").await.unwrap(), json!({}));
    assert!(door.sign_in(PASSWORD).await.is_err());
    door.sign_in("a better one").await.unwrap();
    // Nobody was signed out by it.
    door.as_user("GetUser", &tokens).await.unwrap();
    door.refresh(&tokens).await.unwrap();
}

#[tokio::test]
async fn guessing_the_password_before_a_change_ends() {
    let (_, door) = known(Store::memory().unwrap()).await;
    let tokens = door.sign_in(PASSWORD).await.unwrap();
    for _ in 0..5 {
        let refused = door.change_password(&tokens, "wrong horse", "a better one").await;
        assert!(refused.unwrap_err().starts_with("NotAuthorizedException"));
    }
    assert_eq!(
        door.change_password(&tokens, PASSWORD, "a better one").await.unwrap_err(),
        "LimitExceededException: Attempt limit exceeded, please try after some time."
    );
    assert!(door.sign_in(PASSWORD).await.unwrap_err().ends_with("attempts exceeded"));
}

#[tokio::test]
async fn a_new_address_is_the_accounts_once_it_is_proved() {
    let file = folder("cognito-address").join("aws.sqlite");
    let (ann, door) = known(Store::open(&file).unwrap()).await;
    let tokens = door.sign_in(PASSWORD).await.unwrap();
    let sub = ann.pools.verify(tokens["AccessToken"].as_str().unwrap()).unwrap()["sub"].clone();
    const NEW: &str = "Ann@elsewhere.example";

    let sent = door.update(&tokens, "email", NEW).await.unwrap();
    let details = json!({
        "AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "A***@e***",
    });
    assert_eq!(sent, json!({"CodeDeliveryDetailsList": [details]}));
    let mail = &ann.pools.mail()[0];
    assert_eq!((mail.email.as_str(), mail.purpose.as_str()), (NEW, "email"));
    // Until then the old one is.
    assert_eq!(door.email(&tokens).await, EMAIL);
    assert!(door.sign_in_as(NEW, PASSWORD).await.is_err());
    door.sign_in(PASSWORD).await.unwrap();
    assert_eq!(
        door.verify(&tokens, wrong(&mail.code)).await.unwrap_err(),
        "CodeMismatchException: Invalid verification code provided, please try again."
    );

    // Also after a restart, and with another code.
    let again = at(Store::open(&file).unwrap());
    let door = Door::of(&again).await;
    let sent = door.resend(&tokens).await.unwrap();
    assert_eq!(sent, json!({"CodeDeliveryDetails": details}));
    assert_eq!(again.pools.mail()[0].email, NEW, "to the one that waits");
    assert_eq!(door.verify(&tokens, &again.code()).await.unwrap(), json!({}));
    let expired = "ExpiredCodeException: Invalid code provided, please request a code again.";
    assert_eq!(door.verify(&tokens, &again.code()).await.unwrap_err(), expired, "it is spent");

    assert_eq!(door.email(&tokens).await, NEW);
    assert!(door.sign_in(PASSWORD).await.unwrap_err().ends_with("username or password."));
    let tokens = door.sign_in_as("ann@ELSEWHERE.example", PASSWORD).await.unwrap();
    let id = again.pools.verify(tokens["IdToken"].as_str().unwrap()).unwrap();
    assert_eq!((&id["sub"], &id["email"]), (&sub, &json!(NEW)));
    assert_eq!(id["email_verified"], true);
    // The old one is free.
    again.sign_up().unwrap();
}

#[tokio::test]
async fn an_address_that_somebody_has_is_refused_and_so_is_one_that_was_taken_meanwhile() {
    let (ann, door) = known(Store::memory().unwrap()).await;
    let tokens = door.sign_in(PASSWORD).await.unwrap();
    let sign_up = |email: &str| json!({"Username": email, "Password": PASSWORD});
    let taken = "AliasExistsException: An account with the given email already exists.";
    door.call("SignUp", sign_up("bob@example.com")).await.unwrap();
    assert_eq!(door.update(&tokens, "email", "BOB@example.com").await.unwrap_err(), taken);
    door.update(&tokens, "email", "cleo@example.com").await.unwrap();
    let code = ann.pools.code_of("cleo@example.com").unwrap();
    door.call("SignUp", sign_up("cleo@example.com")).await.unwrap();
    assert_eq!(door.verify(&tokens, &code).await.unwrap_err(), taken);
    assert_eq!(door.email(&tokens).await, EMAIL);
}

#[tokio::test]
async fn an_address_is_changed_only_as_the_template_says() {
    let (mut ann, door) = known(Store::memory().unwrap()).await;
    let tokens = door.sign_in(PASSWORD).await.unwrap();
    let sent = ann.feed.since(0).len();
    assert_eq!(
        door.update(&tokens, "name", "Ann").await.unwrap_err(),
        "NotAuthorizedException: A client attempted to write unauthorized attribute"
    );
    assert_eq!(
        door.update(&tokens, "email", "ann").await.unwrap_err(),
        "InvalidParameterException: Invalid email address format."
    );
    let unchanged = door.update(&tokens, "email", EMAIL).await.unwrap();
    assert_eq!(unchanged, json!({"CodeDeliveryDetailsList": []}));
    let expired = "ExpiredCodeException: Invalid code provided, please request a code again.";
    assert_eq!(door.verify(&tokens, "123456").await.unwrap_err(), expired, "none was sent");
    assert_eq!(ann.feed.since(0).len(), sent, "no mail was sent");

    // A client that may write all attributes gets an honest answer.
    ann.client = stack().get("OtherClient").unwrap().physical_id.clone();
    let door = Door::of(&ann).await;
    let tokens = door.sign_in(PASSWORD).await.unwrap();
    let refused = door.update(&tokens, "name", "Ann").await.unwrap_err();
    assert!(refused.starts_with("InvalidParameterException: The local Cognito"), "{refused}");
}

#[tokio::test]
async fn a_session_of_a_client_that_writes_no_address_neither_makes_nor_changes_an_account() {
    let (mut ann, door) = known(Store::memory().unwrap()).await;
    let permitted = door.sign_in(PASSWORD).await.unwrap();
    ann.client = stack().get("SessionClient").unwrap().physical_id.clone();
    let session = Door::of(&ann).await;
    let tokens = session.sign_in(PASSWORD).await.unwrap();
    let refused = "NotAuthorizedException: A client attempted to write unauthorized attribute";
    let sent = ann.feed.since(0).len();
    assert_eq!(session.update(&tokens, "email", "new@example.com").await.unwrap_err(), refused);
    assert_eq!(session.resend(&tokens).await.unwrap_err(), refused);
    let sign_up = json!({"Username": "bob@example.com", "Password": PASSWORD});
    assert_eq!(session.call("SignUp", sign_up).await.unwrap_err(), refused);
    assert_eq!(ann.feed.since(0).len(), sent, "no mail was sent");

    // Nor does it prove the address that another client has asked for.
    door.update(&permitted, "email", "new@example.com").await.unwrap();
    assert_eq!(session.verify(&tokens, &ann.code()).await.unwrap_err(), refused);
    assert_eq!(session.email(&tokens).await, EMAIL);
    door.verify(&permitted, &ann.code()).await.unwrap();
    assert_eq!(session.email(&tokens).await, "new@example.com", "the session goes on");
}

#[tokio::test]
async fn a_code_for_a_new_address_is_good_for_a_day_and_the_address_waits_for_another() {
    let (ann, door) = known(Store::memory().unwrap()).await;
    let now = aws_local::time::now_ms();
    let yesterday = now - 24 * HOUR;
    let old = ann.sign_in(PASSWORD, yesterday).unwrap();
    let attributes = json!([{"Name": "email", "Value": "new@example.com"}]);
    let request = json!({"AccessToken": old["AccessToken"], "UserAttributes": attributes});
    ann.call("UpdateUserAttributes", request, yesterday).unwrap();
    let tokens = door.sign_in(PASSWORD).await.unwrap();
    assert!(door.verify(&tokens, &ann.code()).await.unwrap_err().starts_with("ExpiredCode"));
    door.resend(&tokens).await.unwrap();
    door.verify(&tokens, &ann.code()).await.unwrap();
    assert_eq!(door.email(&tokens).await, "new@example.com");
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session() {
    let file = folder("cognito-sign-out").join("aws.sqlite");
    let (_, door) = known(Store::open(&file).unwrap()).await;
    let phone = door.sign_in(PASSWORD).await.unwrap();
    let laptop = door.sign_in(PASSWORD).await.unwrap();
    let user = door.as_user("GetUser", &phone).await.unwrap();
    assert_eq!(user["UserAttributes"][0], json!({"Name": "email", "Value": EMAIL}));
    assert_eq!(door.as_user("GlobalSignOut", &phone).await.unwrap(), json!({}));

    // Also after a restart.
    let revoked = "NotAuthorizedException: Access Token has been revoked";
    let again = Door::of(&at(Store::open(&file).unwrap())).await;
    for (door, tokens) in [(&door, &phone), (&door, &laptop), (&again, &laptop)] {
        for operation in ["GetUser", "GlobalSignOut", "DeleteUser"] {
            assert_eq!(door.as_user(operation, tokens).await.unwrap_err(), revoked);
        }
        assert_eq!(
            door.refresh(tokens).await.unwrap_err(),
            "NotAuthorizedException: Refresh Token has been revoked"
        );
    }
    let tokens = again.sign_in(PASSWORD).await.unwrap();
    again.refresh(&tokens).await.unwrap();
    again.as_user("GetUser", &tokens).await.unwrap();
}

#[tokio::test]
async fn only_a_good_access_token_speaks_for_its_account() {
    let (ann, door) = known(Store::memory().unwrap()).await;
    let now = aws_local::time::now_ms();
    let old = ann.sign_in(PASSWORD, now - 15 * MINUTE).unwrap();
    let id = json!({"AccessToken": door.sign_in(PASSWORD).await.unwrap()["IdToken"]});
    let made_up = json!({"AccessToken": "made up"});
    for operation in ["GetUser", "GlobalSignOut", "DeleteUser"] {
        for (tokens, why) in [
            (&old, "NotAuthorizedException: Access Token has expired"),
            (&id, "NotAuthorizedException: Invalid Access Token"),
            (&made_up, "NotAuthorizedException: Invalid Access Token"),
        ] {
            assert_eq!(door.as_user(operation, tokens).await.unwrap_err(), why);
        }
        let refused = door.call(operation, json!({})).await.unwrap_err();
        assert!(refused.starts_with("InvalidParameterException"), "{refused}");
    }
    let invalid = "NotAuthorizedException: Invalid Access Token";
    assert_eq!(door.change_password(&id, PASSWORD, "a better one").await.unwrap_err(), invalid);
    assert_eq!(door.update(&id, "email", "a@example.com").await.unwrap_err(), invalid);
    assert_eq!(door.resend(&id).await.unwrap_err(), invalid);
    assert_eq!(door.verify(&id, "123456").await.unwrap_err(), invalid);
}

#[tokio::test]
async fn a_deleted_account_is_gone_with_all_that_was_its_own() {
    let file = folder("cognito-delete").join("aws.sqlite");
    let (ann, door) = known(Store::open(&file).unwrap()).await;
    let phone = door.sign_in(PASSWORD).await.unwrap();
    let laptop = door.sign_in(PASSWORD).await.unwrap();
    door.forgot().await.unwrap();
    assert_eq!(door.as_user("DeleteUser", &phone).await.unwrap(), json!({}));
    assert!(ann.pools.mail().is_empty(), "its codes are void");

    let after = at(Store::open(&file).unwrap());
    let again = Door::of(&after).await;
    let nobody = "UserNotFoundException: User does not exist.";
    for (door, tokens) in [(&door, &phone), (&again, &laptop)] {
        assert_eq!(door.as_user("GetUser", tokens).await.unwrap_err(), nobody);
        assert_eq!(door.as_user("DeleteUser", tokens).await.unwrap_err(), nobody);
        assert_eq!(
            door.refresh(tokens).await.unwrap_err(),
            "NotAuthorizedException: Invalid Refresh Token"
        );
        assert!(door.sign_in(PASSWORD).await.unwrap_err().ends_with("username or password."));
    }
    // The address is free, and whoever takes it is another.
    after.signed_in();
    assert_eq!(again.as_user("GetUser", &phone).await.unwrap_err(), nobody);
}

#[test]
fn revoking_a_refresh_token_ends_its_session() {
    let ann = person();
    let (phone, laptop) = (ann.signed_in(), ann.sign_in(PASSWORD, NOW).unwrap());
    ann.call("RevokeToken", json!({"Token": phone["RefreshToken"]}), NOW).unwrap();
    assert!(ann.refresh(&phone, NOW).unwrap_err().ends_with("has been revoked"));
    ann.refresh(&laptop, NOW).unwrap();
}

#[test]
fn a_ready_account_is_made_again_and_again() {
    let ann = person();
    let pool = stack().get("Pool").unwrap().physical_id.clone();
    let sub = "68a0f215-8453-45be-a418-5b0b1c94b456";
    for _ in 0..2 {
        ann.pools.admin_create(&pool, EMAIL, PASSWORD, sub).unwrap();
    }
    let tokens = ann.sign_in(PASSWORD, NOW).unwrap();
    let claims = ann.pools.verify(tokens["AccessToken"].as_str().unwrap()).unwrap();
    assert_eq!(claims["sub"], sub);
    assert!(ann.pools.admin_create(&pool, EMAIL, PASSWORD, "another").is_err());
}

#[tokio::test]
async fn a_browser_may_call_from_another_origin() {
    let door = Door::of(&person()).await;
    let asked = door
        .http
        .request(reqwest::Method::OPTIONS, &door.url)
        .header("origin", "http://elsewhere")
        .header("access-control-request-headers", "content-type,x-amz-target");
    let allowed = asked.send().await.unwrap();
    assert_eq!(allowed.status(), 200);
    assert_eq!(allowed.headers()["access-control-allow-origin"], "*");
    assert_eq!(allowed.headers()["access-control-allow-headers"], "content-type,x-amz-target");

    let refused = door.send("Nonsense", "{}".to_owned()).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.headers()["x-amzn-errortype"], "UnknownOperationException");
    assert_eq!(refused.headers()["access-control-allow-origin"], "*");
    let refused = door.send("SignUp", "not json".to_owned()).await;
    assert_eq!(refused.headers()["x-amzn-errortype"], "SerializationException");
    let body: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
    assert_eq!(body["__type"], "SerializationException");
}

#[test]
fn what_a_pool_or_a_client_is_not_emulated_with_is_refused_by_line() {
    let refused = |pool: &str, client: &str| {
        let text = format!(
            "Resources:
  Pool: {{ Type: AWS::Cognito::UserPool, Properties: {{ UsernameAttributes: [email], {pool} }} }}
  Client:
    Type: AWS::Cognito::UserPoolClient
    Properties: {{ UserPoolId: !Ref Pool, {client} }}
"
        );
        let stack = Stack::parse(&text, "demo", "eu-west-2", &BTreeMap::new()).unwrap();
        let pools = UserPools::new(&stack, Store::memory().unwrap(), Feed::default());
        pools.err().map(|why| why.to_string()).unwrap_or_default()
    };
    let (pool, client) = ("AutoVerifiedAttributes: [email]", "EnableTokenRevocation: true");
    assert_eq!(refused(pool, client), "");
    for (more, what) in [
        ("MfaConfiguration: OPTIONAL", "MFA"),
        ("AdminCreateUserConfig: { AllowAdminCreateUserOnly: true }", "AllowAdminCreateUserOnly"),
        (
            "AccountRecoverySetting: { RecoveryMechanisms: [{ Name: admin_only, Priority: 1 }] }",
            "a RecoveryMechanism other than verified_email",
        ),
        ("Policies: { PasswordPolicy: { PasswordHistorySize: 3 } }", "PasswordHistorySize"),
    ] {
        let expected = format!(
            "line 2: Pool (AWS::Cognito::UserPool): {what} is not supported by the local emulator"
        );
        assert_eq!(refused(&format!("{pool}, {more}"), client), expected);
    }
    let other = refused("AutoVerifiedAttributes: [phone_number]", client);
    assert!(other.contains("AutoVerifiedAttributes other than [email]"), "{other}");
    for (client, what) in [
        ("GenerateSecret: true", "a client with a secret"),
        ("EnableTokenRevocation: false", "EnableTokenRevocation: false"),
        ("ExplicitAuthFlows: [ALLOW_USER_SRP_AUTH]", "a flow other than"),
    ] {
        let why = refused(pool, client);
        assert!(why.starts_with("line 3: Client") && why.contains(what), "{why}");
    }
}
