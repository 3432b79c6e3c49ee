//! SQL text to the protocol's messages.

use crate::error::{Error, Result};
use crate::proto;

/// Parses the text of a data type.
pub(crate) fn parse_data_type(_text: &str) -> Result<proto::DataType> {
    Err(Error::unsupported("sql.data_type"))
}
