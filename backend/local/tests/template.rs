//! What a template may say, and what is refused by line.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::collections::BTreeMap;
use std::path::Path;

use aws_local::template::Stack;
use serde_json::json;
use yaml_rust2::scanner::{Scanner, TScalarStyle, Token, TokenType};

fn parse(text: &str) -> anyhow::Result<Stack> {
    Stack::parse(text, "demo", "eu-west-2", &BTreeMap::new())
}

fn refused(text: &str) -> String {
    format!("{:#}", parse(text).unwrap_err())
}

/// A template of one queue; `value` becomes its name.
fn name(value: &str) -> anyhow::Result<String> {
    let text = format!(
        "Parameters:
  Word: {{ Type: String, Default: w }}
  List: {{ Type: CommaDelimitedList, Default: 'a, b' }}
Mappings:
  Sizes: {{ small: {{ cpu: one }} }}
Conditions:
  Yes: !Equals [!Ref Word, w]
  No: !Not [!Condition Yes]
  Both: !And [!Condition Yes, {{ Condition: No }}]
  Either: {{ 'Fn::Or': [!Condition Yes, !Condition No] }}
Resources:
  Other: {{ Type: AWS::SQS::Queue }}
  It: {{ Type: AWS::SQS::Queue, Properties: {{ QueueName: {value} }} }}
"
    );
    Ok(parse(&text)?.get("It").unwrap().physical_id.clone())
}

#[test]
fn intrinsics_are_resolved_short_and_long() {
    let other = name("!GetAtt Other.QueueName").unwrap();
    assert!(other.starts_with("demo-Other-"), "{other}");
    for (value, resolved) in [
        ("plain", "plain"),
        ("!Ref Word", "w"),
        ("{ Ref: Word }", "w"),
        ("!Ref AWS::Region", "eu-west-2"),
        ("!Ref AWS::AccountId", "000000000000"),
        ("!Sub '${AWS::StackName}-${Word}-${!Word}'", "demo-w-${Word}"),
        ("{ 'Fn::Sub': ['${x}-${Word}', { x: !Ref AWS::Partition }] }", "aws-w"),
        ("!Join ['-', [a, !Ref Word, !Ref AWS::URLSuffix]]", "a-w-amazonaws.com"),
        ("!Join ['+', !Ref List]", "a+b"),
        ("!Select [1, !Ref List]", "b"),
        ("!Select [1, !Split ['/', 'x/y']]", "y"),
        ("!FindInMap [Sizes, small, cpu]", "one"),
        ("!If [Yes, a, b]", "a"),
        ("!If [Both, a, b]", "b"),
        ("!If [Either, a, b]", "a"),
        ("{ 'Fn::GetAtt': [Other, QueueName] }", &other),
    ] {
        assert_eq!(name(value).unwrap(), resolved, "{value}");
    }
    assert!(name("!If [No, a, !Ref AWS::NoValue]").unwrap().starts_with("demo-It-"));
    for wrong in
        ["!Ref Nobody", "!GetAtt Other.Nothing", "!Sub '${Nobody}'", "!Base64 x", "!Ref It"]
    {
        assert!(name(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_not_supported_is_refused_by_line() {
    let resource = |kind: &str, rest: &str| {
        refused(&format!("Resources:\n  Queue:\n    Type: {kind}\n    Properties:\n      {rest}\n"))
    };
    let message = resource("AWS::Kinesis::Stream", "Name: x");
    assert!(message.contains("line 2") && message.contains("AWS::Kinesis::Stream"), "{message}");
    let message = resource("AWS::SQS::Queue", "FifoQueue: true");
    assert!(message.contains("line 5") && message.contains("FifoQueue"), "{message}");
    let message = resource("AWS::Events::Rule", "Targets: [{ Id: a, InputTransformer: {} }]");
    assert!(message.contains("Targets[].InputTransformer"), "{message}");
    let message = refused("Transform: AWS::Serverless-2016-10-31\nResources: {}\n");
    assert!(message.contains("line 1") && message.contains("Transform"), "{message}");
    let message = refused("Resources:\n  A: { Type: AWS::SQS::Queue, CreationPolicy: {} }\n");
    assert!(message.contains("CreationPolicy"), "{message}");
    let message = refused("Resources:\n  A: &a { Type: AWS::SQS::Queue }\n  B: *a\n");
    assert!(message.contains("line 3"), "{message}");
    let message =
        refused("Resources:\n  A: { Type: AWS::SQS::Queue }\n  A: { Type: AWS::SQS::Queue }\n");
    assert!(message.contains("twice"), "{message}");
}

#[test]
fn a_resource_whose_condition_fails_is_not_there() {
    let stack = parse(
        "Conditions: { No: !Equals [a, b] }
Resources:
  A: { Type: AWS::SQS::Queue, Condition: No }
  B: { Type: AWS::SQS::Queue }
Outputs:
  A: { Condition: No, Value: !Ref A }
  B: { Value: !GetAtt B.Arn }
",
    )
    .unwrap();
    assert_eq!(stack.resources.keys().collect::<Vec<_>>(), ["B"]);
    assert_eq!(stack.outputs.keys().collect::<Vec<_>>(), ["B"]);
    assert_eq!(stack.outputs["B"], stack.arn("B").unwrap());
}

#[test]
fn parameters_are_checked() {
    let template = "Parameters:
  Mode: { Type: String, AllowedValues: [a, b] }
  Count: { Type: Number, Default: 5, MinValue: 1, MaxValue: 9 }
  Pace: { Type: Number, Default: 1, MinValue: 0, MaxValue: 1 }
  Name: { Type: String, Default: abc, AllowedPattern: '[a-z]+', MaxLength: 4 }
Rules:
  NotBoth:
    RuleCondition: !Equals [!Ref Mode, b]
    Assertions:
      - Assert: !Not [!Equals [!Ref Count, '9']]
        AssertDescription: b counts to eight
Resources:
  Q: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: !Ref Count } }
";
    let with = |given: &[(&str, &str)]| {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Stack::parse(template, "demo", "eu-west-2", &given.collect())
    };
    let stack = with(&[("Mode", "a"), ("Pace", "0.0167")]).unwrap();
    assert_eq!(stack.get("Q").unwrap().number("/VisibilityTimeout").unwrap(), Some(5));
    for (given, why) in [
        (&[][..], "has no default"),
        (&[("Mode", "c")], "AllowedValues"),
        (&[("Mode", "a"), ("Count", "10")], "MaxValue"),
        (&[("Mode", "a"), ("Count", "x")], "number"),
        (&[("Mode", "a"), ("Pace", "1.5")], "MaxValue"),
        (&[("Mode", "a"), ("Name", "A")], "AllowedPattern"),
        (&[("Mode", "a"), ("Name", "abcde")], "MaxLength"),
        (&[("Mode", "a"), ("Other", "x")], "no parameter Other"),
        (&[("Mode", "b"), ("Count", "9")], "b counts to eight"),
    ] {
        let message = format!("{:#}", with(given).unwrap_err());
        assert!(message.contains(why), "{message}");
    }
}

#[test]
fn names_have_aws_s_form_and_stay_the_same() {
    let stack = || {
        parse(
            "Resources:
  Api: { Type: AWS::ApiGatewayV2::Api }
  Pool: { Type: AWS::Cognito::UserPool }
  Client: { Type: AWS::Cognito::UserPoolClient }
  Queue: { Type: AWS::SQS::Queue }
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: food } }
  Rule: { Type: AWS::Events::Rule, Properties: { EventBusName: !Ref Bus } }
  Tick: { Type: AWS::Events::Rule }
  Site: { Type: AWS::CloudFront::Distribution }
",
        )
        .unwrap()
    };
    let (one, two) = (stack(), stack());
    for id in one.resources.keys() {
        assert_eq!(one.reference(id), two.reference(id));
    }
    let id = |logical: &str| one.get(logical).unwrap().physical_id.clone();
    assert_eq!((id("Api").len(), id("Client").len()), (10, 26));
    assert!(id("Pool").starts_with("eu-west-2_") && id("Pool").len() == 19);
    assert_eq!(one.reference("Rule").unwrap(), format!("food|{}", id("Rule")));
    assert_eq!(one.reference("Tick").unwrap(), id("Tick"));
    let arn = |logical: &str| one.arn(logical).unwrap();
    assert_eq!(arn("Bus"), "arn:aws:events:eu-west-2:000000000000:event-bus/food");
    assert_eq!(
        arn("Rule"),
        format!("arn:aws:events:eu-west-2:000000000000:rule/food/{}", id("Rule"))
    );
    assert_eq!(
        one.reference("Queue").unwrap(),
        format!("https://sqs.eu-west-2.amazonaws.com/000000000000/{}", id("Queue"))
    );
    assert!(one.attribute("Site", "DomainName").is_some());
    assert_eq!(
        one.substitute("{\"c\":\"${Client}\"}").unwrap(),
        format!("{{\"c\":\"{}\"}}", id("Client"))
    );
}

#[test]
fn the_template_that_is_deployed_is_supported() {
    let file = Path::new("../template.yaml");
    let stack = Stack::load(file, "demo", "eu-west-2", &BTreeMap::new()).unwrap();
    assert!(stack.of_kind("AWS::Lambda::Function").count() > 0);
    let rule = stack.of_kind("AWS::Events::Rule").find(|it| it.at("/EventPattern").is_some());
    assert!(rule.unwrap().at("/EventPattern/source").is_some_and(|it| *it != json!(null)));
}

/// CloudFormation's parser has refused a plain scalar with a colon in a flow collection.
fn plain_scalars_with_a_colon_in_flow(text: &str) -> Vec<String> {
    let (mut depth, mut found) = (0, Vec::new());
    for Token(marker, token) in Scanner::new(text.chars()) {
        match token {
            TokenType::FlowSequenceStart | TokenType::FlowMappingStart => depth += 1,
            TokenType::FlowSequenceEnd | TokenType::FlowMappingEnd => depth -= 1,
            TokenType::Scalar(TScalarStyle::Plain, scalar) if depth > 0 && scalar.contains(':') => {
                found.push(format!("line {}: {scalar}", marker.line()));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn scalars_with_a_colon_are_quoted_in_flow_collections() {
    let wrong = "A: [b:c, \"d:e\"]\nF: { g:h: 1, I: [!Ref J::K] }\nL: m:n\n";
    let found = plain_scalars_with_a_colon_in_flow(wrong);
    assert_eq!(found, ["line 1: b:c", "line 2: g:h", "line 2: J::K"]);
    let file = Path::new("../template.yaml");
    let text = std::fs::read_to_string(file).unwrap();
    assert_eq!(plain_scalars_with_a_colon_in_flow(&text), [""; 0]);
}
