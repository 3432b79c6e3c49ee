//! Requests of the 3.5 client, which is too large to install for a test: decoded,
//! planned and answered as its bytes came, and compared with Spark's answers.
//!
//! Recorded by `tests/pyspark/requests/record.py`. The requests of one session
//! follow one another in one session here.

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::ipc::reader::StreamReader;
use arrow::util::pretty::pretty_format_batches;
use datafusion_spark_connect::server::{NewSession, SparkConnectServer, SparkConnectService};
use datafusion_spark_connect::{Result, Session, SessionBuilder, proto, spark_context};
use prost::Message;
use prost::bytes::{Buf, BufMut};
use proto::analyze_plan_response::Result as Analyzed;
use proto::execute_plan_response::ResponseType;
use tonic::Status;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;

#[tokio::test]
async fn client_3_5() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pyspark/requests/3.5");
    let sessions =
        |_: &NewSession| -> Result<SessionBuilder> { Ok(Session::builder(spark_context())) };
    let mut client = Grpc::new(SparkConnectService::new(sessions).into_server());
    let mut wrong = Vec::new();
    for request in requests(&folder) {
        let name = request.file_name().unwrap().to_string_lossy().into_owned();
        let outcome = match name.contains(".execute.") {
            true => execute(&mut client, &request).await,
            false => analyze(&mut client, &request).await,
        };
        if let Err(difference) = outcome {
            wrong.push(format!("{name}: {difference}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The recorded requests, in the order in which they were sent.
fn requests(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.to_string_lossy();
            name.ends_with(".execute.bin") || name.ends_with(".analyze.bin")
        })
        .collect();
    paths.sort();
    assert!(paths.len() > 30, "only {} requests in {}", paths.len(), folder.display());
    paths
}

fn answer_beside(request: &Path, suffix: &str) -> Option<Vec<u8>> {
    let name = request.to_string_lossy();
    let stem = name.strip_suffix(".execute.bin").or_else(|| name.strip_suffix(".analyze.bin"));
    fs::read(format!("{}.{suffix}", stem.unwrap())).ok()
}

type Client = Grpc<SparkConnectServer>;

async fn execute(client: &mut Client, path: &Path) -> Result<(), String> {
    let request = tonic::Request::new(fs::read(path).unwrap());
    let method = PathAndQuery::from_static("/spark.connect.SparkConnectService/ExecutePlan");
    client.ready().await.map_err(|e| e.to_string())?;
    let answer = client.server_streaming(request, method, Raw).await;
    let mut answer = answer.map_err(|status| status.message().to_owned())?.into_inner();
    let mut batches = Vec::new();
    while let Some(bytes) = answer.message().await.map_err(|status| status.message().to_owned())? {
        let response = proto::ExecutePlanResponse::decode(bytes.as_slice()).unwrap();
        if let Some(ResponseType::ArrowBatch(batch)) = response.response_type {
            batches.extend(read(&batch.data)?);
        }
    }
    match answer_beside(path, "arrow") {
        Some(expected) => compare(&described(&read(&expected)?), &described(&batches)),
        None => Ok(()),
    }
}

fn read(stream: &[u8]) -> Result<Vec<RecordBatch>, String> {
    let reader = StreamReader::try_new(stream, None).map_err(|e| e.to_string())?;
    reader.collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())
}

/// Names, types, nullability and rows as text.
fn described(batches: &[RecordBatch]) -> String {
    let Some(first) = batches.first() else { return "nothing".to_owned() };
    let fields: Vec<String> = first
        .schema()
        .fields()
        .iter()
        .map(|f| format!("{}: {} {}", f.name(), f.data_type(), f.is_nullable()))
        .collect();
    format!("{}\n{}", fields.join(", "), pretty_format_batches(batches).unwrap())
}

async fn analyze(client: &mut Client, path: &Path) -> Result<(), String> {
    let request = tonic::Request::new(fs::read(path).unwrap());
    let method = PathAndQuery::from_static("/spark.connect.SparkConnectService/AnalyzePlan");
    client.ready().await.map_err(|e| e.to_string())?;
    let answer = client.unary(request, method, Raw).await;
    let answer = answer.map_err(|status| status.message().to_owned())?.into_inner();
    let [expected, actual] = [answer_beside(path, "answer.bin").unwrap(), answer]
        .map(|bytes| proto::AnalyzePlanResponse::decode(bytes.as_slice()).unwrap().result.unwrap());
    // An explanation and a version are the server's own.
    let own =
        |result: &Analyzed| matches!(result, Analyzed::Explain(_) | Analyzed::SparkVersion(_));
    match own(&expected) && own(&actual) {
        true => Ok(()),
        false => compare(&format!("{expected:#?}"), &format!("{actual:#?}")),
    }
}

fn compare(expected: &str, actual: &str) -> Result<(), String> {
    match expected == actual {
        true => Ok(()),
        false => Err(format!("expected\n{expected}\ngot\n{actual}")),
    }
}

/// Messages as bytes.
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}
