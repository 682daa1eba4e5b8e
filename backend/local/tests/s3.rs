//! Buckets: objects of functions under their roles, presigned addresses of pages, and what CloudFront serves.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_local::cloud::{Cloud, EdgeSettings, Settings, State};
use aws_local::template::Stack;
use aws_sigv4::http_request::{
    PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use reqwest::{Method, Response};
use serde_json::json;
use support::{folder, invoke, probe};

const STACK: &str = r#"
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      CorsConfiguration:
        CorsRules:
          - AllowedOrigins: ["https://*.example"]
            AllowedMethods: [PUT]
            AllowedHeaders: [Content-*]
            ExposedHeaders: [ETag]
            MaxAge: 60
      LifecycleConfiguration: { Rules: [{ Status: Enabled, ExpirationInDays: 1 }] }
  Pictures: { Type: AWS::S3::Bucket }
  Page: { Type: AWS::S3::Bucket }
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: headers
        SecurityHeadersConfig:
          ContentSecurityPolicy:
            ContentSecurityPolicy: !Sub connect-src 'self' https://${Uploads.RegionalDomainName}
            Override: true
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - { Id: page, DomainName: !GetAtt Page.RegionalDomainName }
          - { Id: pictures, DomainName: !GetAtt Pictures.RegionalDomainName }
        DefaultCacheBehavior:
          { TargetOriginId: page, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6 }
        CacheBehaviors:
          - PathPattern: /pictures/*
            TargetOriginId: pictures
            CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
            ResponseHeadersPolicyId: !Ref Headers
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: provided.al2023
      Handler: worker
      Code: { S3Bucket: code, S3Key: bootstrap.zip }
      Role: !GetAtt Role.Arn
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: "sts:AssumeRole" }
      Policies:
        - PolicyName: own
          PolicyDocument:
            Statement:
              - { Effect: Allow, Action: ["s3:PutObject", "s3:GetObject"], Resource: !Sub "${Uploads.Arn}/*" }
              - { Effect: Allow, Action: "s3:ListBucket", Resource: !GetAtt Uploads.Arn }
              - { Effect: Allow, Action: "s3:PutObject", Resource: !Sub "${Pictures.Arn}/pictures/*" }
"#;

fn settings() -> Settings {
    let file = folder("s3").join("stack.yaml");
    std::fs::write(&file, STACK).unwrap();
    let mut settings = Settings::new(file, probe());
    settings.echo_logs = false;
    settings.edge = Some(EdgeSettings {
        addr: ([127, 0, 0, 1], 0).into(),
        site: None,
        documents: None,
        folders: BTreeMap::new(),
        config_json: "{}".to_owned(),
    });
    settings
}

fn bucket(cloud: &Cloud, name: &str) -> String {
    cloud.stack().get(name).unwrap().physical_id.clone()
}

/// A call of the function: the status and the body.
async fn call(cloud: &Cloud, method: &str, path: &str, body: &str) -> (u64, String) {
    let order =
        json!({"do": "call", "service": "S3", "method": method, "path": path, "body": body});
    let (answer, error) = invoke(cloud, "Worker", json!({"detail": order})).await;
    assert_eq!(error, None);
    (answer["status"].as_u64().unwrap(), answer["body"].as_str().unwrap().to_owned())
}

/// What a presigned request of the function's is.
struct Presigned<'a> {
    method: &'a str,
    path: String,
    headers: &'a [(&'a str, &'a str)],
    seconds: u64,
    /// How long ago it was signed.
    ago: u64,
}

impl Presigned<'_> {
    /// The address, as an SDK in the function makes it.
    async fn url(&self, cloud: &Cloud) -> String {
        let environment = invoke(cloud, "Worker", json!({"detail": {"do": "env"}})).await.0;
        let text = |name: &str| environment[name].as_str().unwrap().to_owned();
        let (key, secret) = (text("AWS_ACCESS_KEY_ID"), text("AWS_SECRET_ACCESS_KEY"));
        let token = Some(text("AWS_SESSION_TOKEN"));
        let identity = Credentials::new(key, secret, token, None, "test").into();
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(self.seconds));
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-west-2")
            .name("s3")
            .time(SystemTime::now() - Duration::from_secs(self.ago))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let url = format!("{}{}?x-id=PutObject", cloud.endpoint(), self.path);
        let headers = self.headers.iter().copied();
        let body = SignableBody::UnsignedPayload;
        let request = SignableRequest::new(self.method, &url, headers, body).unwrap();
        let (instructions, _) = sign(request, &params).unwrap().into_parts();
        let pairs = instructions.params().iter().map(|(name, value)| (*name, value.as_ref()));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{url}&{query}")
    }
}

async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Response {
    let method: Method = method.parse().unwrap();
    let mut request = reqwest::Client::new().request(method, url).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

async fn code(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body = response.text().await.unwrap();
    let code = body.split("<Code>").nth(1).and_then(|it| it.split("</Code>").next());
    (status, code.unwrap_or_default().to_owned())
}

const PAGE: (&str, &str) = ("origin", "https://shop.example");

#[tokio::test]
async fn a_function_puts_and_gets_what_its_role_allows() {
    let cloud = Cloud::start(settings()).await.unwrap();
    let (uploads, pictures) = (bucket(&cloud, "Uploads"), bucket(&cloud, "Pictures"));
    let object = format!("/{uploads}/a/b%20c");
    assert_eq!(call(&cloud, "PUT", &object, "hello").await, (200, String::new()));
    assert_eq!(call(&cloud, "GET", &object, "").await, (200, "hello".to_owned()));
    let (status, missing) = call(&cloud, "GET", &format!("/{uploads}/none"), "").await;
    assert!(status == 404 && missing.contains("<Code>NoSuchKey</Code>"), "{missing}");
    for (method, path) in
        [("PUT", format!("/{pictures}/index.html")), ("GET", format!("/{pictures}/pictures/a.jpg"))]
    {
        let (status, denied) = call(&cloud, method, &path, "x").await;
        assert!(status == 403 && denied.contains("<Code>AccessDenied</Code>"), "{denied}");
    }
    let (status, refused) = call(&cloud, "DELETE", &object, "").await;
    assert!(status == 501 && refused.contains("not supported by the local emulator"), "{refused}");
    let unsigned = format!("{}{object}", cloud.endpoint());
    assert_eq!(code(send("GET", &unsigned, &[], "").await).await, (403, "AccessDenied".to_owned()));
    cloud.stop().await;
}

#[tokio::test]
async fn a_presigned_address_is_for_what_was_signed_until_it_expires() {
    let cloud = Cloud::start(settings()).await.unwrap();
    let path = format!("/{}/a/1", bucket(&cloud, "Uploads"));
    let headers = [("content-length", "5"), ("content-type", "image/png")];
    let put = |seconds, ago| Presigned {
        method: "PUT",
        path: path.clone(),
        headers: &headers,
        seconds,
        ago,
    };
    let url = put(600, 0).url(&cloud).await;
    let png = ("content-type", "image/png");
    let refused = async |url: &str, method: &str, content_type: &str, body: &str| {
        code(send(method, url, &[PAGE, ("content-type", content_type)], body).await).await
    };
    let mismatch = (403, "SignatureDoesNotMatch".to_owned());
    for (tampered, method, content_type, body) in [
        (url.clone(), "PUT", "image/png", "hello!"),
        (url.clone(), "PUT", "text/html", "hello"),
        (url.clone(), "GET", "image/png", "hello"),
        (url.replace("/a/1?", "/b/1?"), "PUT", "image/png", "hello"),
        (url.replace("X-Amz-Expires=600", "X-Amz-Expires=601"), "PUT", "image/png", "hello"),
        (url.replace("x-id=PutObject", "x-id=Other"), "PUT", "image/png", "hello"),
        (url.replace("127.0.0.1", "localhost"), "PUT", "image/png", "hello"),
        (url.replace("%3Bhost", ""), "PUT", "image/png", "hello"),
        (format!("{url}&acl="), "PUT", "image/png", "hello"),
    ] {
        assert_eq!(refused(&tampered, method, content_type, body).await, mismatch, "{tampered}");
    }
    let denied = (403, "AccessDenied".to_owned());
    for (seconds, ago) in [(600, 601), (1, 2)] {
        let expired = put(seconds, ago).url(&cloud).await;
        assert_eq!(refused(&expired, "PUT", "image/png", "hello").await, denied, "{ago} s ago");
    }
    let too_long = put(604_801, 0).url(&cloud).await;
    let bad = (400, "AuthorizationQueryParametersError".to_owned());
    assert_eq!(refused(&too_long, "PUT", "image/png", "hello").await, bad);
    let others = url.replace("ASIA", "AKIA");
    let unknown = refused(&others, "PUT", "image/png", "hello").await;
    assert_eq!(unknown.0, 403, "{unknown:?}");
    assert_eq!(call(&cloud, "GET", &path, "").await.0, 404, "nothing of that was stored");

    for body in ["hello", "world"] {
        let stored = send("PUT", &url, &[PAGE, png], body).await;
        assert_eq!(stored.headers()["access-control-allow-origin"], "https://shop.example");
        assert_eq!(stored.headers()["access-control-expose-headers"], "ETag");
        assert_eq!(stored.status(), 200);
    }
    assert_eq!(call(&cloud, "GET", &path, "").await, (200, "world".to_owned()));
    cloud.stop().await;
}

/// An address does what its signer may.
#[tokio::test]
async fn a_presigned_address_allows_no_more_than_the_role() {
    let cloud = Cloud::start(settings()).await.unwrap();
    let path = format!("/{}/index.html", bucket(&cloud, "Pictures"));
    let url =
        Presigned { method: "PUT", path, headers: &[], seconds: 60, ago: 0 }.url(&cloud).await;
    assert_eq!(code(send("PUT", &url, &[], "x").await).await, (403, "AccessDenied".to_owned()));
    cloud.stop().await;
}

#[tokio::test]
async fn pages_may_ask_and_send_and_nothing_else() {
    let cloud = Cloud::start(settings()).await.unwrap();
    let (uploads, pictures) = (bucket(&cloud, "Uploads"), bucket(&cloud, "Pictures"));
    let object = format!("{}/{uploads}/a/1", cloud.endpoint());
    let asks = async |url: &str, origin: &str, method: &str, headers: &str| {
        let asked = [
            ("origin", origin),
            ("access-control-request-method", method),
            ("access-control-request-headers", headers),
        ];
        send("OPTIONS", url, &asked, "").await
    };
    let allowed = asks(&object, PAGE.1, "PUT", "content-type").await;
    assert_eq!(allowed.status(), 200);
    for (name, value) in [
        ("access-control-allow-origin", "https://shop.example"),
        ("access-control-allow-methods", "PUT"),
        ("access-control-allow-headers", "content-type"),
        ("access-control-max-age", "60"),
    ] {
        assert_eq!(allowed.headers()[name], value, "{name}");
    }
    let forbidden = (403, "AccessForbidden".to_owned());
    let elsewhere = format!("{}/{pictures}/pictures/1.jpg", cloud.endpoint());
    for (url, origin, method, headers) in [
        (&object, "https://evil.test", "PUT", "content-type"),
        (&object, PAGE.1, "GET", "content-type"),
        (&object, PAGE.1, "PUT", "x-amz-acl"),
        (&elsewhere, PAGE.1, "PUT", "content-type"),
    ] {
        let refused = code(asks(url, origin, method, headers).await).await;
        assert_eq!(refused, forbidden, "{url} {origin} {method} {headers}");
    }
    // A page that signs nothing is refused as by every other endpoint, and so is another host's name.
    let signed = ("authorization", "AWS4-HMAC-SHA256 Credential=OWNER/20260101/x/s3/aws4_request");
    assert_eq!(send("PUT", &object, &[PAGE, signed], "x").await.status(), 403);
    let tables = asks(&cloud.endpoint(), PAGE.1, "POST", "x-amz-target").await;
    assert_eq!(tables.status(), 403);
    let rebound = send("OPTIONS", &object, &[PAGE, ("host", "evil.test")], "").await;
    assert_eq!(rebound.status(), 403);
    cloud.stop().await;
}

#[tokio::test]
async fn the_edge_serves_a_bucket_and_names_it_by_its_address_here() {
    let cloud = Cloud::start(settings()).await.unwrap();
    let pictures = bucket(&cloud, "Pictures");
    let key = format!("/{pictures}/pictures/0a1b.jpg");
    assert_eq!(call(&cloud, "PUT", &key, "jpeg").await.0, 200);
    let at = |path: &str| format!("{}{path}", cloud.edge_url().unwrap());
    let served = send("GET", &at("/pictures/0a1b.jpg"), &[], "").await;
    assert_eq!(served.status(), 200);
    let policy = served.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert_eq!(policy, format!("connect-src 'self' {}", cloud.endpoint()));
    let tag = served.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(served.text().await.unwrap(), "jpeg");
    let known = send("GET", &at("/pictures/0a1b.jpg"), &[("if-none-match", &tag)], "").await;
    assert_eq!(known.status(), 304);
    for path in ["/pictures/none.jpg", "/0a1b.jpg", &key] {
        assert_eq!(send("GET", &at(path), &[], "").await.status(), 404, "{path}");
    }
    assert_eq!(send("PUT", &at("/pictures/0a1b.jpg"), &[], "x").await.status(), 403);
    cloud.stop().await;
}

#[tokio::test]
async fn objects_survive_a_restart() {
    let state = folder("s3-state");
    let started = async || {
        Cloud::start(Settings { state: State::Folder(state.clone()), ..settings() }).await.unwrap()
    };
    let cloud = started().await;
    let object = format!("/{}/a/1", bucket(&cloud, "Uploads"));
    assert_eq!(call(&cloud, "PUT", &object, "kept").await.0, 200);
    cloud.stop().await;
    let cloud = started().await;
    assert_eq!(call(&cloud, "GET", &object, "").await, (200, "kept".to_owned()));
    cloud.stop().await;
}

#[test]
fn what_a_bucket_cannot_do_here_is_refused_at_start() {
    for property in [
        "VersioningConfiguration: { Status: Enabled }",
        "NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } }",
        "WebsiteConfiguration: { IndexDocument: index.html }",
    ] {
        let text = format!(
            "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n    Properties:\n      {property}\n"
        );
        let refused = Stack::parse(&text, "demo", "eu-west-2", &BTreeMap::new()).unwrap_err();
        let refused = format!("{refused:#}");
        assert!(refused.contains("line 5: property"), "{refused}");
    }
}
