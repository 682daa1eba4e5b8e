//! An owner deploys, looks, fails, tries again, and takes it all away.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::browser::until;
use crate::support::customer::new_order_id;
use crate::support::{Deployment, Emulator, template_for_emulator};

pub(crate) async fn what_is_missing_is_one_sentence(emulator: &Emulator) -> Result<()> {
    let nobody = [
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    let nowhere =
        [("AWS_REGION", ""), ("AWS_DEFAULT_REGION", ""), ("AWS_CONFIG_FILE", "/dev/null")];
    let unreachable = [("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_MAX_ATTEMPTS", "1")];
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let cases: [Case<'_>; 6] = [
        ("deploy --stack a", &nobody, "there are no AWS credentials; "),
        ("deploy --stack a", &nowhere, "no AWS region is named; add --region"),
        ("deploy --stack a", &unreachable, "AWS cannot be reached; check the network"),
        (
            "deploy --stack a --package /dev/null --pictures-package /dev/null",
            &[],
            "the package /dev/null is no zip file",
        ),
        ("destroy --stack a --yes", &[], "there is no stack a in eu-west-2"),
        ("redrive --stack a", &[], "there is no stack a in eu-west-2"),
    ];
    for (line, environment, sentence) in cases {
        let said = emulator.types_with(line, environment).await?.failed()?;
        ensure!(said.starts_with(&format!("error: {sentence}")), "{said}");
    }
    Ok(())
}

pub(crate) async fn somebody_elses_stack_is_left_alone(emulator: &Emulator) -> Result<()> {
    let template = r#"{"Resources": {"Theirs": {"Type": "AWS::SQS::Queue"}}}"#;
    let aws = emulator.aws()?;
    aws.ask("cloudformation create-stack --stack-name theirs --template-body", &[template])?;
    let is_made = async || {
        let stack = aws.ask("cloudformation describe-stacks --stack-name theirs", &[])?;
        Ok((stack["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE").then_some(()))
    };
    until("their stack to be made", is_made).await?;
    let ours = "error: the stack theirs is not one of Tiffin's";
    let said = emulator.tries_to_deploy(&Deployment::of("theirs")?).await?.failed()?;
    ensure!(said.starts_with(ours), "{said}");
    let said = emulator.types("destroy --stack theirs --yes --with-data").await?.failed()?;
    ensure!(said.starts_with(ours), "{said}");
    ensure!(is_made().await?.is_some(), "it is as it was");
    Ok(())
}

pub(crate) async fn a_plan_changes_nothing(emulator: &Emulator) -> Result<()> {
    let deployment = Deployment::of("planned")?;
    let mut plan = deployment.clone();
    plan.more += " --plan";
    let said = emulator.tries_to_deploy(&plan).await?.succeeded()?;
    ensure!(said.contains(" new resources"), "{said}");
    emulator.has_no_stack("planned").context("a plan makes none")?;

    emulator.deploys(&deployment).await?;
    let said = emulator.tries_to_deploy(&plan).await?.succeeded()?;
    ensure!(said.contains("no changes"), "{said}");

    plan.more += " --set AcceptSeconds=7";
    let said = emulator.tries_to_deploy(&plan).await?.succeeded()?;
    ensure!(said.contains("Modify  RestaurantsFunction (AWS::Lambda::Function)"), "{said}");
    let stack = emulator.stack("planned")?;
    ensure!(stack.parameters["AcceptSeconds"] == "0", "a plan sets nothing: {stack:?}");
    Ok(())
}

pub(crate) async fn a_deployment_that_failed_half_way_is_run_again(
    emulator: &Emulator,
) -> Result<()> {
    let sound = Deployment::of("failing")?;
    let broken = Deployment { template: Some(broken(emulator.folder())?), ..sound.clone() };

    let sentence = emulator.tries_to_deploy(&broken).await?.failed()?;
    ensure!(sentence.contains("fix the resources listed above and retry"), "{sentence}");
    emulator.deploys(&sound).await.context("after a creation that failed")?;
    let tables = emulator.aws()?.ask("dynamodb list-tables", &[])?;
    let count = tables["TableNames"].as_array().map(Vec::len);
    ensure!(count == Some(4), "nothing is left of the one that failed: {tables}");
    let asha = emulator.customer("asha@example.com").await?;
    let request = emulator.order_request().await?;
    let (first, second) = (new_order_id(1), new_order_id(2));
    ensure!(asha.place(first, &request).await.0 == 201);

    let sentence = emulator.tries_to_deploy(&broken).await?.failed()?;
    ensure!(sentence.contains("was rolled back"), "{sentence}");
    ensure!(asha.place(second, &request).await.0 == 201, "the shop is open as before");
    emulator.deploys(&sound).await.context("after an update that failed")?;
    for order in [first, second] {
        let status = asha.ended(order).await["status"].clone();
        ensure!(status == "order_delivered", "{status}");
    }
    Ok(())
}

/// The template with one thing more, which comes last and cannot be made.
fn broken(folder: &Path) -> Result<PathBuf> {
    let cannot_be = "
  CannotBe:
    Type: AWS::Lambda::EventInvokeConfig
    DependsOn: [Site, WatchdogFunction, HttpStage]
    Properties:
      FunctionName: no-such-function
      Qualifier: $LATEST
      MaximumRetryAttempts: 1

Outputs:
";
    let text = template_for_emulator()?.replacen("\nOutputs:\n", cannot_be, 1);
    let file = folder.join("broken.yaml");
    std::fs::write(&file, text)?;
    Ok(file)
}

pub(crate) async fn a_page_that_failed_half_way_is_published_again(
    emulator: &Emulator,
) -> Result<()> {
    let whole = Deployment::of("paging")?;
    let site = emulator.folder().join("half");
    copy_without(&whole.site, &site, "index.html")?;
    let half = Deployment { site, ..whole.clone() };
    let sentence = emulator.tries_to_deploy(&half).await?.failed()?;
    ensure!(sentence.contains("index.html") && sentence.ends_with("(os error 2)"), "{sentence}");

    let said = emulator.tries_to_deploy(&whole).await?.succeeded()?;
    ensure!(said.contains("    0 new files, "), "what was uploaded is not uploaded again: {said}");
    emulator.deploys(&whole).await?;
    let page = reqwest::get(emulator.shop()).await?;
    ensure!(page.status() == 200 && page.headers()["cache-control"] == "no-cache");
    let policy = page.headers()["content-security-policy"].to_str()?.to_owned();
    ensure!(policy.starts_with("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"));
    let page = page.text().await?;
    let at = |end: &str| {
        let part = page.split(['=', ' ', '>', '"']).find(|part| part.ends_with(end));
        part.map(str::to_owned).with_context(|| format!("the page names no {end}: {page}"))
    };
    for (end, kind) in [(".wasm", "application/wasm"), (".css", "text/css; charset=utf-8")] {
        let file = reqwest::get(format!("{}{}", emulator.shop(), at(end)?)).await?;
        ensure!(file.status() == 200 && file.headers()["content-type"] == kind, "{file:?}");
        let kept = file.headers()["cache-control"].to_str()?;
        ensure!(kept == "public, max-age=31536000, immutable", "{kept}");
    }
    let picture = at(".png")?;
    ensure!(picture.starts_with("https://"), "other sites want the whole address: {picture}");
    // The routes function finds each route's document.
    for (path, part) in [
        ("/", "<title>Restaurants · Tiffin</title>"),
        ("/r/golden-dosa", "<title>Golden Dosa · Tiffin</title>"),
        ("/r/nowhere", "noindex"),
        ("/orders/0ff5e0c8", "noindex"),
        ("/counter", "<title>Counter · Tiffin</title>"),
        ("/counter/golden-dosa/people", "<title>Counter · Tiffin</title>"),
        ("/sitemap.xml", "/r/golden-dosa</loc>"),
        ("/robots.txt", "Sitemap: https://"),
        ("/sw.js", "addEventListener"),
    ] {
        let answer = reqwest::get(format!("{}{path}", emulator.shop())).await?;
        ensure!(answer.status() == 200 && answer.headers()["cache-control"] == "no-cache");
        let text = answer.text().await?;
        ensure!(text.contains(part), "{path} has no {part}: {text}");
    }
    Ok(())
}

fn copy_without(from: &Path, to: &Path, without: &str) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name() != without {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

pub(crate) async fn a_stack_is_taken_away_and_orders_are_kept_until_told(
    emulator: &Emulator,
) -> Result<()> {
    let deployment = Deployment::of("leaving")?;
    let stack = emulator.deploys(&deployment).await?;
    let table = stack.output("OrdersTableName")?.to_owned();
    let asha = emulator.customer("asha@example.com").await?;
    let request = emulator.order_request().await?;
    let order = new_order_id(1);
    ensure!(asha.place(order, &request).await.0 == 201);
    asha.ended(order).await;

    let sentence = emulator.types("destroy --stack leaving").await?.failed()?;
    ensure!(sentence == "error: this needs confirmation on a terminal; add --yes", "{sentence}");
    let said = emulator.types("destroy --stack leaving --yes").await?.succeeded()?;
    ensure!(said.contains(&table), "what AWS keeps is named: {said}");
    emulator.has_no_stack("leaving")?;
    let aws = emulator.aws()?;
    let kept = aws.ask("dynamodb scan --table-name", &[&table])?;
    ensure!(kept["Count"] == 1, "the order is kept: {kept}");
    let refusal = aws.ask("dynamodb delete-table --table-name", &[&table]).map(drop);
    let refusal = refusal.err().context("the table is not protected")?.to_string();
    ensure!(refusal.contains("protected against deletion"), "{refusal}");

    let all = emulator.types("destroy --stack leaving --yes --with-data").await?;
    all.succeeded().context("though its stack is gone already")?;
    let gone = aws.find("dynamodb describe-table --table-name", &[&table])?;
    ensure!(gone.is_none(), "and taken away with its orders");
    let buckets = aws.ask("s3api list-buckets", &[])?;
    ensure!(buckets["Buckets"] == json!([]), "no bucket is left: {buckets}");
    emulator.deploys(&deployment).await.context("it can be made again")?;
    Ok(())
}

pub(crate) async fn what_failed_is_listed_followed_and_sent_again(
    emulator: &Emulator,
) -> Result<()> {
    let stack = emulator.deploys(&Deployment::of("watched")?).await?;
    let redrive = async |more: &str| {
        emulator.types(&format!("redrive --stack watched{more}")).await?.succeeded()
    };
    ensure!(redrive("").await? == "no failures\n");

    // An order is placed while the table of orders cannot be reached; its event fails for good.
    let asha = emulator.customer("asha@example.com").await?;
    let order = new_order_id(1);
    let aws = emulator.aws()?;
    let function = emulator.physical("watched", "RestaurantsFunction")?;
    let event = json!({
        "version": "0", "id": "e", "detail-type": "order_placed", "source": "custom.food_app",
        "account": "000000000000", "time": "2026-11-24T12:00:00Z", "region": "eu-west-2",
        "resources": [],
        "detail": {"order_id": order, "order_status": "order_placed", "user_id": asha.user_id()},
    });
    let update = "lambda update-function-configuration --environment";
    let set =
        |table: &str| aws.ask(update, &[&environment(&stack, table), "--function-name", &function]);
    set("no-such-table")?;
    let what = [function.as_str(), "--payload", &event.to_string(), "/dev/null"];
    aws.ask("lambda invoke --invocation-type Event --function-name", &what)?;
    let listed = until("the failure to be listed", async || {
        Ok(Some(redrive("").await?).filter(|said| said.contains("Tiffin.Dependency")))
    })
    .await?;
    ensure!(listed.contains(&function), "{listed}");
    ensure!(asha.request("GET", &format!("/api/orders/{order}"), None).await.0 == 404);

    set(stack.output("OrdersTableName")?)?;
    let said = redrive(" --all").await?;
    ensure!(said.contains("sent again to"), "{said}");
    ensure!(asha.ended(order).await["status"] == "order_delivered");
    ensure!(redrive("").await? == "no failures\n", "a failure is sent again once");

    let queue = stack.output("FailuresQueueUrl")?;
    aws.ask("sqs send-message --message-body unreadable --queue-url", &[queue])?;
    let said = redrive(" --all").await?;
    ensure!(said.contains("names no function, and stays\n0 sent again, 1 left\n"), "{said}");
    let listed = redrive("").await?;
    let id = listed.split_whitespace().next().context("an id begins the list")?;
    let said = redrive(&format!(" {id} --discard")).await?;
    ensure!(said.contains("1 discarded, 0 left"), "{said}");
    ensure!(redrive("").await? == "no failures\n", "what is discarded is gone");

    let tail = format!("tail --stack watched --once {order}");
    let said = until("every step to be logged", async || {
        let said = emulator.types(&tail).await?.succeeded()?;
        Ok(Some(said).filter(|said| said.contains("became order_delivered")))
    })
    .await?;
    let at = |what: &str| said.find(what).with_context(|| format!("no `{what}` in:\n{said}"));
    ensure!(at("Tiffin.Dependency")? < at("became order_accepted")?, "{said}");
    ensure!(at("became order_accepted")? < at("became order_delivered")?, "{said}");
    Ok(())
}

/// What the template gives `restaurants`, with another table of orders.
fn environment(stack: &ops::aws::stack::Described, table: &str) -> String {
    let parameter = |name: &str| stack.parameters[name].clone();
    json!({"Variables": {
        "STACK_NAME": "watched",
        "TRUST_STORE": "amazon",
        "ORDERS_TABLE": table,
        "EVENT_BUS_NAME": stack.outputs["EventBusName"],
        "AUTOPILOT": parameter("Autopilot"),
        "ACCEPT_SECONDS": parameter("AcceptSeconds"),
        "ACCEPT_WITHIN_SECONDS": parameter("AcceptWithinSeconds"),
        "PACE": parameter("Pace"),
    }})
    .to_string()
}

pub(crate) async fn orders_are_restored_from_a_point_in_time_and_adopted(
    emulator: &Emulator,
) -> Result<()> {
    let deployment = Deployment::of("restored")?;
    let stack = emulator.deploys(&deployment).await?;
    let asha = emulator.customer("asha@example.com").await?;
    let request = emulator.order_request().await?;
    let order = new_order_id(1);
    ensure!(asha.place(order, &request).await.0 == 201);
    asha.ended(order).await;
    emulator.types("destroy --stack restored --yes").await?.succeeded()?;

    let aws = emulator.aws()?;
    let orders = stack.output("OrdersTableName")?;
    let restore = "dynamodb restore-table-to-point-in-time --use-latest-restorable-time \
                   --target-table-name orders-restored --source-table-name";
    aws.ask(restore, &[orders])?;
    aws.ask("dynamodb wait table-exists --table-name orders-restored", &[])?;
    let kept = [("CatalogTable", "CatalogTableName"), ("PeopleTable", "PeopleTableName")];
    let mut adopt = "adopt --stack restored OrdersTable=orders-restored".to_owned();
    for (name, output) in kept.into_iter().chain([("UserPool", "UserPoolId")]) {
        adopt += &format!(" {name}={}", stack.output(output)?);
    }
    emulator.types(&adopt).await?.succeeded()?;
    let table = aws.ask("dynamodb describe-table --table-name orders-restored", &[])?;
    ensure!(table["Table"]["DeletionProtectionEnabled"] == true, "{table}");

    let kept = aws.ask("dynamodb scan --table-name orders-restored", &[])?;
    ensure!(kept["Count"] == 1, "the order is there: {kept}");
    // Whether the stack goes on with it is not looked at: any update names it anew in the emulator.
    Ok(())
}
