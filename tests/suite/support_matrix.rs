//! `docs/support-matrix.md` says what is served. It is made by asking: every
//! variant of the protocol's oneofs is planned, and what is answered with
//! "unsupported" under its own name is not served.
//!
//! `BLESS=1 cargo test --workspace --all-features --test suite support_matrix`
//! writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use datafusion_spark_connect::Error;
use datafusion_spark_connect::proto::{self, DESCRIPTORS};
use datafusion_spark_connect::testkit::{TestSession, relation};
use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorSet};

const HEAD: &str = "# Support matrix

What this crate serves of the protocol. What it does not serve it refuses with
`UNSUPPORTED_CONNECT_FEATURE` and the name given here; nothing that would change a
result is ignored. *Refused parts* are options and cases of a message that is
served otherwise.

Generated from the dispatch tables; do not edit. To write it anew:
`BLESS=1 cargo test --workspace --all-features --test suite support_matrix`.
";

/// A oneof, and how to tell whether a variant of it is served.
struct Section {
    title: &'static str,
    message: &'static str,
    /// What the stable names of its features begin with.
    prefix: &'static str,
}

const SECTIONS: &[Section] = &[
    Section { title: "Relations", message: "Relation", prefix: "relation" },
    Section { title: "Expressions", message: "Expression", prefix: "expression" },
    Section { title: "Commands", message: "Command", prefix: "command" },
    Section { title: "Catalog", message: "Catalog", prefix: "catalog" },
    Section { title: "Analysis", message: "AnalyzePlanRequest", prefix: "analyze" },
];

#[tokio::test]
async fn support_matrix_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/support-matrix.md");
    let fresh = matrix().await;
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        recorded == fresh,
        "docs/support-matrix.md is stale; its first changed line: {:?}",
        fresh.lines().find(|line| !recorded.contains(line))
    );
}

async fn matrix() -> String {
    let protocol = Protocol::load();
    let parts = refused_parts();
    let mut text = HEAD.to_owned();
    let mut listed = BTreeSet::new();
    for section in SECTIONS {
        let variants = protocol.variants(section.message);
        let mut rows = String::new();
        let mut served = 0;
        for variant in &variants {
            let name = format!("{}.{}", section.prefix, variant.name());
            let refusal = refusal(section, &protocol.sample(variant), &name).await;
            served += usize::from(refusal.is_none());
            let within = format!("{name}.");
            let parts: Vec<_> = parts.iter().filter(|part| part.starts_with(&within)).collect();
            listed.extend(parts.iter().map(|part| part.as_str()));
            let parts: Vec<_> =
                parts.iter().map(|part| format!("`{}`", &part[within.len()..])).collect();
            let mark = match refusal {
                None => "yes".to_owned(),
                Some(feature) if feature == name => "no".to_owned(),
                Some(feature) => format!("no (`{feature}`)"),
            };
            let _ = writeln!(rows, "| `{name}` | {mark} | {} |", parts.join(", "));
        }
        let _ = write!(
            text,
            "\n## {}: {served} of {}\n\n| Name | Served | Refused parts |\n|---|---|---|\n{rows}",
            section.title,
            variants.len()
        );
    }
    let dispatch = |part: &&String| {
        SECTIONS.iter().any(|section| **part == format!("{}.<name>", section.prefix))
    };
    let others = parts.iter().filter(|part| !listed.contains(part.as_str()) && !dispatch(part));
    let known = |part: &&String| {
        SECTIONS.iter().all(|section| {
            let variants = protocol.variants(section.message);
            variants.iter().all(|v| **part != format!("{}.{}", section.prefix, v.name()))
        })
    };
    text.push_str("\n## Other names of what is refused\n\n");
    for part in others.filter(known) {
        let _ = writeln!(text, "- `{part}`");
    }
    text
}

/// Under which name the message in `bytes` is refused as a whole, if it is.
async fn refusal(section: &Section, bytes: &[u8], name: &str) -> Option<String> {
    let session = TestSession::new().unwrap();
    let planner = session.planner();
    let range = session.plan(&relation::range(1)).await.unwrap();
    let answer: Result<(), Error> = match section.prefix {
        "relation" => {
            let message = proto::Relation::decode(bytes).unwrap();
            planner.plan_relation(&message).await.map(drop)
        }
        "expression" => {
            let message = proto::Expression::decode(bytes).unwrap();
            planner.plan_expression(&message, &range).map(drop)
        }
        "catalog" => {
            let catalog = proto::Catalog::decode(bytes).unwrap();
            let rel_type = Some(proto::relation::RelType::Catalog(catalog));
            planner.plan_relation(&proto::Relation { common: None, rel_type }).await.map(drop)
        }
        "command" => {
            let op_type =
                Some(proto::plan::OpType::Command(proto::Command::decode(bytes).unwrap()));
            planner.plan(&proto::Plan { op_type }).await.map(drop)
        }
        "analyze" => {
            let request = proto::AnalyzePlanRequest::decode(bytes).unwrap();
            planner.analyze(&request.analyze.unwrap()).await.map(drop)
        }
        other => panic!("no way to ask for {other}"),
    };
    match answer {
        Err(Error::Unsupported { feature, .. })
            if feature == name || feature == section.prefix || feature == "relation.catalog" =>
        {
            Some(feature)
        }
        _ => None,
    }
}

/// The protocol's messages by name.
struct Protocol(BTreeMap<String, DescriptorProto>);

impl Protocol {
    fn load() -> Self {
        let files = FileDescriptorSet::decode(DESCRIPTORS).unwrap();
        let mut messages = BTreeMap::new();
        let mut open: Vec<_> = files
            .file
            .into_iter()
            .filter(|file| file.package() == "spark.connect")
            .flat_map(|file| file.message_type)
            .map(|message| (message.name().to_owned(), message))
            .collect();
        while let Some((name, message)) = open.pop() {
            open.extend(
                message.nested_type.iter().map(|n| (format!("{name}.{}", n.name()), n.clone())),
            );
            messages.insert(name, message);
        }
        Self(messages)
    }

    /// The variants of the first oneof of a message.
    fn variants(&self, message: &str) -> Vec<&FieldDescriptorProto> {
        let message = &self.0[message];
        message
            .field
            .iter()
            .filter(|field| !field.proto3_optional())
            .filter(|field| field.oneof_index == Some(0))
            .collect()
    }

    /// A message with this variant, whose own relations and expressions are set.
    fn sample(&self, variant: &FieldDescriptorProto) -> Vec<u8> {
        let content = match self.0.get(short_name(variant)) {
            Some(message) => message.field.iter().flat_map(sample_field).collect(),
            None => Vec::new(),
        };
        field(variant.number(), &content)
    }
}

fn short_name(field: &FieldDescriptorProto) -> &str {
    field.type_name().trim_start_matches(".spark.connect.")
}

fn sample_field(of: &FieldDescriptorProto) -> Vec<u8> {
    if of.r#type() != Type::Message || of.label() == Label::Repeated || of.oneof_index.is_some() {
        return Vec::new();
    }
    let range = relation::range(1).into_message();
    match short_name(of) {
        "Relation" => field(of.number(), &range.encode_to_vec()),
        "Plan" => {
            let plan = proto::Plan { op_type: Some(proto::plan::OpType::Root(range)) };
            field(of.number(), &plan.encode_to_vec())
        }
        "Expression" => {
            let column = datafusion_spark_connect::testkit::col("id").into_message();
            field(of.number(), &column.encode_to_vec())
        }
        _ => Vec::new(),
    }
}

fn field(number: i32, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let key = prost::encoding::WireType::LengthDelimited;
    prost::encoding::encode_key(number.try_into().unwrap(), key, &mut bytes);
    prost::encoding::encode_varint(content.len() as u64, &mut bytes);
    bytes.extend_from_slice(content);
    bytes
}

/// The names of features that the sources refuse, where they are written out.
fn refused_parts() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if !is_test(&path) {
            collect_names(&fs::read_to_string(&path).unwrap(), &mut names);
        }
    }
    names
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests"))
        || path.extension().is_none_or(|extension| extension != "rs")
}

fn collect_names(source: &str, names: &mut BTreeSet<String>) {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = code.collect::<Vec<_>>().join("\n");
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    for call in ["unsupported(", "unsupported_because("] {
        for rest in code.split(call).skip(1) {
            let rest = rest.trim_start();
            let rest = rest.strip_prefix("format!(").unwrap_or(rest).trim_start();
            let Some((name, _)) = rest.strip_prefix('"').and_then(|r| r.split_once('"')) else {
                continue;
            };
            names.insert(placeholders(name));
        }
    }
}

/// The name with what `format!` fills in as `<...>`.
fn placeholders(name: &str) -> String {
    let name = name.replace("{}", "{name}").replace(":?}", "}");
    name.replace('{', "<").replace('}', ">")
}
