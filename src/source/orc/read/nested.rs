//! Values that hold others.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, ListArray, MapArray, StructArray};
use datafusion::arrow::datatypes::{FieldRef, Fields};

use super::column::{Column, Values, malformed};
use super::integers::Integers;
use super::leaf::offsets;
use crate::error::{Error, Result};

/// How many values the rows of a batch may hold together.
const MOST: i32 = 1 << 28;

pub(super) struct Structs {
    pub(super) fields: Fields,
    pub(super) columns: Vec<Column>,
}

impl Values for Structs {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        let columns = self.columns.iter_mut().map(|column| column.read(count));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let fields = self.fields.clone();
        let structs = StructArray::try_new_with_length(fields, columns, None, count);
        Ok(Arc::new(structs.map_err(malformed)?))
    }
}

pub(super) struct Lists {
    pub(super) element: FieldRef,
    pub(super) lengths: Integers,
    pub(super) elements: Column,
}

impl Values for Lists {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        let offsets = offsets(&self.lengths.read(count)?)?;
        let elements = self.elements.read(total(&offsets)?)?;
        let lists = ListArray::try_new(Arc::clone(&self.element), offsets, elements, None);
        Ok(Arc::new(lists.map_err(malformed)?))
    }
}

pub(super) struct Maps {
    pub(super) entries: FieldRef,
    pub(super) entry: Fields,
    pub(super) lengths: Integers,
    pub(super) keys: Column,
    pub(super) values: Column,
}

impl Values for Maps {
    fn read(&mut self, count: usize) -> Result<ArrayRef> {
        let offsets = offsets(&self.lengths.read(count)?)?;
        let total = total(&offsets)?;
        let columns = vec![self.keys.read(total)?, self.values.read(total)?];
        let entry = StructArray::try_new(self.entry.clone(), columns, None).map_err(malformed)?;
        let maps = MapArray::try_new(Arc::clone(&self.entries), offsets, entry, None, false);
        Ok(Arc::new(maps.map_err(malformed)?))
    }
}

/// How many values there are in all.
fn total(offsets: &[i32]) -> Result<usize> {
    match offsets.last().copied().unwrap_or(0) {
        total @ 0..=MOST => Ok(total as usize),
        _ => Err(Error::unsupported("read.orc.long_lists")),
    }
}
