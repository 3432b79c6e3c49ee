//! The partitions that a table knows of: rows in other folders are not its own.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use datafusion::error::DataFusionError;

use crate::error::Result;

/// See the module. Partitions are named by their folders, as `a=1/b=2`.
#[derive(Debug, Default)]
pub(crate) struct KnownPartitions {
    /// Where they are written down: nowhere before the table itself is.
    file: Option<PathBuf>,
    folders: RwLock<BTreeSet<String>>,
}

impl PartialEq for KnownPartitions {
    fn eq(&self, other: &Self) -> bool {
        self.folders() == other.folders()
    }
}

impl KnownPartitions {
    /// These partitions, which are not written down.
    pub(crate) fn new(folders: impl IntoIterator<Item = String>) -> Self {
        Self { file: None, folders: RwLock::new(folders.into_iter().collect()) }
    }

    /// Those that were written down, one a line: names of folders hold no ends of lines.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn load(file: PathBuf) -> io::Result<Self> {
        let text = fs::read_to_string(&file)?;
        let folders = RwLock::new(text.lines().map(str::to_owned).collect());
        Ok(Self { file: Some(file), folders })
    }

    /// The same, written down there.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn kept_at(&self, file: PathBuf) -> io::Result<Self> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let folders = self.folders();
        save(&file, &folders)?;
        Ok(Self { file: Some(file), folders: RwLock::new(folders) })
    }

    /// Where they are written down.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// All of them.
    pub(crate) fn folders(&self) -> BTreeSet<String> {
        self.folders.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes which there are.
    ///
    /// # Errors
    /// If that cannot be written down: then nothing changes.
    pub(crate) fn change(&self, change: impl FnOnce(&mut BTreeSet<String>)) -> Result<()> {
        let mut folders = self.folders.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = folders.clone();
        change(&mut changed);
        if changed != *folders {
            if let Some(file) = &self.file {
                save(file, &changed).map_err(DataFusionError::from)?;
            }
            *folders = changed;
        }
        Ok(())
    }
}

/// Writes a file beside the old one and puts it in its place.
fn save(file: &Path, folders: &BTreeSet<String>) -> io::Result<()> {
    let new = file.with_extension("folders");
    let lines: String = folders.iter().flat_map(|folder| [folder.as_str(), "\n"]).collect();
    fs::write(&new, lines)?;
    fs::rename(&new, file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_known_is_written_down() {
        let folder = std::env::temp_dir().join(format!("known-{}", std::process::id()));
        let known = KnownPartitions::new(["a=1".to_owned()]);
        let known = known.kept_at(folder.join("t.partitions")).unwrap();
        known.change(|folders| folders.extend(["a=2/b=x y".to_owned()])).unwrap();
        let again = KnownPartitions::load(folder.join("t.partitions")).unwrap();
        assert_eq!(again, known);
        assert_eq!(again.folders().len(), 2);
        fs::remove_dir_all(folder).unwrap();
    }
}
