//! Messages in: read within bounds, whatever the bytes are. Messages out: encoded
//! before, by whoever knows how deep they are.

use std::hash::{DefaultHasher, Hasher as _};
use std::marker::PhantomData;
use std::sync::Arc;

use prost::bytes::{Buf as _, BufMut as _, Bytes};
use prost::{Message, Name};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

use super::rpc_status;
use crate::proto::{Deep, decode};
use crate::session::Limits;

/// A request as it came.
pub(super) struct Received<M: Default> {
    pub(super) message: Deep<M>,
    /// Fingerprint of its bytes.
    pub(super) digest: u64,
}

/// See the module.
pub(super) struct BoundedCodec<M> {
    limits: Arc<Limits>,
    message: PhantomData<fn() -> M>,
}

impl<M> BoundedCodec<M> {
    pub(super) fn new(limits: Arc<Limits>) -> Self {
        Self { limits, message: PhantomData }
    }
}

impl<M: Message + Name + Default + 'static> Codec for BoundedCodec<M> {
    type Encode = Bytes;
    type Decode = Received<M>;
    type Encoder = Encoded;
    type Decoder = Self;

    fn encoder(&mut self) -> Encoded {
        Encoded
    }

    fn decoder(&mut self) -> Self {
        Self::new(Arc::clone(&self.limits))
    }
}

impl<M: Message + Name + Default> Decoder for BoundedCodec<M> {
    type Item = Received<M>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Received<M>>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        let digest = hasher.finish();
        match decode::message(&bytes, &self.limits) {
            Ok(message) => Ok(Some(Received { message, digest })),
            Err(error) => Err(rpc_status::status(&error.report(), None)),
        }
    }
}

/// Passes on what is encoded already.
pub(super) struct Encoded;

impl Encoder for Encoded {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}
