//! The one origin a browser uses, and the console in it.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use aws_local::cloud::{Cloud, EdgeSettings};
use aws_local::settings::SampleEvent;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use support::{eventually, folder, settings};

/// A cloud with a page, a folder beside it and a sample event.
async fn cloud(site: &Path) -> Cloud {
    cloud_with(site, None).await
}

/// The same, with documents of some routes.
async fn cloud_with(site: &Path, documents: Option<&Path>) -> Cloud {
    let files: [(&str, &[u8]); 6] = [
        ("index.html", b"<!doctype html><title>page</title>"),
        ("app-0a1b2c3d4e5f6071.js", b"plain"),
        ("app-0a1b2c3d4e5f6071.js.br", b"as if compressed"),
        ("app-0a1b2c3d4e5f6071_bg.wasm", b"\0asm"),
        ("sw.js", b"worker"),
        (".hidden", b"secret"),
    ];
    for (name, content) in files {
        std::fs::write(site.join(name), content).unwrap();
    }
    std::fs::create_dir(site.join("pictures")).unwrap();
    let svg = format!("<svg xmlns='http://www.w3.org/2000/svg'>{}</svg>", "<g/>".repeat(500));
    std::fs::write(site.join("pictures/0123456789abcdef.svg"), svg).unwrap();
    let mut settings = settings();
    settings.edge = Some(EdgeSettings {
        addr: ([127, 0, 0, 1], 0).into(),
        site: Some(site.to_owned()),
        documents: documents.map(Path::to_owned),
        folders: BTreeMap::from([("/art".to_owned(), site.join("pictures"))]),
        config_json: r#"{"bus":"${Bus}","queue":"${Failures.Arn}","region":"${AWS::Region}"}"#
            .to_owned(),
    });
    settings.sample_event = Some(SampleEvent {
        source: "test".to_owned(),
        detail_type: "work".to_owned(),
        detail: r#"{"id":"0ff5e0c8-7c95-49be-ac84-771d47e1d92a"}"#.to_owned(),
        id_field: Some("id".to_owned()),
    });
    Cloud::start(settings).await.unwrap()
}

async fn get(cloud: &Cloud, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut call = reqwest::Client::new().get(format!("{}{path}", cloud.edge_url().unwrap()));
    for (name, value) in headers {
        call = call.header(*name, *value);
    }
    call.send().await.unwrap()
}

async fn json_of(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map(|it| it.to_str().unwrap()).unwrap_or_default()
}

#[tokio::test]
async fn files_come_as_from_a_content_delivery_network() {
    let cloud = cloud(&folder("edge")).await;
    let script = "/app-0a1b2c3d4e5f6071.js";
    let forever = "public, max-age=31536000, immutable";

    let plain = get(&cloud, script, &[]).await;
    assert_eq!(header(&plain, "content-type"), "text/javascript; charset=utf-8");
    assert_eq!(header(&plain, "cache-control"), forever);
    assert_eq!(header(&plain, "content-encoding"), "");
    let tag = header(&plain, "etag").to_owned();
    assert_eq!(plain.text().await.unwrap(), "plain");

    let brotli = get(&cloud, script, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(header(&brotli, "content-encoding"), "br");
    assert_eq!(header(&brotli, "vary"), "accept-encoding");
    assert_eq!(header(&brotli, "content-type"), "text/javascript; charset=utf-8");
    assert_eq!(brotli.text().await.unwrap(), "as if compressed");

    let known = get(&cloud, script, &[("if-none-match", &tag)]).await;
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(known.text().await.unwrap(), "");

    let wasm = get(&cloud, "/app-0a1b2c3d4e5f6071_bg.wasm", &[]).await;
    assert_eq!(header(&wasm, "content-type"), "application/wasm");
    assert_eq!(header(&get(&cloud, "/sw.js", &[]).await, "cache-control"), "no-cache");

    let art = get(&cloud, "/art/0123456789abcdef.svg", &[("accept-encoding", "br")]).await;
    assert_eq!(header(&art, "content-type"), "image/svg+xml");
    assert_eq!(header(&art, "cache-control"), forever);
    assert_eq!(header(&art, "content-encoding"), "br");
    assert!(art.bytes().await.unwrap().len() < 500);
    cloud.stop().await;
}

/// What S3 behind CloudFront answers to HEAD: the headers of the GET, and no body.
#[tokio::test]
async fn head_says_what_get_says_without_its_body() {
    let cloud = cloud(&folder("head")).await;
    let script = "/app-0a1b2c3d4e5f6071.js";
    for path in ["/", script, "/art/0123456789abcdef.svg", "/missing.js", "/config.json"] {
        for encoding in ["identity", "br"] {
            let headers = [("accept-encoding", encoding)];
            let got = get(&cloud, path, &headers).await;
            let url = format!("{}{path}", cloud.edge_url().unwrap());
            let call = reqwest::Client::new().head(url).header("accept-encoding", encoding);
            let head = call.send().await.unwrap();
            assert_eq!(head.status(), got.status(), "{path}");
            for name in
                ["content-type", "content-length", "content-encoding", "etag", "cache-control"]
            {
                assert_eq!(header(&head, name), header(&got, name), "{path} {encoding}: {name}");
            }
            assert_ne!(header(&head, "content-length"), "", "{path}");
            assert_eq!(head.text().await.unwrap(), "");
        }
    }
    cloud.stop().await;
}

#[tokio::test]
async fn a_route_is_the_page_and_a_missing_file_is_missing() {
    let cloud = cloud(&folder("routes")).await;
    for path in ["/", "/orders/0ff5e0c8", "/a/b/c"] {
        let page = get(&cloud, path, &[]).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&page, "cache-control"), "no-cache");
        assert!(page.text().await.unwrap().contains("<title>page</title>"));
    }
    let missing =
        ["/missing.js", "/art/missing.svg", "/art/missing", "/.hidden", "/art/..%2findex.html"];
    for path in missing {
        assert_eq!(get(&cloud, path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let posted = reqwest::Client::new().post(cloud.edge_url().unwrap()).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::FORBIDDEN, "the behavior takes GET and HEAD");
    cloud.stop().await;
}

#[tokio::test]
async fn a_route_with_a_document_of_its_own_has_that_and_others_share_one() {
    let documents = folder("documents");
    std::fs::create_dir(documents.join("r")).unwrap();
    for (name, content) in
        [("index.html", "home"), ("r/one.html", "one"), ("shell.html", "shell"), (".address", "no")]
    {
        std::fs::write(documents.join(name), content).unwrap();
    }
    let cloud = cloud_with(&folder("routes-with-documents"), Some(&documents)).await;
    for (path, expected) in [
        ("/", "home"),
        ("/r/one", "one"),
        ("/r/one?dish=two", "one"),
        ("/r/two", "shell"),
        ("/orders/0ff5e0c8", "shell"),
        ("/sw.js", "worker"),
    ] {
        let page = get(&cloud, path, &[]).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&page, "cache-control"), "no-cache");
        assert_eq!(page.text().await.unwrap(), expected, "{path}");
    }
    assert_eq!(get(&cloud, "/.address", &[]).await.status(), StatusCode::NOT_FOUND);
    cloud.stop().await;
}

#[tokio::test]
async fn every_answer_has_the_headers_of_the_distributions_policy() {
    let cloud = cloud(&folder("headers")).await;
    for path in ["/", "/missing.js", "/config.json", "/art/0123456789abcdef.svg", "/_local/"] {
        let response = get(&cloud, path, &[]).await;
        for (name, value) in [
            ("content-security-policy", "default-src 'self'; object-src 'none'"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
            ("permissions-policy", "camera=()"),
        ] {
            assert_eq!(header(&response, name), value, "{path}");
        }
    }
    cloud.stop().await;
}

#[tokio::test]
async fn the_page_finds_things_by_its_configuration() {
    let cloud = cloud(&folder("config")).await;
    let response = get(&cloud, "/config.json", &[]).await;
    assert_eq!(header(&response, "cache-control"), "no-cache");
    let config = json_of(response).await;
    assert_eq!(config["bus"], support::BUS);
    assert!(config["queue"].as_str().unwrap().starts_with("arn:aws:sqs:eu-west-2:"));
    assert_eq!(config["region"], "eu-west-2");
    cloud.stop().await;
}

#[tokio::test]
async fn an_event_can_be_sent_by_hand() {
    let cloud = cloud(&folder("hand")).await;
    let about = json_of(get(&cloud, "/_local/about.json", &[]).await).await;
    assert_eq!(about["bus"], support::BUS);
    assert_eq!(about["rules"]["WorkRule"]["functions"], json!(["Worker"]));
    assert_eq!(about["rules"]["TickRule"]["schedule"], "rate(1 minute)");
    let sample = &about["sample"];

    let send = async |fresh: bool, detail: &Value| {
        let form = json!({
            "source": sample["source"], "detail_type": sample["detail_type"],
            "detail": detail, "fresh_id": fresh,
        });
        let url = format!("{}/_local/events", cloud.edge_url().unwrap());
        let call = reqwest::Client::new().post(url).json(&form);
        let response = call.send().await.unwrap();
        (response.status().as_u16(), json_of(response).await)
    };
    let (status, answer) = send(false, &sample["detail"]).await;
    assert_eq!((status, &answer["detail"]), (200, &sample["detail"]));
    let id = answer["event_id"].as_str().unwrap().to_owned();
    let (_, fresh) = send(true, &sample["detail"]).await;
    assert_ne!(fresh["detail"], sample["detail"]);
    let (status, refused) = send(false, &json!("not json")).await;
    assert_eq!((status, &refused["code"]), (400, &json!("MalformedDetail")));

    // The feed tells it from the start.
    let mut feed = get(&cloud, "/_local/feed", &[]).await;
    assert_eq!(header(&feed, "content-type"), "text/event-stream");
    let mut text = String::new();
    while !(text.contains(&id) && text.contains("\"function\":\"Worker\"")) {
        text.push_str(std::str::from_utf8(&feed.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(text.contains("\"matched_rules\":[\"WorkRule\"]"));
    cloud.stop().await;
}

#[tokio::test]
async fn a_dead_letter_can_be_handed_back() {
    let cloud = cloud(&folder("dead")).await;
    support::put(&cloud, "forbidden", json!({"n": 7}));
    let letters = async || json_of(get(&cloud, "/_local/dead-letters.json", &[]).await).await;
    let letter = eventually(async || letters().await.get(0).cloned()).await;
    assert_eq!(letter["payload"]["detail"]["n"], 7);
    assert_eq!(letter["function"], "Worker");
    assert!(letter["reason"].as_str().unwrap().contains("ForbiddenRule"));

    let path = format!("{}/{}", letter["queue"], letter["message_id"]).replace('"', "");
    let url = format!("{}/_local/dead-letters/{path}/redrive", cloud.edge_url().unwrap());
    let http = reqwest::Client::new();
    assert_eq!(http.post(&url).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(letters().await, json!([]));
    assert_eq!(http.post(&url).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    cloud.stop().await;
}

/// Every page in a developer's browser can send requests to loopback.
#[tokio::test]
async fn pages_from_elsewhere_reach_neither_the_console_nor_the_aws_endpoints() {
    let cloud = cloud(&folder("elsewhere")).await;
    let (edge, endpoint) = (cloud.edge_url().unwrap(), cloud.endpoint());
    let port = endpoint.rsplit(':').next().unwrap().to_owned();
    let call = async |url: &str, headers: &[(&str, &str)]| {
        let mut call = reqwest::Client::new().post(url).body("{}");
        call = call.header("x-amz-target", "AmazonSQS.GetQueueUrl");
        call = call.header("authorization", "AWS4-HMAC-SHA256 Credential=OWNER/1/x/y/aws4_request");
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        call.send().await.unwrap().status().as_u16()
    };
    let events = format!("{edge}/_local/events");
    for (headers, console, aws) in [
        (&[][..], 415, 400), // they get through, and are refused for what they say
        (&[("host", "evil.example")], 403, 403),
        (&[("host", "evil.example:80")], 403, 403),
        (&[("origin", "https://evil.example")], 403, 403),
        (&[("origin", "null")], 403, 403),
        (&[("origin", "http://127.0.0.1:8080")], 415, 403),
        (&[("sec-fetch-site", "cross-site")], 415, 403),
        (&[("host", &format!("localhost:{port}"))], 415, 400),
    ] {
        assert_eq!(call(&events, headers).await, console, "the console: {headers:?}");
        assert_eq!(call(&endpoint, headers).await, aws, "AWS: {headers:?}");
    }
    let feed = get(&cloud, "/_local/mail.json", &[("host", "evil.example")]).await;
    assert_eq!(feed.status(), StatusCode::FORBIDDEN);
    assert_eq!(get(&cloud, "/", &[("host", "evil.example")]).await.status(), StatusCode::OK);
    cloud.stop().await;
}

#[tokio::test]
async fn the_consoles_own_files_are_there() {
    let cloud = cloud(&folder("console")).await;
    for path in ["/_local", "/_local/", "/_local/console.js", "/_local/console.css"] {
        assert_eq!(get(&cloud, path, &[]).await.status(), StatusCode::OK, "{path}");
    }
    assert_eq!(json_of(get(&cloud, "/_local/mail.json", &[]).await).await, json!([]));
    // Nothing inline: the console lives under the page's own policy.
    let text = get(&cloud, "/_local/", &[]).await.text().await.unwrap();
    assert!(text.contains("Local AWS"), "{text}");
    assert!(!text.contains("<style") && !text.contains("style=") && !text.contains("onclick"));
    assert_eq!(text.matches("<script").count(), text.matches("<script src=").count());
    cloud.stop().await;
}
