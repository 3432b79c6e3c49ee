//! Files that may be compressed: what their names end in says how.

use datafusion::catalog::Session;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::error::{DataFusionError, Result as DataFusionResult};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};

use crate::error::{Error, Result};

/// How a file is compressed.
fn compression(name: &str) -> Result<FileCompressionType> {
    Ok(match name.rsplit('.').next().unwrap_or_default() {
        "gz" => FileCompressionType::GZIP,
        "bz2" => FileCompressionType::BZIP2,
        "zst" => FileCompressionType::ZSTD,
        known @ ("deflate" | "lz4" | "snappy") => {
            return Err(Error::unsupported(format!("read.compression.{known}")));
        }
        _ => FileCompressionType::UNCOMPRESSED,
    })
}

/// The bytes of a file as they come, unpacked if they are to be.
///
/// # Errors
/// If the file is not there, or is compressed in a way that is not served.
pub(in crate::source) async fn stream(
    store: &dyn ObjectStore,
    meta: &ObjectMeta,
    unpack: bool,
) -> Result<BoxStream<'static, DataFusionResult<bytes::Bytes>>> {
    let content = store.get(&meta.location).await.map_err(DataFusionError::from)?;
    let bytes = content.into_stream().map_err(DataFusionError::from).boxed();
    if !unpack {
        return Ok(bytes);
    }
    Ok(compression(meta.location.filename().unwrap_or_default())?.convert_stream(bytes)?)
}

/// All bytes of a file, unpacked.
///
/// # Errors
/// As [`stream`].
pub(super) async fn whole(
    at: &ObjectStoreUrl,
    meta: &ObjectMeta,
    state: &dyn Session,
) -> Result<Vec<u8>> {
    let store = state.runtime_env().object_store(at)?;
    let mut bytes = stream(store.as_ref(), meta, true).await?;
    let mut all = Vec::new();
    while let Some(next) = bytes.try_next().await? {
        all.extend_from_slice(&next);
    }
    Ok(all)
}
