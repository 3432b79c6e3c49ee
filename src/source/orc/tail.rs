//! The end of a file, which says what is where.

use bytes::Bytes;
use prost::Message as _;

use super::codec::Unpacker;
use super::corrupt;
use super::message::{Encoding, Footer, GREGORIAN_CALENDAR, PostScript, Role, StripeFooter};
use crate::error::{Error, Result};

/// What the end of a file says.
#[derive(Clone)]
pub(super) struct Tail {
    pub(super) footer: Footer,
    unpacker: Unpacker,
}

/// The end of a file, or how many more bytes it has.
pub(super) enum Found {
    Tail(Tail),
    /// So many of the last bytes are needed.
    Longer(u64),
}

impl Tail {
    /// The end of a whole file.
    ///
    /// # Errors
    /// If the file is malformed.
    pub(super) fn of(file: &Bytes) -> Result<Self> {
        match Self::find(file)? {
            Found::Tail(tail) => Ok(tail),
            Found::Longer(_) => Err(corrupt("the file is too short")),
        }
    }

    /// The end of a file in its last bytes.
    ///
    /// # Errors
    /// If the file is malformed.
    pub(super) fn find(last: &Bytes) -> Result<Found> {
        let Some((length, before)) = last.split_last() else {
            return Err(corrupt("the file is empty"));
        };
        let length = usize::from(*length);
        let Some(at) = before.len().checked_sub(length) else {
            return Err(corrupt("the file is too short"));
        };
        let script = PostScript::decode(&before[at..]).map_err(malformed)?;
        if script.magic != "ORC" {
            return Err(corrupt("the file is not of the format ORC"));
        }
        if script.version.first().is_some_and(|major| *major > 0) {
            return Err(Error::unsupported("read.orc.version"));
        }
        let needed = script.footer_length.saturating_add(1 + length as u64);
        if script.footer_length > at as u64 {
            return Ok(Found::Longer(needed));
        }
        let unpacker = Unpacker::new(&script)?;
        let footer = unpacker.all(last.slice(at - script.footer_length as usize..at))?;
        let footer = Footer::decode(footer).map_err(malformed)?;
        Ok(Found::Tail(Self { footer, unpacker }))
    }

    /// Whether old dates are in the calendar of their time.
    pub(super) fn is_julian(&self) -> bool {
        self.footer.calendar != Some(GREGORIAN_CALENDAR)
    }

    pub(super) fn unpacker(&self) -> &Unpacker {
        &self.unpacker
    }

    /// The stripe of this number.
    ///
    /// # Errors
    /// If it is not where the file says.
    pub(super) fn stripe(&self, number: usize, file: &Bytes) -> Result<StripeBytes> {
        let stripe = self.footer.stripes.get(number);
        let stripe = stripe.ok_or_else(|| corrupt("there is no such stripe"))?;
        let body = stripe.index_length.saturating_add(stripe.data_length);
        let bytes = part(file, stripe.offset, body)?;
        let footer = part(file, stripe.offset.saturating_add(body), stripe.footer_length)?;
        let footer = StripeFooter::decode(self.unpacker.all(footer)?).map_err(malformed)?;
        if !footer.encryption.is_empty() {
            return Err(Error::unsupported("read.orc.encryption"));
        }
        Ok(StripeBytes { bytes, footer, rows: stripe.rows })
    }
}

fn malformed(error: prost::DecodeError) -> Error {
    corrupt(error.to_string())
}

fn part(bytes: &Bytes, offset: u64, length: u64) -> Result<Bytes> {
    let end = offset.checked_add(length).filter(|end| *end <= bytes.len() as u64);
    let end = end.ok_or_else(|| corrupt("the file ends early"))?;
    Ok(bytes.slice(offset as usize..end as usize))
}

/// The bytes of a stripe.
pub(super) struct StripeBytes {
    bytes: Bytes,
    footer: StripeFooter,
    pub(super) rows: u64,
}

impl StripeBytes {
    /// The packed bytes of a column's stream; none if there is none.
    ///
    /// # Errors
    /// If it is not in the stripe.
    pub(super) fn bytes(&self, column: u32, role: Role) -> Result<Option<Bytes>> {
        let mut at: u64 = 0;
        for stream in &self.footer.streams {
            let is_it =
                stream.column.unwrap_or(0) == column && stream.kind.unwrap_or(0) == role.number();
            if is_it {
                return part(&self.bytes, at, stream.length).map(Some);
            }
            at = at.saturating_add(stream.length);
        }
        Ok(None)
    }

    pub(super) fn encoding(&self, column: u32) -> Encoding {
        self.footer.columns.get(column as usize).cloned().unwrap_or_default()
    }

    /// The time zone of who wrote the stripe.
    pub(super) fn time_zone(&self) -> &str {
        &self.footer.time_zone
    }
}
