//! ORC: columns in stripes, each of streams of bytes that may be packed.
//!
//! The crate `orc-rust` lends its codecs, and no more: it drops the attributes by which
//! Spark tells its types apart, writes no decimals and nothing that is nested, and takes
//! what a file says of its lengths for true.

mod calendar;
mod codec;
mod message;
mod read;
mod tail;
mod types;
mod write;

use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::error::DataFusionError;
use datafusion::object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};

use super::FileFact;
use super::listing::Listing;
use super::parquet;
use crate::error::{Condition, Error, Result};
use crate::record::Options;
use tail::{Found, Tail};
use types::Node;

pub(super) use read::decoder;
pub(super) use types::holds;
pub(super) use write::OrcWriter;

/// What is wrong with the bytes of a file.
fn corrupt(reason: impl Into<String>) -> Error {
    Error::analysis(Condition::MALFORMED_FILE, [("reason", reason.into())])
}

/// How many bytes of a file's end are read at first: most ends are shorter.
const END: u64 = 16 << 10;

/// How ORC is read.
#[derive(Debug, Clone)]
pub(crate) struct Orc {
    /// Whether the columns are those of all files.
    merge: bool,
}

impl Orc {
    /// # Errors
    /// If an option is not served.
    pub(super) fn take(options: &mut Options) -> Result<Self> {
        options.take("compression");
        Ok(Self { merge: options.flag("mergeschema", false)? })
    }

    /// The columns of the first file that has some, or of all that are to be merged.
    pub(super) async fn infer(
        &self,
        listing: &Listing,
        state: &dyn Session,
        time_zone: &str,
    ) -> Result<SchemaRef> {
        let store = state.runtime_env().object_store(&listing.store)?;
        let mut merged: Option<Schema> = None;
        for file in listing.files.iter().filter(|file| file.meta.size > 0) {
            let own = columns(store.as_ref(), &file.meta, time_zone).await;
            let own = own.map_err(|error| unreadable(error, listing, &file.meta))?;
            if own.fields().is_empty() {
                continue;
            }
            merged = Some(match merged {
                None => own,
                Some(before) => parquet::merge(&before, &own)?,
            });
            if !self.merge {
                break;
            }
        }
        merged.map(Arc::new).ok_or_else(|| {
            Error::analysis(Condition::UNABLE_TO_INFER_SCHEMA, [("format", "ORC".to_owned())])
        })
    }
}

fn unreadable(error: Error, listing: &Listing, meta: &ObjectMeta) -> Error {
    match error {
        Error::Analysis(_) => Error::analysis(
            Condition::CANNOT_READ_FILE_FOOTER,
            [("path", FileFact::new(&listing.store, meta).path), ("reason", error.to_string())],
        ),
        other => other,
    }
}

/// The columns of a file, by its end.
async fn columns(store: &dyn ObjectStore, meta: &ObjectMeta, time_zone: &str) -> Result<Schema> {
    let mut wanted = END;
    loop {
        match Tail::find(&last(store, meta, wanted).await?)? {
            Found::Tail(tail) => {
                let root = Node::root(&tail.footer.types)?;
                return Ok(Schema::new(root.fields(time_zone)?));
            }
            Found::Longer(needed) if needed <= meta.size && needed > wanted => wanted = needed,
            Found::Longer(_) => return Err(corrupt("the file is too short")),
        }
    }
}

/// So many of the last bytes of a file.
async fn last(store: &dyn ObjectStore, meta: &ObjectMeta, count: u64) -> Result<Bytes> {
    let range = meta.size.saturating_sub(count)..meta.size;
    Ok(store.get_range(&meta.location, range).await.map_err(DataFusionError::from)?)
}
