//! One object being sent to a store: at once if it is small, else in parts.

use std::sync::Arc;

use datafusion::error::DataFusionError;
use datafusion::object_store::path::Path;
use datafusion::object_store::{ObjectStore, ObjectStoreExt as _, WriteMultipart};

use crate::error::Result;

/// Bytes that are held before they are sent.
const HELD: usize = 8 << 20;
/// Parts on their way at a time.
const IN_FLIGHT: usize = 4;

/// See the module.
pub(super) struct Upload {
    store: Arc<dyn ObjectStore>,
    path: Path,
    held: Vec<u8>,
    parts: Option<WriteMultipart>,
}

impl Upload {
    pub(super) fn new(store: Arc<dyn ObjectStore>, path: Path) -> Self {
        Self { store, path, held: Vec::new(), parts: None }
    }

    pub(super) async fn add(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.held.extend(bytes);
        if self.held.len() < HELD {
            return Ok(());
        }
        let parts = match self.parts.take() {
            Some(parts) => parts,
            None => {
                let upload = self.store.put_multipart(&self.path).await;
                WriteMultipart::new_with_chunk_size(upload.map_err(DataFusionError::from)?, HELD)
            }
        };
        let parts = self.parts.insert(parts);
        parts.wait_for_capacity(IN_FLIGHT).await.map_err(DataFusionError::from)?;
        parts.put(std::mem::take(&mut self.held).into());
        Ok(())
    }

    pub(super) async fn finish(self) -> Result<()> {
        let Self { store, path, held, parts } = self;
        match parts {
            None => store.put(&path, held.into()).await.map_err(DataFusionError::from)?,
            Some(mut parts) => {
                parts.put(held.into());
                parts.finish().await.map_err(DataFusionError::from)?
            }
        };
        Ok(())
    }

    pub(super) async fn abort(self) {
        if let Some(parts) = self.parts {
            let _ = parts.abort().await;
        }
    }
}
