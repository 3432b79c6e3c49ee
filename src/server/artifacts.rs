//! AddArtifacts, ArtifactStatus: blocks of local data that plans refer to. Files,
//! classes and archives are for Python workers and a JVM, which are not here.

use std::sync::Arc;

use prost::bytes::Bytes;

use super::codec::Received;
use super::sessions::Held;
use super::{Inner, encode};
use crate::error::{Error, Required as _, Result};
use crate::proto::add_artifacts_request::{
    ArtifactChunk, BeginChunkedArtifact, Payload, SingleChunkArtifact,
};
use crate::proto::add_artifacts_response::ArtifactSummary;
use crate::proto::artifact_statuses_response::ArtifactStatus;
use crate::proto::{
    AddArtifactsRequest, AddArtifactsResponse, ArtifactStatusesRequest, ArtifactStatusesResponse,
    Deep,
};

/// An upload of artifacts, request by request.
#[derive(Default)]
pub(super) struct Upload {
    session: Option<(String, Arc<Held>)>,
    open: Option<Chunked>,
    summaries: Vec<ArtifactSummary>,
}

/// An artifact of which chunks are still to come.
struct Chunked {
    name: String,
    bytes: Vec<u8>,
    total: usize,
    chunks_left: i64,
    intact: bool,
}

impl Upload {
    /// Takes up one request.
    pub(super) async fn receive(
        &mut self,
        inner: &Inner,
        request: Deep<AddArtifactsRequest>,
    ) -> Result<()> {
        let held = inner.sessions.open(&*request).await?;
        self.session.get_or_insert_with(|| (request.session_id.clone(), Arc::clone(&held)));
        match request.payload.as_ref().required("payload")? {
            Payload::Batch(batch) => {
                batch.artifacts.iter().try_for_each(|artifact| self.single(&held, artifact))
            }
            Payload::BeginChunk(begin) => self.begin(&held, begin),
            Payload::Chunk(chunk) => self.chunk(&held, chunk),
        }
    }

    fn single(&mut self, held: &Held, artifact: &SingleChunkArtifact) -> Result<()> {
        let SingleChunkArtifact { name, data } = artifact;
        check_name(name)?;
        let chunk = data.as_ref().required("data")?;
        self.keep(held, name, chunk.data.clone(), is_intact(chunk))
    }

    fn begin(&mut self, held: &Held, begin: &BeginChunkedArtifact) -> Result<()> {
        let BeginChunkedArtifact { name, total_bytes, num_chunks, initial_chunk } = begin;
        check_name(name)?;
        if self.open.is_some() {
            return Err(Error::invalid_plan("an artifact begins before the last one is complete"));
        }
        let total = usize::try_from(*total_bytes).unwrap_or(usize::MAX);
        if total > held.session.limits().artifact_bytes {
            return Err(Error::invalid_plan("the artifact is larger than a session may hold"));
        }
        self.open = Some(Chunked {
            name: name.clone(),
            bytes: Vec::new(),
            total,
            chunks_left: *num_chunks,
            intact: true,
        });
        self.chunk(held, initial_chunk.as_ref().required("initial_chunk")?)
    }

    fn chunk(&mut self, held: &Held, chunk: &ArtifactChunk) -> Result<()> {
        let Some(open) = &mut self.open else {
            return Err(Error::invalid_plan("a chunk comes without an artifact"));
        };
        open.intact &= is_intact(chunk);
        open.bytes.extend_from_slice(&chunk.data);
        open.chunks_left -= 1;
        if open.bytes.len() > open.total {
            return Err(Error::invalid_plan("an artifact is larger than it said"));
        }
        if open.chunks_left > 0 {
            return Ok(());
        }
        let Some(done) = self.open.take() else { return Ok(()) };
        let complete = done.bytes.len() == done.total;
        self.keep(held, &done.name, done.bytes, done.intact && complete)
    }

    /// Keeps an artifact that came intact; the client sends others again.
    fn keep(&mut self, held: &Held, name: &str, bytes: Vec<u8>, intact: bool) -> Result<()> {
        if intact {
            held.session.artifacts().insert(name, bytes)?;
        }
        let summary = ArtifactSummary { name: name.to_owned(), is_crc_successful: intact };
        self.summaries.push(summary);
        Ok(())
    }

    /// The answer to the whole upload.
    pub(super) async fn finish(self) -> Result<Bytes> {
        if self.open.is_some() {
            return Err(Error::invalid_plan("the last artifact is not complete"));
        }
        let (session_id, held) = self.session.required("session_id")?;
        Ok(encode(&AddArtifactsResponse {
            session_id,
            server_side_session_id: held.server_side_id.clone(),
            artifacts: self.summaries,
        }))
    }
}

/// Only data is taken, no code.
fn check_name(name: &str) -> Result<()> {
    match name.split_once('/') {
        Some(("cache", hash)) if !hash.is_empty() => Ok(()),
        Some((kind @ ("jars" | "classes" | "pyfiles" | "archives" | "files"), _)) => {
            Err(Error::unsupported(format!("artifact.{kind}")))
        }
        _ => Err(Error::unsupported_because("artifact", "only `cache/` artifacts are taken")),
    }
}

/// ArtifactStatus: whether artifacts are here.
pub(super) async fn status(
    inner: Arc<Inner>,
    received: Received<ArtifactStatusesRequest>,
) -> Result<Bytes> {
    let request = received.message;
    let held = inner.sessions.open(&*request).await?;
    let artifacts = held.session.artifacts();
    let names = request.names.iter();
    let statuses =
        names.map(|name| (name.clone(), ArtifactStatus { exists: artifacts.get(name).is_some() }));
    Ok(encode(&ArtifactStatusesResponse {
        session_id: request.session_id.clone(),
        server_side_session_id: held.server_side_id.clone(),
        statuses: statuses.collect(),
    }))
}

fn is_intact(chunk: &ArtifactChunk) -> bool {
    i64::from(crc32(&chunk.data)) == chunk.crc
}

/// The CRC-32 that zip and gRPC clients use.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    let step = |crc: u32, byte: &u8| TABLE[usize::from((crc as u8) ^ byte)] ^ (crc >> 8);
    !bytes.iter().fold(u32::MAX, step)
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut value = at as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0xedb8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_clients() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
